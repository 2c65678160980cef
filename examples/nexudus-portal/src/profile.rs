//! `GET /api/public/billing/customer` and `GET /api/public/teams/my`.

use auth_axum::{Auth, requires_auth};
use auth_issuer::http::FieldsDecoder;
use auth_issuer::{Account, AccountState};
use axum::body::Body;
use axum::extract::RawQuery;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde_json::{Value, json};
use systems::accounts::display_name;
use systems::nexudus::token;
use systems::nexudus::unique_id;

use crate::customer::Customer;

/// The only team of the demo, which everybody is in.
const TEAM: u64 = 7;

/// The profile of the caller.
#[requires_auth(bearer)]
pub(crate) async fn customer(customer: Auth<Customer>) -> Response {
    answer(&profile(&customer.0))
}

/// The teams of the caller. `isTeamAdmin` and `teamId` change nothing where there is one team; twice they are refused.
#[requires_auth(bearer)]
pub(crate) async fn teams(_customer: Auth<Customer>, RawQuery(query): RawQuery) -> Response {
    if FieldsDecoder::new().decode_query(query.as_deref().unwrap_or_default()).is_err() {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let team = json!({ "Id": TEAM, "UniqueId": unique_id("team", &TEAM.to_string()).to_string(), "Name": "Acme" });
    answer(&json!([team]))
}

fn profile(account: &Account) -> Value {
    let id = account.id().parse::<u64>().map_or_else(|_no_number| account.id().into(), Value::from);
    json!({
        "Id": id,
        "UniqueId": unique_id("coworker", account.id()).to_string(),
        "FullName": display_name(account),
        "Email": account.login(),
        "Active": account.state() == AccountState::Active,
    })
}

/// What a customer sees of themselves is for no cache either.
fn answer(body: &Value) -> Response {
    token::json(StatusCode::OK, body).map(Body::from)
}
