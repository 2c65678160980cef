//! Hands out and checks credentials: accounts, passwords and API keys.
//!
//! `auth-core` decides about credentials that are believed already; this crate knows accounts. Each part is usable
//! alone, over a small store trait:
//!
//! | module | what it does |
//! | --- | --- |
//! | [`accounts`] | [`Account`], the traits of stores, and a store in memory |
//! | [`login_key`] | the canonical form of names |
//! | [`hashing`], [`hash_pool`] | Argon2id in PHC strings, with ceilings; where hashes are computed, and how many wait |
//! | [`sign_in`] | [`SignIn`]: password, state, second factor, new password where one is due |
//! | [`passwords`] | the verifier for Basic; policy, change and reset of passwords |
//! | [`throttle`] | [`Throttle`]: limits on guessing, for known and unknown names alike |
//! | [`totp`] | second factors: authenticators and recovery codes |
//! | [`refresh`] | refresh tokens, in chains that rotate |
//! | `tokens`, `keys`, feature `jwt` | signed tokens that end with their account's epoch; keys and their rotation |
//! | [`api_keys`] | API keys that accounts make and withdraw; a fixed list of keys |
//! | [`one_time`] | secrets that are good once: links that sign in, links that reset a password |
//! | [`sessions`] | sessions of browsers |
//! | [`redirect`] | where a browser may be sent after a sign-in |
//! | `http`, feature `http` | the standard endpoints, and the parts of others |
//! | [`mail`] | a queue of mails, and what sends them |
//! | [`audit`] | events, under OWASP's names |
//! | [`sealing`] | secrets that have to be kept readable, sealed |
//! | [`stores`], [`sweep`] | stores of everything; removal of what has expired |
//! | [`Nodes`], [`key_ids`] | services of several processes: what they must not keep apart |
//!
//! Services answer with typed outcomes. An outcome has no status code and no text for a client: endpoints write those.
//! What is neither yes nor no, because a store or the hash pool does not answer, is [`Unavailable`] (503).
//!
//! Everything issued carries its account's [epoch](Account::epoch), read together with the password's hash, and is good
//! while the two are equal. A change of password, factors or state, or one call, ends all of it at once.
//!
//! # Features
//!
//! | feature | adds | default |
//! | --- | --- | --- |
//! | `jwt` | `keys` and `tokens`; needs one of the two backends | no |
//! | `aws-lc-rs` | signatures by aws-lc-rs, and making keys; builds C | no |
//! | `rust-crypto` | signatures by the RustCrypto crates; pure Rust | no |
//! | `http` | [`http`]: token, revocation, introspection, metadata and key set endpoints; needs a backend too | no |
//! | `bcrypt`, `pbkdf2`, `scrypt` | stored password hashes of other systems: verified, and replaced at sign-in | no |
//! | `mail` | mails as files | no |
//! | `smtp` | mails by SMTP, over TLS by aws-lc-rs; builds C | no |
//! | `sqlite` | [`stores`]: everything in a file, by SQLite; the one to begin with; builds C | no |
//! | `postgres` | [`stores`]: everything in a PostgreSQL server; builds C | no |
//! | `metrics` | [`metrics`]: counts of events, and how the hash pool does, through the crate `metrics` | no |
//! | `store-tests` | `store_suite`, for people who write a store; not for releases | no |
//!
//! # Examples
//!
//! A realm whose callers present a name and a password:
//!
//! ```
//! use auth_core::{ClientSource, Principal, Realm};
//! use auth_issuer::{Account, HashPool, MemoryAccounts, PasswordHash, PasswordVerifier};
//!
//! #[derive(Clone, Principal)]
//! struct User {
//!     #[principal(subject)]
//!     id: String,
//!     #[principal(roles)]
//!     roles: Vec<String>,
//! }
//!
//! let pool = HashPool::default();
//! let accounts = MemoryAccounts::new();
//! let hash = PasswordHash::create(b"correct horse battery staple", pool.params())?;
//! accounts.insert(Account::new("7f3a", "alice")?.with_password_hash(hash).with_roles(["user"]))?;
//!
//! let passwords = PasswordVerifier::new(accounts, pool);
//! let realm = Realm::<User>::builder("demo").basic(passwords).source(ClientSource::peer()).build()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Security
//!
//! - Names and passwords are guessed. Each guess costs a hash, few are computed at once, and failures are counted: in the
//!   memory of the process, unless a [`Throttle`] over a shared store is given.
//! - Passwords are wiped after use, hashes are never shown, and names are in no log.
//! - A store that does not answer, a full pool and a hash that fails are "cannot decide now" (503): never a refusal,
//!   never a success.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub mod accounts;
mod address;
pub mod api_keys;
pub mod audit;
mod digest_key;
pub mod hash_pool;
pub mod hashing;
#[cfg(feature = "http")]
pub mod http;
pub mod key_ids;
#[cfg(feature = "jwt")]
pub mod keys;
pub mod login_key;
pub mod mail;
mod meter;
#[cfg(feature = "metrics")]
pub mod metrics;
mod nodes;
pub mod one_time;
pub mod passwords;
mod randomness;
mod recent;
pub mod redirect;
pub mod refresh;
mod scope;
pub mod sealing;
pub mod secret;
pub mod sessions;
pub mod sign_in;
#[cfg(feature = "store-tests")]
#[expect(
    clippy::expect_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a suite of tests ends where a rule is broken"
)]
pub mod store_suite;
pub mod stores;
pub mod sweep;
mod text;
pub mod throttle;
mod time;
mod to_the_end;
pub mod token_ids;
#[cfg(feature = "jwt")]
pub mod tokens;
pub mod totp;
mod unavailable;

pub use accounts::{Account, AccountState, AccountStore, MemoryAccounts};
pub use api_keys::MemoryApiKeys;
pub use audit::Audit;
pub use auth_core::{RandomnessError, StoreError};
pub use digest_key::DigestKey;
pub use hash_pool::HashPool;
pub use hashing::{HashParams, PasswordHash};
pub use login_key::LoginKey;
pub use nodes::Nodes;
pub use passwords::PasswordVerifier;
pub use recent::RecentSignIn;
pub use sign_in::{SignIn, SignInOutcome, SignInRequest};
pub use stores::MemoryStore;
pub use throttle::Throttle;
pub use unavailable::Unavailable;
