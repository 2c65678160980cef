//! What is behind the doors: the caller's credits, and the list of users.

use std::sync::Arc;

use auth_axum::{Auth, requires_auth};
use auth_issuer::accounts::AccountAdmin as _;
use auth_issuer::{Account, Unavailable};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use crate::credentials::{ADMIN, Caller, NebulaKey, vendor_roles};
use crate::envelope::{Failure, success};
use crate::service::Nebula;

/// How many accounts are read at once.
const PAGE: u32 = 500;

#[derive(Serialize)]
struct Credits {
    available_balance: &'static str,
}

#[derive(Serialize)]
struct User {
    id: u64,
    email: String,
    roles: Vec<String>,
}

/// What the caller may still spend: the same for everybody, since this example sells nothing.
#[requires_auth(bearer, NebulaKey)]
pub(crate) async fn credits(_caller: Auth<Caller>) -> Response {
    success("User credit balance successfully retrieved", Credits { available_balance: "1228.55600" })
}

/// All users, for administrators, signed in or through a key.
#[requires_auth(bearer, NebulaKey, role = ADMIN)]
pub(crate) async fn all(State(nebula): State<Arc<Nebula>>) -> Result<Response, Failure> {
    let mut users = Vec::new();
    loop {
        let offset = u64::try_from(users.len()).unwrap_or(u64::MAX);
        let page = nebula.accounts.list_accounts(offset, PAGE).await.map_err(Unavailable::from)?;
        if page.is_empty() {
            return Ok(success("Users successfully retrieved", users));
        }
        for account in &page {
            let (email, roles) = (account.login().to_owned(), vendor_roles(account.roles()));
            users.push(User { id: number_of(account)?, email, roles });
        }
    }
}

/// The id as this system shows it.
pub(crate) fn number_of(account: &Account) -> Result<u64, Failure> {
    account.id().parse().map_err(|_not_a_number| {
        tracing::error!("an account has an id that is not a number");
        Failure::internal()
    })
}
