//! What callgrind runs.

use std::env;

use auth_request_bench::{Failure, callgrind};

use crate::peers::Peer;
use crate::service::Work;
use crate::tokens::Token;

/// Requests that are counted.
const COUNTED: usize = 64;

/// What callgrind collects in.
#[inline(never)]
pub fn measured(work: Work<'_>) {
    work();
}

/// How many instructions one request takes.
pub(crate) fn instructions(peer: &Peer, token: &Token, is_bare: bool) -> Result<u64, Failure> {
    let service = if is_bare { "bare" } else { "peer" };
    let [algorithm, jwk, text] = token.parts();
    let total =
        callgrind::total(&format!("{service}.{}.{algorithm}", peer.name), &[peer.name, service, algorithm, jwk, text])?;
    Ok(total / u64::try_from(COUNTED)?)
}

/// Serves the requests that the arguments of the program name.
///
/// # Errors
///
/// If the arguments are others, or the service cannot be put together.
pub fn main() -> Result<(), Failure> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [name, service, token @ ..] = arguments.as_slice() else {
        return Err("started by another program, with a peer, a service and a token".into());
    };
    let token = Token::from_parts(token.to_vec().try_into().map_err(|_| "a token has three parts")?);
    let peer = Peer::from_name(name).ok_or("there is no such peer")?;
    let service = peer.service(&token, service == "bare")?;
    measured(service.work(COUNTED)?);
    Ok(())
}
