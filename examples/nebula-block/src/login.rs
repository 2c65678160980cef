//! The sign-in.

use std::sync::Arc;

use auth_axum::public;
use auth_issuer::http::Fields;
use auth_issuer::sign_in::Granted;
use auth_issuer::tokens::TokenClaims;
use auth_issuer::{AccountState, SignInOutcome, SignInRequest};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use systems::accounts::display_name;

use crate::credentials::{ADMIN, vendor_roles};
use crate::envelope::{Failure, success};
use crate::service::Nebula;
use crate::users::number_of;

#[derive(Serialize)]
struct SignedIn<'a> {
    id: u64,
    name: &'a str,
    email: &'a str,
    is_staff: bool,
    is_active: bool,
    #[serde(rename = "jwtToken")]
    token: &'a str,
}

/// Exchanges a name and a password for a token.
#[public(reason = "this is where callers prove who they are")]
pub(crate) async fn login(State(nebula): State<Arc<Nebula>>, request: Request) -> Result<Response, Failure> {
    let attempt = nebula.arrival.of(&request);
    let fields = nebula.decoder.read(request).await?;
    let request = SignInRequest::new(filled(&fields, "username")?, filled(&fields, "password")?);
    let granted = match nebula.sign_in.sign_in(&request, &attempt).await? {
        SignInOutcome::Granted(granted) => granted,
        SignInOutcome::Inactive => return Err(Failure::new(StatusCode::FORBIDDEN, "Account is not activated")),
        SignInOutcome::Throttled { retry_after } => return Err(Failure::throttled(retry_after)),
        _ => return Err(Failure::wrong_credentials()),
    };
    let account = &granted.account;
    let roles = vendor_roles(account.roles());
    let is_staff = roles.iter().any(|role| role == ADMIN);
    let token = nebula.tokens.issue_for(&claims_of(&granted, roles), &attempt).await?;
    Ok(success(
        "Login successful",
        SignedIn {
            id: number_of(account)?,
            name: &display_name(account),
            email: account.login(),
            is_staff,
            is_active: account.state() == AccountState::Active,
            token: token.reveal(),
        },
    ))
}

/// What the documented samples say.
fn claims_of(granted: &Granted, roles: Vec<String>) -> TokenClaims {
    let account = &granted.account;
    TokenClaims::new(account.id(), granted.epoch())
        .with_subject(account.login())
        .with_roles(&roles)
        .with_claim("scopes", roles)
}

/// The text of a field that has to be there.
pub(crate) fn filled<'f>(fields: &'f Fields, name: &'static str) -> Result<&'f str, Failure> {
    fields.filled(name).ok_or_else(|| Failure::unprocessable(format!("{name} is required")))
}
