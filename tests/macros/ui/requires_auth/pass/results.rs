//! Results, with refusals of the function's own.
#![deny(warnings)]

use auth_axum::{Auth, MethodRouter, Principal, Refusal, delete, requires_auth};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    id: String,
}

enum Problem {
    Refused(Refusal),
    Missing,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(refusal) => refusal.into_response(),
            Self::Missing => StatusCode::NOT_FOUND.into_response(),
        }
    }
}

#[requires_auth(bearer)]
async fn remove(user: Auth<User>) -> Result<StatusCode, Problem> {
    user.ensure(user.id == "alice")?;
    user.ensure_scope("items:write")?;
    Err(Problem::Missing)
}

#[requires_auth(bearer)]
async fn keep(user: Auth<User>) -> Result<StatusCode, Refusal> {
    user.ensure(!user.id.is_empty())?;
    Ok(StatusCode::NO_CONTENT)
}

fn main() {
    let _routes: [MethodRouter; 2] = [delete(remove), delete(keep)];
}
