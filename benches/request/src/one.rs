//! The program that callgrind runs: one case, so many requests.

use std::env;

use crate::callgrind::measured;
use crate::{Bench, Case, Failure, Token};

/// Serves the requests that the arguments of the program name. [`callgrind::instructions`](crate::callgrind::instructions)
/// starts it.
///
/// # Errors
///
/// If the arguments are others, or the case cannot be put together.
pub fn main() -> Result<(), Failure> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [name, service, count, token @ ..] = arguments.as_slice() else {
        return Err("started by another program, with a case, a service, a number and a token".into());
    };
    let token = Token::from_parts(token.to_vec().try_into().map_err(|_| "a token has three parts")?);
    let case = Case::from_name(name).ok_or("there is no such case")?;
    let bench = Bench::new(case, &token, service == "bare")?;
    let requests = bench.requests(count.parse()?)?;
    measured(&bench, requests);
    Ok(())
}
