//! What `peers` runs under callgrind.

fn main() -> Result<(), auth_request_bench::Failure> {
    auth_peers_bench::callgrind::main()
}
