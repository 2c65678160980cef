//! API tokens: making, finding, renaming and deleting one's own.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth_axum::{Auth, requires_auth};
use auth_issuer::Unavailable;
use auth_issuer::api_keys::{ChangeOutcome, KeyChange, KeyRequest, MintOutcome, OwnedKey};
use auth_issuer::http::{Fields, FieldsDecoder};
use axum::extract::{RawQuery, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use systems::{PathId, unix_time};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::account::Outcome;
use crate::body;
use crate::credentials::{ApiToken, Caller, EVERYTHING, SessionCookie};
use crate::envelope::{Problem, success};
use crate::service::{Coco, MAX_TOKENS};
use crate::token_format::random_suffix;

/// The permissions of this page.
const CREATE: &str = "generic#security:auth:api-token/create";
const SEARCH: &str = "generic#security:auth:api-token/search";
const UPDATE: &str = "generic#security:auth:api-token/update";
const DELETE: &str = "generic#security:auth:api-token/delete";

/// How long an API token is valid.
const LIFE: Duration = Duration::from_hours(365 * 24);

/// How many tokens a search skips and shows at most, and shows if nothing is said.
const MAX_FROM: i64 = 10_000;
const MAX_SIZE: i64 = 1_000;
const DEFAULT_SIZE: i64 = 10;

const MALFORMED: &str = "invalid token";
const BAD_QUERY: &str = "invalid search";

#[derive(Serialize)]
struct Created<'a> {
    #[serde(rename = "_id")]
    id: &'a str,
    access_token: &'a str,
    expire_in: i64,
    status: &'static str,
}

#[derive(Serialize)]
struct Found {
    took: u128,
    hits: Page,
}

#[derive(Serialize)]
struct Page {
    total: Total,
    max_score: u8,
    hits: Vec<Hit>,
}

#[derive(Serialize)]
struct Total {
    value: usize,
    relation: &'static str,
}

#[derive(Serialize)]
struct Hit {
    #[serde(rename = "_id")]
    id: String,
    #[serde(rename = "_source")]
    shown: Shown,
}

#[derive(Serialize)]
struct Shown {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    #[serde(rename = "type")]
    kind: &'static str,
    access_token: &'static str,
    permissions: Vec<String>,
    expire_in: i64,
    created: String,
    updated: String,
}

/// Makes a token and shows it, once.
#[requires_auth(bearer, ApiToken, SessionCookie, any(role = "admin", scope = EVERYTHING, scope = CREATE))]
pub(crate) async fn create(
    State(coco): State<Arc<Coco>>,
    caller: Auth<Caller>,
    request: Request,
) -> Result<Response, Problem> {
    let attempt = coco.arrival.of(&request);
    let fields = body::read_optional(request, MALFORMED).await?;
    let name = match body::text(&fields, "name", MALFORMED)?.filter(|name| !name.is_empty()) {
        Some(name) => name.to_owned(),
        None => unnamed(attempt.now)?,
    };
    let description = body::text(&fields, "description", MALFORMED)?.unwrap_or_default();
    let permissions = body::texts(&fields, "permissions", MALFORMED)?.unwrap_or_default();
    let expires_at = expiry(&caller, attempt.now);
    let wanted = KeyRequest::new(name)
        .with_description(description)
        .with_scopes(permissions)
        .expiring(expires_at)
        // A new password ends sessions, not programs.
        .outliving_epochs();
    let minted = match coco.api_tokens.mint(&caller.as_maker(Auth::facts(&caller)), wanted, &attempt).await? {
        MintOutcome::Minted(minted) => minted,
        MintOutcome::LimitReached => {
            return Err(Problem::new(StatusCode::CONFLICT, format!("at most {MAX_TOKENS} access tokens")));
        }
        MintOutcome::MalformedText => return Err(Problem::bad_request(MALFORMED)),
        MintOutcome::ScopeExceeded => return Err(Problem::new(StatusCode::FORBIDDEN, "invalid permissions")),
        // The token that asks has been deleted at the same moment.
        _ => return Err(Problem::new(StatusCode::FORBIDDEN, "request not allowed")),
    };
    Ok(success(&Created {
        id: &minted.record().id,
        access_token: minted.reveal(),
        expire_in: signed(expires_at),
        status: "ok",
    }))
}

/// Finds tokens of the caller by their name. What opens something is not among what is shown.
#[requires_auth(bearer, ApiToken, SessionCookie, any(role = "admin", scope = EVERYTHING, scope = SEARCH))]
pub(crate) async fn search(
    State(coco): State<Arc<Coco>>,
    caller: Auth<Caller>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let begun = std::time::Instant::now();
    let decoder = FieldsDecoder::new().with_numeric_texts();
    let fields = decoder.decode_query(query.as_deref().unwrap_or_default());
    let fields = fields.map_err(|_quotes_nothing| Problem::bad_request(BAD_QUERY))?;
    let from = number(&fields, "from", 0, MAX_FROM)?;
    let size = number(&fields, "size", DEFAULT_SIZE, MAX_SIZE)?;
    let wanted = fields.text("query").unwrap_or_default().to_lowercase();
    // Nobody has more of them than this, so that all are looked through.
    let limit = u32::try_from(MAX_TOKENS).unwrap_or(u32::MAX);
    let mut tokens = coco.api_tokens.list(caller.account().id(), 0, limit).await?;
    tokens.retain(|token| wanted.is_empty() || wanted == EVERYTHING || token.name.to_lowercase().contains(&wanted));
    let total = Total { value: tokens.len(), relation: "eq" };
    let hits = tokens.into_iter().skip(from).take(size).map(Hit::of).collect();
    Ok(success(&Found { took: begun.elapsed().as_millis(), hits: Page { total, max_score: 0, hits } }))
}

