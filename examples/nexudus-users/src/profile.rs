//! Section 4, and the pages of whoever is signed in.

use std::sync::Arc;

use auth_axum::{Auth, requires_auth};
use auth_issuer::Account;
use axum::extract::{Request, State};
use axum::response::Response;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use systems::accounts::NAME;
use uuid::Builder;

use crate::accept::Preference;
use crate::answer;
use crate::credentials::{Member, SessionCookie};
use crate::language;
use crate::pages;
use crate::service::Portal;

/// A member, as the public API shows one.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Coworker<'a> {
    id: u64,
    unique_id: String,
    full_name: &'a str,
    email: &'a str,
    is_member: bool,
    status: u16,
    message: Option<&'a str>,
    was_successful: bool,
}

/// The page that a sign-in leads to.
#[requires_auth(bearer, SessionCookie)]
pub(crate) async fn home(State(_): State<Arc<Portal>>, member: Auth<Member>, request: Request) -> Response {
    pages::home(language::of(request.uri().path()), &name(&member.account))
}

/// Who the caller is: in JSON, or in a page for whoever asks for one.
#[requires_auth(bearer, SessionCookie)]
pub(crate) async fn profile(State(_): State<Arc<Portal>>, member: Auth<Member>, request: Request) -> Response {
    let account = &member.account;
    let full_name = name(account);
    let is_resource = request.uri().query().is_some_and(|query| !query.is_empty());
    if !is_resource && Preference::of(request.headers()) == Preference::Page {
        return pages::profile(language::of(request.uri().path()), &full_name, account.login());
    }
    answer::json(&Coworker {
        id: account.id().parse().unwrap_or_default(),
        unique_id: unique_id(account.id()),
        full_name: &full_name,
        email: account.login(),
        is_member: true,
        status: 200,
        message: None,
        was_successful: true,
    })
}

fn name(account: &Account) -> String {
    account.attributes().parse(NAME).ok().flatten().unwrap_or_else(|| account.login().to_owned())
}

/// The same for one account at all times: a UUID of a digest (RFC 9562 §5.8).
fn unique_id(id: &str) -> String {
    let mut bytes = [0; 16];
    let digest = Sha256::new().chain_update(b"nexudus coworker ").chain_update(id).finalize();
    for (byte, digested) in bytes.iter_mut().zip(digest) {
        *byte = digested;
    }
    Builder::from_custom_bytes(bytes).into_uuid().to_string()
}
