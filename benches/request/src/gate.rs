//! What a request may cost over bare axum, at most.
//!
//! The limits lie a twentieth above what was counted when they were written, so that another compiler or dependency
//! passes and a new allocation, copy or hash does not. Whoever makes a case cheaper lowers its limits.

use crate::table::Table;
use crate::{Bench, Case, CountAllocations, CountKept, Failure, Pair, callgrind, over_bare, tokens};

/// Bad tokens, each another one: three times as many as the cache has entries.
const FLOOD: usize = 100_000;
/// How many bytes may be left of them.
const MAX_KEPT: i64 = 0;

/// Instructions and allocations over bare axum.
#[derive(Clone, Copy, Debug)]
struct Limit {
    instructions: i128,
    allocations: i128,
}

fn limit(case: Case) -> Limit {
    let (instructions, allocations) = match case {
        Case::Idle => (740, 2),
        Case::IdleTwice => (830, 2),
        Case::Public => (960, 1),
        Case::CachedBearer(_) => (2_190, 1),
        Case::CachedBearerOfMany => (1_730, 1),
        Case::CachedBearerOfThree => (2_570, 1),
        // Valgrind has no SHA instructions: some 6,700 of each of these two are SHA-256 without them.
        Case::CachedApiKey => (10_000, 1),
        Case::CachedBasic => (9_790, 1),
        // And 14,700 of this one, which takes 1,100 more where the processor has no AVX2.
        Case::FirstBearer("HS256") => (28_290, 7),
        // Nearly all of it is the signature, in code that the backend chooses by what the processor can do.
        Case::FirstBearer(_) => (1_400_000, 7),
        Case::RefusedWithout => (3_130, 5),
        Case::RefusedForged("HS256") => (26_220, 5),
        Case::RefusedForged(_) => (1_400_000, 5),
    };
    Limit { instructions, allocations }
}

/// Counts every case and compares it with its limits. Without `valgrind` only allocations are compared.
///
/// # Errors
///
/// If a case costs more than it may, or cannot be measured.
pub fn run(count: CountAllocations, kept: CountKept) -> Result<(), Failure> {
    let tokens = tokens::mint()?;
    let is_there = callgrind::is_there();
    let mut table = Table::new(&["request", "instructions", "at most", "allocations", "at most"]);
    let mut is_too_much = false;
    for case in Case::ALL {
        let pair = Pair::new(case, tokens::of(&tokens, case))?;
        let limit = limit(case);
        let allocations = over_bare(pair.allocations(count)?);
        let instructions = if is_there { Some(over_bare(pair.instructions()?)) } else { None };
        is_too_much |= allocations > limit.allocations || instructions.is_some_and(|count| count > limit.instructions);
        table.row(&[
            case.name(),
            instructions.map_or_else(|| "not counted".to_owned(), |count| count.to_string()),
            limit.instructions.to_string(),
            allocations.to_string(),
            limit.allocations.to_string(),
        ]);
    }
    println!("Over bare axum:\n\n{}", table.into_text());
    let case = Case::CachedBearer("HS256");
    let token = tokens::of(&tokens, case);
    let kept = Bench::new(case, token, false)?.kept_of_flood(FLOOD, token, kept)?;
    println!("After {FLOOD} different bad tokens {kept} bytes more are allocated than before; at most {MAX_KEPT}.");
    is_too_much |= kept > MAX_KEPT;
    if is_too_much {
        return Err("a request costs more than it may; see above".into());
    }
    Ok(())
}
