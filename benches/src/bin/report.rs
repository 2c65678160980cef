//! Runs the benchmarks and writes the tables of `docs/performance.md`.

use auth_benches::{Failure, adoption, page, peers, sign_ins, signatures, stores};
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
    /// One request beside other libraries.
    Peers,
    /// One request: instructions, allocations, time.
    Request,
    /// A token seen for the first time beside its signature; two threads beside one.
    Signatures,
    /// Processor time per request over loopback, under `wrk`.
    Loopback,
    /// Crates and seconds of a service's build.
    Adoption,
    /// Other handlers while people sign in.
    SignIns,
    /// Operations of a small store and of a large one.
    Stores,
}

type Run = fn() -> Result<String, Failure>;

const BENCHMARKS: [(Benchmark, &str, Run); 7] = [
    (Benchmark::Peers, "peers", || peers::run("table")),
    (Benchmark::Request, "request", || request::run(count_allocations)),
    (Benchmark::Signatures, "signatures", signatures::run),
    (Benchmark::Loopback, "loopback", || peers::run("loopback")),
    (Benchmark::Adoption, "adoption", adoption::run),
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
