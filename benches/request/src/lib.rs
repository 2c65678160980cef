//! What one request costs: in process, on one thread, over the same router without authentication.
//!
//! Each [`Case`] serves `GET /` twice: by a router of `auth-axum` with the layer, the attribute and, where there is one,
//! the principal; and by a bare axum router with a layer that does nothing, which gets the same request, credential
//! included. What is measured begins with the clone of the router and ends when the response is dropped; requests are
//! made before.
//!
//! - **Allocations**: by an allocator that counts, for one request after others have warmed up.
//! - **Instructions**: by callgrind, of a program of their own ([`callgrind`]), for many requests after others.
//! - **Time**: the fastest of many rounds, the cases in turn.

mod app;
pub mod callgrind;
mod case;
pub mod gate;
mod idle;
pub mod one;
pub mod processor;
pub mod statistics;
pub mod table;
pub mod tokens;

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use http::Request;
use tokio::runtime::{self, Runtime};
use tower::ServiceExt as _;

use crate::app::Credential;
use crate::statistics::{micros, ratio};
use crate::table::Table;
pub use case::Case;
pub use tokens::Token;

/// Why a benchmark did not come to its end.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Requests before those that are measured: caches are filled, lazy things made.
const WARM_UP: usize = 64;
/// Requests that callgrind counts.
const COUNTED: usize = 256;
const ROUNDS: usize = 200;
/// Requests of one case in one round.
const IN_ROUND: usize = 50;

/// What a server leaves in every request, as hyper does for upgrades: so the map for it is there in any case.
#[derive(Clone)]
struct ServersOwn;

/// Counts the allocations of some work.
pub type CountAllocations = fn(&mut dyn FnMut()) -> u64;

/// Counts the bytes that some work has allocated and not freed.
pub type CountKept = fn(&mut dyn FnMut()) -> i64;

/// One case, ready to be measured.
pub struct Bench {
    runtime: Runtime,
    app: Router,
    /// What requests present, in turn.
    credentials: Vec<Credential>,
}

impl Bench {
    /// Puts the service of a case together, or the bare one that gets the same requests, and warms it up.
    ///
    /// # Errors
    ///
    /// If it cannot be put together, or answers with another status than it should.
    pub fn new(case: Case, token: &Token, is_bare: bool) -> Result<Self, Failure> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let (app, credentials) = runtime.block_on(async { app::of(case, token, is_bare) })?;
        let bench = Self { runtime, app, credentials };
        let expected = if is_bare { 200 } else { case.status() };
        for credential in bench.presented().take(WARM_UP.max(bench.credentials.len())) {
            let status = bench.answer(request(credential)?);
            if status != expected {
                return Err(format!("{} is answered with {status}", case.name()).into());
            }
        }
        Ok(bench)
    }

    /// Requests to be measured.
    ///
    /// # Errors
    ///
    /// If the credential cannot stand in a header.
    pub fn requests(&self, count: usize) -> Result<Vec<Request<Body>>, Failure> {
        // Far from each other where there are more than are asked for.
        let stride = (self.credentials.len() / count.max(1)).max(1);
        self.presented().step_by(stride).take(count).map(request).collect()
    }

    /// What requests present, without end.
    fn presented(&self) -> impl Iterator<Item = Option<&Credential>> {
        self.credentials.iter().cycle().map(Some).chain(std::iter::repeat(None))
    }

    /// The service, for a server or for other threads.
    pub fn router(&self) -> Router {
        self.app.clone()
    }

    /// Serves the requests.
    pub fn serve(&self, requests: Vec<Request<Body>>) {
        serve(&self.runtime, &self.app, requests);
    }

    fn answer(&self, request: Request<Body>) -> u16 {
        self.runtime
            .block_on(async { self.app.clone().oneshot(request).await })
            .map_or(0, |answer| answer.status().into())
    }

    /// How many bytes stay allocated after so many requests, each with a bad token that no other has.
    fn kept_of_flood(&self, requests: usize, token: &Token, count: CountKept) -> Result<i64, Failure> {
        let mut result = Ok(());
        let kept = count(&mut || result = self.flood(requests, token));
        result.map(|()| kept)
    }

    fn flood(&self, requests: usize, token: &Token) -> Result<(), Failure> {
        for at in 0..requests {
            let status = self.answer(request(Some(&("authorization", format!("Bearer {}", token.numbered(at)))))?);
            if status != 401 {
                return Err(format!("a bad token is answered with {status}").into());
            }
        }
        Ok(())
    }

    fn allocations(&self, count: CountAllocations) -> Result<u64, Failure> {
        // What was remembered may be forgotten by now.
        self.serve(self.requests(1)?);
        let mut requests = Some(self.requests(1)?);
        Ok(count(&mut || self.serve(requests.take().unwrap_or_default())))
    }

    fn time(&self) -> Result<Duration, Failure> {
        let requests = self.requests(IN_ROUND)?;
        let began = Instant::now();
        self.serve(requests);
        Ok(began.elapsed() / u32::try_from(IN_ROUND)?)
    }
}

