//! The cache of verified credentials: what was believed a moment ago is believed again without the work.
//!
//! A realm keeps one cache for each scheme whose verifier [allows it](crate::Verifier::caching). It holds authentication
//! only, never what a policy came to, and nothing that was refused: a flood of bad credentials leaves no trace in it.
//! With or without it no answer differs.
//!
//! | credential | kept as | for at most |
//! | --- | --- | --- |
//! | signed tokens | their exact bytes, in a place chosen by a hash of their end under random keys | 60 s, and not beyond their expiry |
//! | keys and opaque tokens | their SHA-256 | 60 s, and not beyond their expiry |
//! | names and passwords | their HMAC-SHA-256 under a random key | 30 s |
//!
//! With it is kept the verdict: the principal and the facts, whose [texts](crate::Text) keep the payload of a signed token.
//!
//! # Revocation
//!
//! Whoever withdraws a credential, or changes what it stands for, says so through [`Revocations`]: from the moment that
//! call returns no request is served from what was read before. A verification that was under way leaves nothing
//! behind, since every entry carries the mark that was taken before any state was read.
//!
//! A verdict that rests on several states, such as keys and accounts, is withdrawn by each of them
//! ([`joined`](Revocations::joined)).
//!
//! Where other processes write to the same store, they have to be heard: such a store [trusts](Revocations::trust_until)
//! its cache only while its feed of changes speaks, and the cache is passed by while it does not.

mod caching;
mod revocations;
mod table;

pub use caching::Caching;
pub use revocations::{Mark, Revocations};
pub(crate) use table::{Lookup, Ticket, VerifiedCache};
