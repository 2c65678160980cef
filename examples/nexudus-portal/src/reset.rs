//! A new password: `startPasswordReset` and `completePasswordReset`.

use auth_axum::credential::Password;
use auth_axum::public;
use auth_axum::{Attempt, Factor};
use auth_issuer::accounts::AccountStore as _;
use auth_issuer::http::{BodyErrorKind, Fields, FieldsDecoder};
use auth_issuer::one_time::Purpose;
use auth_issuer::passwords::{PolicyViolation, ResetBegun, ResetCompleted};
use auth_issuer::sign_in::Granted;
use auth_issuer::tokens::IssuedToken;
use auth_issuer::{Account, Unavailable};
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::Method;
use serde::Deserialize;

use crate::confirmation::{FieldError, Refusal, done, read, respond};
use crate::portal::Portal;

/// The number of the location, which JSON may write in any way that it writes numbers.
#[derive(Deserialize)]
struct Location {
    #[serde(rename = "BusinessId", default)]
    business: Option<serde_json::Number>,
}

/// Mails a token to whoever has forgotten the password. The answer is the same for whom nobody knows.
#[public(reason = "whoever asks cannot sign in")]
pub(crate) async fn start(State(portal): State<Portal>, request: Request) -> Response {
    respond(begin(&portal, request).await)
}

/// Sets a new password for a token, and hands out what a client is signed in with.
#[public(reason = "the reset token is the credential")]
pub(crate) async fn complete(State(portal): State<Portal>, request: Request) -> Response {
    respond(set(&portal, request).await)
}

async fn begin(portal: &Portal, request: Request) -> Result<http::Response<Bytes>, Refusal> {
    let request = read(request, &Method::POST).await?;
    let attempt = portal.context.attempt(&request);
    let fields = fields(&request)?;
    let email = fields.filled("Email").ok_or_else(|| Refusal::needs("Email"))?;
    if fields.has("BusinessId") {
        check_business(&request)?;
    }
    match portal.resets.begin(email, &attempt).await? {
        ResetBegun::Throttled { retry_after } => Err(Refusal::throttled(retry_after)),
        _ => Ok(done(None)),
    }
}

async fn set(portal: &Portal, request: Request) -> Result<http::Response<Bytes>, Refusal> {
    let request = read(request, &Method::POST).await?;
    let attempt = portal.context.attempt(&request);
    let fields = fields(&request)?;
    let token = fields.filled("Token").ok_or_else(|| Refusal::needs("Token"))?;
    let password = fields.text("Password").ok_or_else(|| Refusal::needs("Password"))?;
    check_business(&request)?;
    match portal.resets.complete(token, &Password::from(password), &attempt).await? {
        ResetCompleted::Done { account, epoch, purpose } => {
            // The token of the reset is spent, so there is nothing to try again: without one to exchange the client signs in.
            let token = one_time(portal, &account, epoch, purpose, &attempt).await.unwrap_or_else(|error| {
                error.report();
                None
            });
            Ok(done(token.as_ref().map(IssuedToken::reveal)))
        }
        ResetCompleted::Weak(violations) => {
            Err(Refusal::Bad("The password may not be chosen.", violations.iter().map(explain).collect()))
        }
        _ => Err(Refusal::Bad("The token is not good. Ask for another one.", Vec::new())),
    }
}

/// The token for the sign-in that a completed reset is, if it is one.
async fn one_time(
    portal: &Portal,
    account: &Account,
    epoch: u64,
    purpose: Purpose,
    attempt: &Attempt,
) -> Result<Option<IssuedToken>, Unavailable> {
    match granted(portal, account, epoch, purpose, attempt).await? {
        Some(granted) => portal.exchange.issue(&granted, attempt).await,
        None => Ok(None),
    }
}

/// The sign-in that a completed reset is; `None` if its owner has still to prove more, or the account has changed again.
async fn granted(
    portal: &Portal,
    before: &Account,
    epoch: u64,
    purpose: Purpose,
    attempt: &Attempt,
) -> Result<Option<Granted>, Unavailable> {
    let is_by_mail = purpose != Purpose::MUST_RESET;
    if is_by_mail && before.has_second_factor() {
        return Ok(None);
    }
    let account = portal.context.store.find_account_by_id(before.id()).await?;
    let Some(account) = account.filter(|account| account.epoch() == epoch) else { return Ok(None) };
    let methods: &[&str] = match (is_by_mail, account.has_second_factor()) {
        (true, _) => &[],
        (false, true) => &["pwd", "otp"],
        (false, false) => &["pwd"],
    };
    let factors = methods.iter().map(|method| Factor::new(*method).at(attempt.now));
    Ok(Some(Granted::new(account, factors, attempt.now)))
}

fn fields(request: &http::Request<Bytes>) -> Result<Fields, Refusal> {
    FieldsDecoder::new().accept_json().decode(request.headers(), request.body()).map_err(|error| {
        let message = match error.kind() {
            BodyErrorKind::Unsupported => "The body has to be application/json.",
            BodyErrorKind::Repeated => "A field is repeated.",
            _ => "The body is not a JSON object.",
        };
        Refusal::Bad(message, Vec::new())
    })
}

fn check_business(request: &http::Request<Bytes>) -> Result<(), Refusal> {
    // The error of the parser could quote the body.
    let location: Option<Location> = serde_json::from_slice(request.body()).ok();
    match location.and_then(|location| location.business) {
        Some(_number) => Ok(()),
        None => Err(Refusal::needs("BusinessId")),
    }
}

fn explain(violation: &PolicyViolation) -> FieldError {
    let message = match violation {
        PolicyViolation::Breached | PolicyViolation::Common => {
            "The password is among those that are guessed first.".to_owned()
        }
        PolicyViolation::ContextWord => "The password says little more than your name.".to_owned(),
        PolicyViolation::ControlCharacter => "The password has a control character.".to_owned(),
        PolicyViolation::TooLong { maximum } => format!("The password has more than {maximum} characters."),
        PolicyViolation::TooShort { minimum } => format!("The password has fewer than {minimum} characters."),
        _ => "The password may not be chosen.".to_owned(),
    };
    FieldError { property: "Password", message }
}
