//! Access tokens that clients and resource servers ask about.

use auth_core::credential::{BearerToken, Credential as _};
use auth_core::{Attempt, Verified, Verifier as _, VerifyErrorKind};

use super::front::unavailable;
use super::oauth_error::OAuthError;
use crate::accounts::AccountStore;
use crate::token_ids::TokenIdStore;
use crate::tokens::{AccountTokens, LiveToken, tell_refused};
use crate::unavailable::Unavailable;

/// What a text is as an access token; `None` if it is none that is good.
pub(super) async fn look_up<A: AccountStore, T: TokenIdStore>(
    access: &AccountTokens<A, T>,
    token: &str,
    attempt: &Attempt,
) -> Result<Option<Verified<LiveToken>>, OAuthError> {
    let Ok(token) = BearerToken::parse(token.as_bytes()) else { return Ok(None) };
    match access.verify(BearerToken::into_owned(token), *attempt).await {
        Ok(verified) => Ok(Some(verified)),
        Err(error) if error.kind() == VerifyErrorKind::Refused => {
            tell_refused(&error);
            Ok(None)
        }
        Err(error) => Err(unavailable(Unavailable::new(error.reason(), error))),
    }
}
