//! What `gate` runs under callgrind.

fn main() -> Result<(), auth_request_bench::Failure> {
    auth_request_bench::one::main()
}
