//! What an account is permitted at a moment.

use std::sync::Arc;

use super::Account;

/// Whether an account has a scope now.
pub(crate) type Permits = Arc<dyn Fn(&Account, &str) -> bool + Send + Sync>;

/// The scopes that stand in the account.
pub(crate) fn own_scopes() -> Permits {
    Arc::new(|account, scope| account.scopes().iter().any(|held| held == scope))
}
