//! API keys: making, listing and deleting one's own.

use std::sync::Arc;

use auth_axum::{Auth, requires_auth};
use auth_issuer::api_keys::{KeyRequest, MintOutcome, OwnedKey};
use auth_issuer::http::Fields;
use auth_issuer::{RandomnessError, Unavailable};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use systems::PathId;

use crate::credentials::{Caller, NebulaKey};
use crate::envelope::{Failure, Nothing, success};
use crate::login::filled;
use crate::service::{MAX_KEYS, Nebula};

/// The longest name, in characters.
const MAX_NAME: usize = 100;

/// The largest id that every client reads as the same number (RFC 8259 §6).
const MAX_ID: u64 = (1 << 53) - 1;

#[derive(Serialize)]
struct Created<'a> {
    id: u64,
    key: &'a str,
    name: &'a str,
    description: &'a str,
}

#[derive(Serialize)]
struct Shown {
    id: u64,
    name: String,
    description: String,
    partial_key_data: &'static str,
}

/// Makes a key and shows it, once.
#[requires_auth(bearer, NebulaKey)]
pub(crate) async fn create(
    State(nebula): State<Arc<Nebula>>,
    caller: Auth<Caller>,
    request: Request,
) -> Result<Response, Failure> {
    let attempt = nebula.arrival.of(&request);
    let fields = nebula.decoder.read(request).await?;
    let id = random_id()?;
    let wanted = KeyRequest::new(name_of(&fields)?)
        .with_description(description_of(&fields)?)
        .with_id(id.to_string())
        // It ends by deletion and by nothing else.
        .outliving_epochs();
    let minted = match nebula.keys.mint(&caller.as_maker(Auth::facts(&caller)), wanted, &attempt).await? {
        MintOutcome::Minted(minted) => minted,
        MintOutcome::LimitReached => {
            return Err(Failure::new(StatusCode::CONFLICT, format!("At most {MAX_KEYS} API keys")));
        }
        MintOutcome::MalformedText => {
            return Err(Failure::unprocessable("name or description has a character that cannot be stored"));
        }
        // The key that asks has been deleted at the same moment.
        _ => return Err(Failure::stale_credential()),
    };
    let OwnedKey { name, description, .. } = minted.record();
    Ok(success("API key successfully created", Created { id, key: minted.reveal(), name, description }))
}

/// The caller's keys. Nothing of what opens something is kept, so nothing of it can be shown.
#[requires_auth(bearer, NebulaKey)]
pub(crate) async fn list(State(nebula): State<Arc<Nebula>>, caller: Auth<Caller>) -> Result<Response, Failure> {
    let keys = nebula.keys.list(caller.account().id(), 0, MAX_KEYS).await?;
    let shown = |key: OwnedKey| {
        let OwnedKey { id, name, description, .. } = key;
        // Ids are made below.
        let id = id.parse().ok()?;
        Some(Shown { id, name, description, partial_key_data: "ak_..." })
    };
    Ok(success("API keys successfully retrieved", keys.into_iter().filter_map(shown).collect::<Vec<_>>()))
}

/// Deletes a key of the caller, and the keys that were made with it: they are refused from now on.
#[requires_auth(bearer, NebulaKey)]
pub(crate) async fn delete(
    State(nebula): State<Arc<Nebula>>,
    caller: Auth<Caller>,
    PathId(id): PathId,
    request: Request,
) -> Result<Response, Failure> {
    let attempt = nebula.arrival.of(&request);
    let id = match id {
        Some(id) if is_integer(&id) => id,
        _ => return Err(Failure::unprocessable("The id of an API key is an integer")),
    };
    if nebula.keys.delete(caller.account().id(), &id, &attempt).await? {
        Ok(success("API key successfully deleted", Nothing {}))
    } else {
        // Another's key is unknown too.
        Err(Failure::new(StatusCode::NOT_FOUND, "API key not found"))
    }
}

fn name_of(fields: &Fields) -> Result<&str, Failure> {
    let name = filled(fields, "name")?;
    if name.chars().count() > MAX_NAME {
        return Err(Failure::unprocessable(format!("name has to have at most {MAX_NAME} characters")));
    }
    Ok(name)
}

/// Absent, `null` and empty are the same.
fn description_of(fields: &Fields) -> Result<&str, Failure> {
    match fields.text("description") {
        Some(description) => Ok(description),
        None if fields.has("description") => Err(Failure::unprocessable("description has to be a text")),
        None => Ok(""),
    }
}

/// A number that no other key has or had, as far as chance goes: processes that share a store need no counter.
fn random_id() -> Result<u64, Failure> {
    let random = getrandom::u64().map_err(RandomnessError::new).map_err(Unavailable::from)?;
    Ok((random % MAX_ID).saturating_add(1))
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_others() {
        for integer in ["5", "-5", "0", "05", "99999999999999999999999"] {
            assert!(is_integer(integer), "{integer}");
        }
        for other in ["", "-", "+5", "5.0", "5e1", " 5", "five", "\u{665}"] {
            assert!(!is_integer(other), "{other}");
        }
    }
}
