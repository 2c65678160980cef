//! `GET /api/sys/users/sendOtp`: a one-time token by mail, for the exchange.

use auth_axum::{Attempt, public};
use auth_issuer::accounts::AccountStore as _;
use auth_issuer::http::FieldsDecoder;
use auth_issuer::mail::Mail;
use auth_issuer::sign_in::Granted;
use auth_issuer::{Account, AccountState, LoginKey, Unavailable};
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::Method;

use crate::confirmation::{Refusal, done, read, respond};
use crate::exchange::ExchangeTokens;
use crate::mails;
use crate::portal::{Portal, is_registered};

/// Mails a one-time token. The answer is the same for whom nobody knows. It has an effect, so `HEAD` is refused.
#[public(reason = "whoever asks has no credentials yet")]
pub(crate) async fn send(State(portal): State<Portal>, request: Request) -> Response {
    respond(mail(&portal, request).await)
}

async fn mail(portal: &Portal, request: Request) -> Result<http::Response<Bytes>, Refusal> {
    let request = read(request, &Method::GET).await?;
    let attempt = portal.context.attempt(&request);
    let query = request.uri().query().unwrap_or_default();
    let bad = |_| Refusal::Bad("A parameter is malformed or repeated.", Vec::new());
    let query = FieldsDecoder::new().with_numeric_texts().decode_query(query).map_err(bad)?;
    let email = query.filled("email").ok_or_else(|| Refusal::needs("email"))?;
    query.integer("businessId").ok_or_else(|| Refusal::needs("businessId"))?;
    if let Some(retry_after) = portal.context.throttle.admit_mail(email, &attempt).await? {
        return Err(Refusal::throttled(retry_after));
    }
    // A place first, and the token later: known and unknown addresses are answered after the same work.
    let place = portal.context.mail.place()?;
    let account = match LoginKey::parse(email).ok() {
        Some(key) => portal.context.store.find_account(&key).await.map_err(Unavailable::from)?,
        None => None,
    };
    let (account, exchange) = (account.filter(may_sign_in_by_mail), portal.exchange.clone());
    place.put(async move { compose(account?, &exchange, &attempt).await });
    Ok(done(None))
}

/// A mail is one factor, so it opens no account that wants two.
fn may_sign_in_by_mail(account: &Account) -> bool {
    account.state() == AccountState::Active && is_registered(account) && !account.has_second_factor()
}

async fn compose(account: Account, exchange: &ExchangeTokens, attempt: &Attempt) -> Option<Mail> {
    let address = account.login().to_owned();
    match exchange.issue(&Granted::new(account, [], attempt.now), attempt).await {
        // Nothing more for whoever has three good ones.
        Ok(token) => mails::one_time(&address, token?.reveal()),
        Err(error) => {
            tracing::error!(cause = %error, "no one-time token could be made");
            None
        }
    }
}