/// Serves the requests, on a runtime of the caller's.
pub fn serve(runtime: &Runtime, app: &Router, requests: Vec<Request<Body>>) {
    runtime.block_on(async {
        for request in requests {
            // The error has no values.
            drop(app.clone().oneshot(request).await);
        }
    });
}

/// Runs the benchmark; the answer is the text for the page.
///
/// # Errors
///
/// If a case cannot be put together, or callgrind does not do as it should.
pub fn run(count: CountAllocations) -> Result<String, Failure> {
    let tokens = tokens::mint()?;
    let mut pairs = Vec::new();
    for case in Case::ALL {
        pairs.push(Pair::new(case, tokens::of(&tokens, case))?);
    }
    for _ in 0..ROUNDS {
        for pair in &mut pairs {
            pair.time()?;
        }
    }
    let is_there = callgrind::is_there();
    let mut table = Table::new(&[
        "request",
        "instructions",
        "bare",
        "over bare",
        "allocations",
        "over bare",
        "time, µs",
        "over bare",
        "ratio",
    ]);
    for pair in &pairs {
        table.row(&pair.row(count, is_there)?);
    }
    let note = if is_there { "" } else { "\nThere is no `valgrind`, so no instructions were counted.\n" };
    Ok(format!("{}{note}", table.into_text()))
}

/// A case and the bare service that gets the same requests.
struct Pair<'t> {
    case: Case,
    token: &'t Token,
    own: Bench,
    bare: Bench,
    /// The fastest so far, of both.
    fastest: [Duration; 2],
}

impl<'t> Pair<'t> {
    fn new(case: Case, token: &'t Token) -> Result<Self, Failure> {
        let (own, bare) = (Bench::new(case, token, false)?, Bench::new(case, token, true)?);
        Ok(Self { case, token, own, bare, fastest: [Duration::MAX; 2] })
    }

    fn time(&mut self) -> Result<(), Failure> {
        let [own, bare] = self.fastest;
        self.fastest = [self.own.time()?.min(own), self.bare.time()?.min(bare)];
        Ok(())
    }

    /// Of both.
    fn instructions(&self) -> Result<[u64; 2], Failure> {
        let of = |is_bare| callgrind::instructions(self.case, self.token, is_bare, COUNTED);
        Ok([of(false)?, of(true)?])
    }

    /// Of both.
    fn allocations(&self, count: CountAllocations) -> Result<[u64; 2], Failure> {
        Ok([self.own.allocations(count)?, self.bare.allocations(count)?])
    }

    fn row(&self, count: CountAllocations, is_there: bool) -> Result<[String; 9], Failure> {
        let [took, bare_took] = self.fastest;
        let instructions = if is_there { self.instructions()? } else { [0; 2] };
        let allocations = self.allocations(count)?;
        Ok([
            self.case.name(),
            instructions[0].to_string(),
            instructions[1].to_string(),
            over_bare(instructions).to_string(),
            allocations[0].to_string(),
            over_bare(allocations).to_string(),
            micros(took),
            micros(took.saturating_sub(bare_took)),
            format!("{:.2}", ratio(took, bare_took)),
        ])
    }
}

fn request(credential: Option<&Credential>) -> Result<Request<Body>, Failure> {
    let mut request = Request::get("/").header("host", "localhost").header("accept", "*/*");
    if let Some((name, value)) = credential {
        request = request.header(*name, value);
    }
    Ok(request.extension(ServersOwn).body(Body::empty())?)
}

fn over_bare([own, bare]: [u64; 2]) -> i128 {
    i128::from(own) - i128::from(bare)
}
