//! Which accounts a service serves.

use std::sync::Arc;

use super::Account;

/// Whether an account is one that the service serves.
pub(crate) type Admits = Arc<dyn Fn(&Account) -> bool + Send + Sync>;

/// Every account is.
pub(crate) fn everybody() -> Admits {
    Arc::new(|_| true)
}
