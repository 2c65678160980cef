//! Tokens that others made: published attacks, Wycheproof, the examples of the RFCs. And tokens of our own, for every
//! algorithm, changed at random.

mod algorithms;
mod attacks;
mod bearer;
mod deviations;
mod issuers;
mod keys;
mod options;
mod rfc;
mod signed;
mod wycheproof;
