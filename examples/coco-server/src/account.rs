//! Who is signed in, and the password.

use std::sync::Arc;

use auth_axum::{Auth, Facts, public, requires_auth};
use auth_issuer::passwords::PasswordChange;
use axum::extract::{Request, State};
use axum::response::Response;
use serde::Serialize;
use systems::Mode;
use systems::accounts::display_name;

use crate::body;
use crate::credentials::{ApiToken, Caller, SessionCookie};
use crate::envelope::{Problem, success};
use crate::service::Coco;

const MALFORMED: &str = "invalid JSON format";

#[derive(Serialize)]
struct Profile<'a> {
    id: &'a str,
    name: &'a str,
    email: &'a str,
    roles: &'a [String],
    permissions: Vec<String>,
}

/// What was done to a thing.
#[derive(Serialize)]
pub(crate) struct Outcome<'a> {
    #[serde(rename = "_id")]
    pub(crate) id: &'a str,
    pub(crate) result: &'static str,
}

#[derive(Serialize)]
struct Provider {
    name: &'static str,
    version: Version,
    #[serde(rename = "auth_provider")]
    sign_in: SignIn,
    public: bool,
}

#[derive(Serialize)]
struct Version {
    number: &'static str,
}

#[derive(Serialize)]
struct SignIn {
    mode: &'static str,
}

/// Says what this server is, to clients that are about to sign in.
#[public(reason = "clients read it before they sign in")]
pub(crate) async fn provider_info(State(coco): State<Arc<Coco>>) -> Response {
    let mode = match coco.settings.mode {
        Mode::Single => "single",
        Mode::Multi => "multi",
    };
    success(&Provider {
        name: "Coco Server",
        version: Version { number: env!("CARGO_PKG_VERSION") },
        sign_in: SignIn { mode },
        public: false,
    })
}

/// Says who calls and what the caller is permitted at this moment.
#[requires_auth(bearer, ApiToken, SessionCookie)]
pub(crate) async fn profile(State(coco): State<Arc<Coco>>, caller: Auth<Caller>) -> Response {
    let account = caller.account();
    let (name, email) = match coco.settings.mode {
        Mode::Single => (coco.username(account).to_owned(), ""),
        Mode::Multi => (display_name(account), account.login()),
    };
    success(&Profile {
        id: account.id(),
        name: &name,
        email,
        roles: account.roles(),
        permissions: caller.permissions(Auth::facts(&caller)),
    })
}

/// Changes the password. The session that does it lives on, all others of the account end; API tokens stay.
#[requires_auth(bearer, ApiToken, SessionCookie, check = has_signed_in)]
pub(crate) async fn change_password(
    State(coco): State<Arc<Coco>>,
    caller: Auth<Caller>,
    request: Request,
) -> Result<Response, Problem> {
    let attempt = coco.arrival.of(&request);
    let fields = body::read(request, MALFORMED).await?;
    let old = fields.filled("old_password").ok_or_else(|| Problem::bad_request("old_password is required"))?;
    let new = fields.filled("new_password").ok_or_else(|| Problem::bad_request("new_password is required"))?;
    let account = caller.account();
    match coco.passwords.change(account, &old.into(), &new.into(), &attempt).await? {
        PasswordChange::Changed { epoch } => {
            // The old password is good for nothing any more, so there is nothing to try again: the caller is signed out too.
            if let Err(error) = coco.live.carry(Auth::facts(&caller), epoch, &attempt).await {
                error.report();
            }
        }
        PasswordChange::Throttled { retry_after } => return Err(Problem::throttled(retry_after)),
        PasswordChange::Weak(_) => {
            return Err(Problem::bad_request("new_password is too weak, use 8 to 256 characters"));
        }
        // Somebody else has changed the account at the same moment.
        _ => return Err(Problem::failed_to_login()),
    }
    Ok(success(&Outcome { id: account.id(), result: "updated" }))
}

/// Whoever has an API token only has not shown the password, and must not be able to change it.
fn has_signed_in(caller: &Caller, _: &Facts) -> bool {
    caller.is_signed_in()
}
