//! Hands out and checks credentials: accounts, passwords and API keys.
//!
//! `auth-core` decides about credentials that are believed already; this crate knows accounts. Each part is usable
//! alone, over a small store trait:
//!
//! | module | what it does |
//! | --- | --- |
//! | [`accounts`] | [`Account`], the trait of stores, and a store in memory |
//! | [`login_key`] | the canonical form of names |
//! | [`hashing`] | Argon2id in PHC strings, with ceilings for what a store may say |
//! | [`hash_pool`] | where hashes are computed, and how many wait |
//! | [`passwords`] | the verifier of names and passwords, for Basic |
//! | [`api_keys`] | a store of API keys in memory, for [`ApiKeyVerifier`](auth_core::api_keys::ApiKeyVerifier) |
//! | `keys`, feature `jwt` | keys that sign tokens, and their rotation |
//!
//! # Features
//!
//! | feature | adds | default |
//! | --- | --- | --- |
//! | `jwt` | `keys`; needs one of the two backends | no |
//! | `aws-lc-rs` | signatures by aws-lc-rs, and making keys; builds C | no |
//! | `rust-crypto` | signatures by the RustCrypto crates; pure Rust | no |
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
//! - Names and passwords are guessed. This crate makes a guess expensive and bounds how many are computed at once; it
//!   does not count failures yet, so put a rate limit in front of Basic.
//! - Passwords are wiped after use, hashes are never shown, and names are in no log.
//! - A store that does not answer, a full pool and a hash that fails are "cannot decide now" (503): never a refusal,
//!   never a success.

pub mod accounts;
pub mod api_keys;
pub mod audit;
mod digest_key;
pub mod hash_pool;
pub mod hashing;
#[cfg(feature = "jwt")]
pub mod keys;
pub mod login_key;
pub mod mail;
pub mod one_time;
pub mod passwords;
mod recent;
pub mod refresh;
pub mod sealing;
pub mod secret;
pub mod sessions;
pub mod sign_in;
pub mod stores;
pub mod sweep;
mod text;
pub mod throttle;
mod time;
pub mod token_ids;
#[cfg(feature = "jwt")]
pub mod tokens;
pub mod totp;
mod unavailable;

pub use accounts::{Account, AccountState, AccountStore, MemoryAccounts};
pub use api_keys::MemoryApiKeys;
pub use audit::Audit;
pub use auth_core::api_keys::StoreError;
pub use digest_key::DigestKey;
pub use hash_pool::HashPool;
pub use hashing::{HashParams, PasswordHash};
pub use login_key::LoginKey;
pub use passwords::PasswordVerifier;
pub use recent::RecentSignIn;
pub use sign_in::{SignIn, SignInOutcome, SignInRequest};
pub use stores::MemoryStore;
pub use throttle::Throttle;
pub use unavailable::Unavailable;
