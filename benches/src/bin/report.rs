//! Runs the benchmarks and writes the tables of `docs/performance.md`.

use auth_benches::{Failure, page, sign_ins, stores};
use auth_request_bench as request;
use clap::{Parser, ValueEnum};

/// Runs the benchmarks, prints their tables and writes them into docs/performance.md.
#[derive(Parser)]
struct Arguments {
    /// Which ones; `report` is all of them.
    #[arg(default_value = "report")]
    benchmarks: Vec<Benchmark>,
    /// Leaves docs/performance.md as it is.
    #[arg(long)]
    print_only: bool,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Benchmark {
    /// All of them.
    Report,
    /// One request: instructions, allocations, time.
    Request,
    /// Other handlers while people sign in.
    SignIns,
    /// Operations of a small store and of a large one.
    Stores,
}

type Run = fn() -> Result<String, Failure>;

const BENCHMARKS: [(Benchmark, &str, Run); 3] = [
    (Benchmark::Request, "request", || request::run(count_allocations)),
    (Benchmark::SignIns, "sign-ins", sign_ins::run),
    (Benchmark::Stores, "stores", stores::run),
];

fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    let is_wanted = |one| arguments.benchmarks.iter().any(|wanted| [Benchmark::Report, one].contains(wanted));
    for (_, name, run) in BENCHMARKS.into_iter().filter(|(one, ..)| is_wanted(*one)) {
        let machine = page::machine();
        let measured = format!("{machine}\n\n{}", run()?);
        println!("## {name}\n\n{measured}");
        if !arguments.print_only {
            page::replace(name, &measured)?;
        }
    }
    Ok(())
}

/// The allocator that counts is in this program only: in the one that callgrind runs it would be counted itself.
fn count_allocations(work: &mut dyn FnMut()) -> u64 {
    allocation_counter::measure(work).count_total
}
