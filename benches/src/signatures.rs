//! A token seen for the first time beside its signature alone, and two threads beside one.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use auth_request_bench::statistics::{micros, ratio};
use auth_request_bench::table::Table;
use auth_request_bench::tokens::{self, Token};
use auth_request_bench::{Bench, Case};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::Failure;

/// The algorithms with a public key.
pub const ALGORITHMS: [&str; 3] = ["RS256", "ES256", "EdDSA"];
const ROUNDS: usize = 400;
/// Checks in one round.
const IN_ROUND: usize = 16;
/// Requests of each thread, and how often the fastest of so many is sought.
const SHARED: u16 = 20_000;
const SHARED_ROUNDS: usize = 12;

/// A signature that is ready to be checked by itself: the key is parsed, the text decoded.
pub struct Signature {
    key: ParsedPublicKey,
    message: String,
    bytes: Vec<u8>,
}

impl Signature {
    /// The signature of a token.
    ///
    /// # Errors
    ///
    /// If the key or the token is not as this project writes them.
    pub fn new(token: &Token) -> Result<Self, Failure> {
        let [algorithm, key, text] = token.parts();
        let key: serde_json::Value = serde_json::from_str(key)?;
        let part = |name: &str| {
            let text = key[name].as_str().ok_or_else(|| format!("the key has no {name:?}"))?;
            Ok::<_, Failure>(BASE64_URL_SAFE_NO_PAD.decode(text)?)
        };
        let key = match algorithm {
            "RS256" => {
                let (n, e) = (part("n")?, part("e")?);
                RsaPublicKeyComponents { n, e }.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
            }
            "ES256" => ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, [&[4], &*part("x")?, &*part("y")?].concat()),
            _ => ParsedPublicKey::new(&ED25519, part("x")?),
        };
        let (message, signature) = text.rsplit_once('.').ok_or("this is not a token")?;
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(signature)?;
        let signature = Self { key: key.map_err(|_| "the key does not parse")?, message: message.to_owned(), bytes };
        if !signature.check() {
            return Err("the signature is wrong".into());
        }
        Ok(signature)
    }

    /// Checks it.
    #[must_use]
    pub fn check(&self) -> bool {
        self.key.verify_sig(black_box(self.message.as_bytes()), black_box(&self.bytes)).is_ok()
    }
}

/// Runs the benchmark; the answer is the text for the page.
///
/// # Errors
///
/// If a service cannot be put together.
pub fn run() -> Result<String, Failure> {
    Ok(format!("{}\n{}", first_seen()?, two_threads()?))
}

fn first_seen() -> Result<String, Failure> {
    struct Row {
        algorithm: &'static str,
        services: [Bench; 2],
        signature: Signature,
        fastest: [Duration; 3],
    }
    let tokens = tokens::mint()?;
    let mut rows = Vec::new();
    for algorithm in ALGORITHMS {
        let token = tokens.iter().find(|token| token.algorithm() == algorithm).ok_or("there is no such token")?;
        let case = Case::FirstBearer(algorithm);
        let services = [Bench::new(case, token, false)?, Bench::new(case, token, true)?];
        rows.push(Row { algorithm, services, signature: Signature::new(token)?, fastest: [Duration::MAX; 3] });
    }
    for _ in 0..ROUNDS {
        for row in &mut rows {
            let [own, bare] = &row.services;
            let [own_requests, bare_requests] = [own.requests(IN_ROUND)?, bare.requests(IN_ROUND)?];
            let took = [
                timed(|| own.serve(own_requests)),
                timed(|| bare.serve(bare_requests)),
                timed(|| {
                    for _ in 0..IN_ROUND {
                        black_box(row.signature.check());
                    }
                }),
            ];
            for (fastest, took) in row.fastest.iter_mut().zip(took) {
                *fastest = (*fastest).min(took / u32::try_from(IN_ROUND)?);
            }
        }
    }
    let mut table =
        Table::new(&["token, first seen", "time over bare, µs", "signature alone, µs", "ratio", "beyond it, µs"]);
    for row in &rows {
        let [own, bare, signature] = row.fastest;
        let over = own.saturating_sub(bare);
        table.row(&[
            row.algorithm.to_owned(),
            micros(over),
            micros(signature),
            format!("{:.3}", ratio(over, signature)),
            micros(over.saturating_sub(signature)),
        ]);
    }
    Ok(table.into_text())
}

fn timed(work: impl FnOnce()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed()
}

/// Two threads of one service, on one realm and one cached token.
fn two_threads() -> Result<String, Failure> {
    let tokens = tokens::mint()?;
    let case = Case::CachedBearer("RS256");
    let token = tokens.iter().find(|token| token.algorithm() == "RS256").ok_or("there is no such token")?;
    let mut rows = Vec::new();
    for (name, is_bare) in [("bare", true), ("cached bearer token", false)] {
        rows.push((name, Bench::new(case, token, is_bare)?, [Duration::MAX; 2]));
    }
    for _ in 0..SHARED_ROUNDS {
        for (_, bench, fastest) in &mut rows {
            for (threads, fastest) in [1, 2].into_iter().zip(fastest) {
                *fastest = (*fastest).min(together(bench, threads)?);
            }
        }
    }
    let mut table = Table::new(&["service", "one thread, requests a second", "two threads", "ratio"]);
    for (name, _, [one, two]) in rows {
        let rate = |threads: u32, took: Duration| f64::from(threads) * f64::from(SHARED) / took.as_secs_f64();
        let (one, two) = (rate(1, one), rate(2, two));
        table.row(&[name.to_owned(), format!("{one:.0}"), format!("{two:.0}"), format!("{:.2}", two / one)]);
    }
    Ok(table.into_text())
}

/// How long so many threads need for [`SHARED`] requests each: from the start of the last to the end of the last.
fn together(bench: &Bench, threads: usize) -> Result<Duration, Failure> {
    let start = Barrier::new(threads);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
                    // Made where they are dropped: else the threads wait for one another in the allocator.
                    let (router, requests) = (bench.router(), bench.requests(SHARED.into()));
                    start.wait();
                    let requests = requests?;
                    Ok::<_, Failure>(timed(|| auth_request_bench::serve(&runtime, &router, requests)))
                })
            })
            .collect();
        let mut longest = Duration::ZERO;
        for worker in workers {
            longest = longest.max(worker.join().map_err(|_| "a thread panicked")??);
        }
        Ok(longest)
    })
}
