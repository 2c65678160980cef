//! What a request may cost over bare axum, at most.
//!
//! The limits lie a twentieth above what was counted when they were written, so that another compiler or dependency
//! passes and a new allocation, copy or hash does not. Whoever makes a case cheaper lowers its limits.

use crate::table::Table;
use crate::{Case, CountAllocations, Failure, Pair, callgrind, over_bare, tokens};

/// Instructions and allocations over bare axum.
#[derive(Clone, Copy, Debug)]
struct Limit {
    instructions: i128,
    allocations: i128,
}

fn limit(case: Case) -> Limit {
    let (instructions, allocations) = match case {
        Case::Public => (1_420, 2),
        Case::CachedBearer(_) => (3_800, 2),
        Case::CachedBearerOfThree => (4_650, 2),
        // Valgrind has no SHA instructions: most of these two is SHA-256 without them.
        Case::CachedApiKey => (12_500, 3),
        Case::CachedBasic => (11_400, 2),
        Case::FirstBearer("HS256") => (57_500, 44),
        Case::FirstBearer("RS256") => (680_000, 44),
        Case::FirstBearer("EdDSA") => (551_000, 44),
        Case::FirstBearer(_) => (811_000, 44),
        Case::RefusedWithout => (6_900, 14),
        Case::RefusedForged("HS256") => (43_500, 30),
        Case::RefusedForged(_) => (670_000, 30),
    };
    Limit { instructions, allocations }
}

/// Counts every case and compares it with its limits. Without `valgrind` only allocations are compared.
///
/// # Errors
///
/// If a case costs more than it may, or cannot be measured.
pub fn run(count: CountAllocations) -> Result<(), Failure> {
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
    if is_too_much {
        return Err("a request costs more than it may; see above".into());
    }
    Ok(())
}
