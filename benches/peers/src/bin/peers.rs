//! Measures peers side by side (`table`), and services under load over loopback (`loopback`).

use std::env;

use auth_peers_bench::{loopback, table};
use auth_request_bench::Failure;

fn main() -> Result<(), Failure> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["table"] => println!("{}", table::run(count_allocations)?),
        ["loopback"] => println!("{}", loopback::run()?),
        ["serve", name, token @ ..] => loopback::serve(name, token)?,
        _ => return Err("say `table` or `loopback`".into()),
    }
    Ok(())
}

/// The allocator that counts is in this program only: in the one that callgrind runs it would be counted itself.
fn count_allocations(work: &mut dyn FnMut()) -> u64 {
    allocation_counter::measure(work).count_total
}
