//! Everybody side by side.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use auth_request_bench::statistics::{micros, ratio};
use auth_request_bench::table::Table;
use auth_request_bench::{CountAllocations, Failure, callgrind};

use crate::callgrind::instructions;
use crate::peers::Peer;
use crate::service::Service;
use crate::tokens::{Token, mint};

const ROUNDS: usize = 120;
/// Requests of one service in one round.
const IN_ROUND: usize = 32;

/// Measures everybody; the answer is the text for the page.
///
/// # Errors
///
/// If a service cannot be put together, or callgrind does not do as it should.
pub fn run(count: CountAllocations) -> Result<String, Failure> {
    let tokens = mint()?;
    let mut rows = Vec::new();
    for token in &tokens {
        for peer in Peer::ALL.iter().filter(|peer| peer.algorithms.contains(&token.algorithm())) {
            rows.push(Row::new(peer, token)?);
        }
    }
    for _ in 0..ROUNDS {
        for row in &mut rows {
            row.time()?;
        }
    }
    let mut table = Table::new(&[
        "HS256, RS256, ES256",
        "on",
        "instructions",
        "over bare",
        "ratio",
        "allocations",
        "over bare",
        "time, µs",
        "over bare",
        "ratio",
    ]);
    for row in &rows {
        table.row(&row.cells(count)?);
    }
    Ok(format!("{}\n{}", table.into_text(), verdict(&rows)))
}

/// A peer and its framework, with one token.
struct Row<'t> {
    peer: &'static Peer,
    token: &'t Token,
    services: [Box<dyn Service>; 2],
    /// The fastest so far, of both.
    fastest: [Duration; 2],
}

impl<'t> Row<'t> {
    fn new(peer: &'static Peer, token: &'t Token) -> Result<Self, Failure> {
        let services = [peer.service(token, false)?, peer.service(token, true)?];
        Ok(Self { peer, token, services, fastest: [Duration::MAX; 2] })
    }

    fn time(&mut self) -> Result<(), Failure> {
        for (service, fastest) in self.services.iter().zip(&mut self.fastest) {
            // The others have taken the processor's caches meanwhile.
            service.work(IN_ROUND)?();
            let work = service.work(IN_ROUND)?;
            let began = Instant::now();
            work();
            *fastest = (*fastest).min(began.elapsed() / u32::try_from(IN_ROUND)?);
        }
        Ok(())
    }

    fn over_bare(&self) -> Duration {
        self.fastest[0].saturating_sub(self.fastest[1])
    }

    fn cells(&self, count: CountAllocations) -> Result<[String; 10], Failure> {
        let mut allocations = [0; 2];
        for (service, counted) in self.services.iter().zip(&mut allocations) {
            // What was remembered may be forgotten by now.
            service.work(1)?();
            let mut work = Some(service.work(1)?);
            *counted = count(&mut || {
                if let Some(work) = work.take() {
                    work();
                }
            });
        }
        let counted = if callgrind::is_there() {
            let of = |is_bare| instructions(self.peer, self.token, is_bare);
            let [own, bare] = [of(false)?, of(true)?];
            [own.to_string(), difference(own, bare), format!("{:.2}", as_ratio(own, bare))]
        } else {
            [const { String::new() }; 3].map(|_| "not counted".to_owned())
        };
        let [instructions, more, times] = counted;
        let [took, bare_took] = self.fastest;
        Ok([
            format!("{}: {}", self.token.algorithm(), self.peer.name),
            self.peer.framework.to_owned(),
            instructions,
            more,
            times,
            allocations[0].to_string(),
            difference(allocations[0], allocations[1]),
            micros(took),
            micros(self.over_bare()),
            format!("{:.2}", ratio(took, bare_took)),
        ])
    }
}

#[expect(clippy::cast_precision_loss, reason = "millions at most")]
fn as_ratio(own: u64, bare: u64) -> f64 {
    own as f64 / bare as f64
}

fn difference(own: u64, bare: u64) -> String {
    (i128::from(own) - i128::from(bare)).to_string()
}

/// Who verifies a token fastest, over the bare framework.
fn verdict(rows: &[Row<'_>]) -> String {
    let mut text = String::new();
    for algorithm in ["HS256", "RS256", "ES256"] {
        let of = |is_own| {
            let rows = rows.iter().filter(|row| row.token.algorithm() == algorithm);
            let rows = rows.filter(|row| row.peer.is_verifying && row.peer.is_own == is_own);
            rows.min_by_key(|row| row.over_bare())
        };
        if let (Some(own), Some(peer)) = (of(true), of(false)) {
            let times = ratio(peer.over_bare(), own.over_bare());
            // Writing to a `String` does not fail.
            let _ = writeln!(
                text,
                "- {algorithm}, first seen: the fastest peer is {}, with {times:.2} times this project's time over bare.",
                peer.peer.name
            );
        }
    }
    text
}
