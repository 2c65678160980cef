//! The time of a bearer token, for whoever works on it: cached, seen for the first time, and its signature alone.
//!
//! `cargo bench --manifest-path benches/Cargo.toml`; the numbers of the page come from `report`, which takes the minimum
//! of interleaved rounds.

use auth_benches::signatures::{ALGORITHMS, Signature};
use auth_request_bench::{Bench, Case, tokens};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

fn bearer(criterion: &mut Criterion) {
    let tokens = tokens::mint().expect("keys can be made");
    for algorithm in ["HS256"].into_iter().chain(ALGORITHMS) {
        let token = tokens.iter().find(|token| token.algorithm() == algorithm).expect("there is one of each");
        let mut group = criterion.benchmark_group(algorithm);
        let services = [
            ("bare", Case::CachedBearer(algorithm), true),
            ("cached", Case::CachedBearer(algorithm), false),
            ("first seen", Case::FirstBearer(algorithm), false),
        ];
        for (name, case, is_bare) in services {
            let bench = Bench::new(case, token, is_bare).expect("the service can be put together");
            group.bench_function(name, |bencher| {
                let requests = || bench.requests(1).expect("a token is a header field");
                bencher.iter_batched(requests, |requests| bench.serve(requests), BatchSize::SmallInput);
            });
        }
        if ALGORITHMS.contains(&algorithm) {
            let signature = Signature::new(token).expect("the token is good");
            group.bench_function("signature alone", |bencher| bencher.iter(|| signature.check()));
        }
    }
}

criterion_group!(benches, bearer);
criterion_main!(benches);
