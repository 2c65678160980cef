//! A checker of codes over a store of any type, for services that have other parameters already.

use std::future::Future;
use std::pin::Pin;

use auth_core::Attempt;

use super::service::{CodeOutcome, Totp};
use super::store::TotpStore;
use crate::accounts::Account;
use crate::sealing::SealingKeys;
use crate::unavailable::Unavailable;

/// Some [`Totp`].
pub(crate) trait AnyTotp: Send + Sync {
    fn verify<'a>(
        &'a self,
        account: &'a Account,
        code: &'a str,
        attempt: &'a Attempt,
    ) -> Pin<Box<dyn Future<Output = Result<CodeOutcome, Unavailable>> + Send + 'a>>;

    fn keys(&self) -> &SealingKeys;
}

impl<T: TotpStore> AnyTotp for Totp<T> {
    fn verify<'a>(
        &'a self,
        account: &'a Account,
        code: &'a str,
        attempt: &'a Attempt,
    ) -> Pin<Box<dyn Future<Output = Result<CodeOutcome, Unavailable>> + Send + 'a>> {
        Box::pin(Self::verify(self, account, code, attempt))
    }

    fn keys(&self) -> &SealingKeys {
        Self::keys(self)
    }
}
