//! Section 4, and the pages of whoever is signed in.

use std::sync::Arc;

use auth_axum::{Auth, requires_auth};
use axum::extract::{Request, State};
use axum::response::Response;
use serde::Serialize;
use systems::accounts::display_name;
use systems::nexudus::unique_id;

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
    pages::home(language::of(request.uri().path()), &display_name(&member.account))
}

/// Who the caller is: in JSON, or in a page for whoever asks for one.
#[requires_auth(bearer, SessionCookie)]
pub(crate) async fn profile(State(_): State<Arc<Portal>>, member: Auth<Member>, request: Request) -> Response {
    let account = &member.account;
    let full_name = display_name(account);
    let is_resource = request.uri().query().is_some_and(|query| !query.is_empty());
    if !is_resource && Preference::of(request.headers()) == Preference::Page {
        return pages::profile(language::of(request.uri().path()), &full_name, account.login());
    }
    answer::json(&Coworker {
        id: account.id().parse().unwrap_or_default(),
        unique_id: unique_id("coworker", account.id()).to_string(),
        full_name: &full_name,
        email: account.login(),
        is_member: true,
        status: 200,
        message: None,
        was_successful: true,
    })
}
