//! `GET /api/sys/coworkers`: the accounts, in pages.

use auth_axum::{Auth, requires_auth};
use auth_issuer::accounts::AccountAdmin as _;
use auth_issuer::stores::AnyStore;
use auth_issuer::{Account, AccountState};
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde_json::{Value, json};
use systems::accounts::display_name;
use systems::nexudus::unique_id;

use crate::page::Page;
use crate::realm::Caller;

/// The accounts of a page, by their ids.
#[requires_auth(bearer, basic, role = "Coworker-List")]
pub(crate) async fn list(_caller: Auth<Caller>, State(store): State<AnyStore>, RawQuery(query): RawQuery) -> Response {
    let Ok(page) = Page::parse(query.as_deref().unwrap_or_default()) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    match read(&store, &page).await {
        Ok(body) => ([("content-type", "application/json;charset=UTF-8")], body.to_string()).into_response(),
        Err(error) => {
            tracing::error!(cause = %error, "the accounts cannot be read");
            (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "5")]).into_response()
        }
    }
}

async fn read(store: &AnyStore, page: &Page) -> Result<Value, auth_issuer::StoreError> {
    let total = store.count_accounts().await?;
    let window = page.window(total);
    let mut accounts = store.list_accounts(window.offset, window.limit).await?;
    if page.is_descending {
        accounts.reverse();
    }
    let records: Vec<Value> = accounts.iter().map(record).collect();
    Ok(page.envelope(&records, total))
}

fn record(account: &Account) -> Value {
    let id = account.id().parse::<u64>().map_or_else(|_| account.id().into(), Value::from);
    json!({
        "Id": id,
        "UniqueId": unique_id("coworker", account.id()).to_string(),
        "CoworkerType": 1,
        "FullName": display_name(account),
        "Email": account.login(),
        "Active": account.state() == AccountState::Active,
    })
}