/// Renames a token, and changes what it permits.
#[requires_auth(bearer, ApiToken, SessionCookie, any(role = "admin", scope = EVERYTHING, scope = UPDATE))]
pub(crate) async fn update(
    State(coco): State<Arc<Coco>>,
    caller: Auth<Caller>,
    PathId(id): PathId,
    request: Request,
) -> Result<Response, Problem> {
    let attempt = coco.arrival.of(&request);
    let id = id.ok_or_else(no_such_token)?;
    if coco.api_tokens.find(caller.account().id(), &id).await?.is_none() {
        return Err(no_such_token());
    }
    let fields = body::read_optional(request, MALFORMED).await?;
    let name = body::text(&fields, "name", MALFORMED)?.filter(|name| !name.is_empty());
    let change = KeyChange {
        name: Some(name.ok_or_else(|| Problem::bad_request("name is required"))?.to_owned()),
        description: body::text(&fields, "description", MALFORMED)?.map(str::to_owned),
        scopes: body::texts(&fields, "permissions", MALFORMED)?,
        is_disabled: None,
    };
    match coco.api_tokens.change(&caller.as_maker(Auth::facts(&caller)), &id, change, &attempt).await? {
        ChangeOutcome::Changed => Ok(success(&Outcome { id: &id, result: "updated" })),
        ChangeOutcome::MalformedText => Err(Problem::bad_request(MALFORMED)),
        ChangeOutcome::ScopeExceeded => Err(Problem::new(StatusCode::FORBIDDEN, "invalid permissions")),
        _ => Err(no_such_token()),
    }
}

/// Deletes a token, which is refused from now on.
#[requires_auth(bearer, ApiToken, SessionCookie, any(role = "admin", scope = EVERYTHING, scope = DELETE))]
pub(crate) async fn delete(
    State(coco): State<Arc<Coco>>,
    caller: Auth<Caller>,
    PathId(id): PathId,
    request: Request,
) -> Result<Response, Problem> {
    let attempt = coco.arrival.of(&request);
    let id = id.ok_or_else(no_such_token)?;
    if coco.api_tokens.delete(caller.account().id(), &id, &attempt).await? {
        Ok(success(&Outcome { id: &id, result: "deleted" }))
    } else {
        Err(no_such_token())
    }
}

/// Another account's token is unknown too.
fn no_such_token() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "access token not found")
}

/// In whole seconds; a token that makes another is not outlived by it.
fn expiry(caller: &Caller, now: SystemTime) -> SystemTime {
    let wanted =
        SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(unix_time(now))).and_then(|now| now.checked_add(LIFE));
    let wanted = wanted.unwrap_or(now);
    match caller.api_token().and_then(|token| token.key.expires_at) {
        Some(maker) => wanted.min(maker),
        None => wanted,
    }
}

/// A name for a token that comes without one: `token_<ms>_<8 characters>`.
fn unnamed(now: SystemTime) -> Result<String, Problem> {
    let millis = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
    let suffix = random_suffix().map_err(Unavailable::from)?;
    Ok(format!("token_{millis}_{suffix}"))
}

fn number(fields: &Fields, name: &str, default: i64, most: i64) -> Result<usize, Problem> {
    let number = match fields.filled(name) {
        Some(_) => fields.integer(name).filter(|number| (0..=most).contains(number)),
        None => Some(default),
    };
    number
        .and_then(|number| usize::try_from(number).ok())
        .ok_or_else(|| Problem::bad_request("from or size is out of range"))
}

impl Hit {
    fn of(token: OwnedKey) -> Self {
        let shown = Shown {
            id: token.id.clone(),
            name: token.name,
            description: token.description,
            kind: "general",
            access_token: "***",
            permissions: token.scopes,
            expire_in: token.expires_at.map_or(-1, signed),
            created: rfc3339(token.created_at),
            updated: rfc3339(token.updated_at),
        };
        Self { id: token.id, shown }
    }
}

/// A time beside -1, which is none.
fn signed(time: SystemTime) -> i64 {
    i64::try_from(unix_time(time)).unwrap_or(i64::MAX)
}

/// A time in UTC and whole seconds.
fn rfc3339(time: SystemTime) -> String {
    let time = OffsetDateTime::from_unix_timestamp(signed(time)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    time.format(&Rfc3339).unwrap_or_default()
}
