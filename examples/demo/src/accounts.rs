//! Three people and one API key. A real service has a store here.

use std::error::Error;

use auth_core::Facts;
use auth_core::api_keys::ApiKeyRecord;
use auth_core::credential::ApiKey;
use auth_issuer::{Account, HashPool, MemoryAccounts, MemoryApiKeys, PasswordHash};
use base64::prelude::{BASE64_STANDARD, Engine as _};

/// Somebody who may sign in to the demonstration.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct DemoAccount {
    /// The name, which is the subject as well.
    pub name: &'static str,
    /// Known to everybody, so it may be printed.
    pub password: &'static str,
    /// What the person is.
    pub roles: &'static [&'static str],
    /// What the person may do.
    pub scopes: &'static [&'static str],
}

/// Somebody who may read.
pub const ALICE: DemoAccount =
    DemoAccount { name: "alice", password: "correct horse battery staple", roles: &["user"], scopes: &["items:read"] };

/// Somebody without any permission, whose name and password are hard on encodings.
pub const ZOE: DemoAccount =
    DemoAccount { name: "zoë", password: "pässwörd: 日本 🙂", roles: &["user"], scopes: &[] };

/// Somebody who may do everything.
pub const ROOT: DemoAccount = DemoAccount {
    name: "root",
    password: "hunter2 but longer",
    roles: &["user", "admin"],
    scopes: &["items:read", "items:write"],
};

/// The account's name and password as HTTP Basic has them (RFC 7617).
#[must_use]
pub fn basic(account: &DemoAccount) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", account.name, account.password)))
}

/// A store with the three accounts.
///
/// # Errors
///
/// None while the accounts above are as they are.
pub fn accounts(pool: &HashPool) -> Result<MemoryAccounts, Box<dyn Error>> {
    let accounts = MemoryAccounts::new();
    for demo in [ALICE, ZOE, ROOT] {
        let hash = PasswordHash::create(demo.password.as_bytes(), pool.params())?;
        let account = Account::new(demo.name, demo.name)?
            .with_password_hash(hash)
            .with_roles(demo.roles.iter().copied())
            .with_scopes(demo.scopes.iter().copied())?;
        accounts.insert(account)?;
    }
    Ok(accounts)
}

/// A store with one key, which acts for `alice`.
///
/// # Errors
///
/// None: the store is new.
pub fn api_keys(key: &ApiKey) -> Result<MemoryApiKeys, Box<dyn Error>> {
    let facts =
        Facts::new(ALICE.name).with_roles(ALICE.roles.iter().copied()).with_scopes(ALICE.scopes.iter().copied());
    let keys = MemoryApiKeys::new();
    keys.insert(ApiKeyRecord::new(key.as_ref(), facts))?;
    Ok(keys)
}
