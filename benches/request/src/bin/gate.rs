//! Fails if a request costs more than it may: instructions and allocations over bare axum, never time.

use auth_request_bench::{Failure, gate};

fn main() -> Result<(), Failure> {
    gate::run(count_allocations, count_kept)
}

/// The allocator that counts is in this program only: in the one that callgrind runs it would be counted itself.
fn count_allocations(work: &mut dyn FnMut()) -> u64 {
    allocation_counter::measure(work).count_total
}

fn count_kept(work: &mut dyn FnMut()) -> i64 {
    allocation_counter::measure(work).bytes_current
}
