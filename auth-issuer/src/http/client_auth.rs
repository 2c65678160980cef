//! Who the client is (RFC 6749 §2.3.1, §3.2.1).

use auth_core::Reason;
use auth_core::credential::{BasicCredentials, Credential as _};
use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::client::{Client, ClientStore, is_client_id};
use super::fields::Fields;
use super::form;
use super::oauth_error::{OAuthError, OAuthErrorCode};
use crate::secret::SecretDigest;
use crate::text::shown;

/// Finds out which client sends a request, and whether it is that client.
///
/// A confidential client presents its id and secret by HTTP Basic, each form-encoded before (RFC 6749 §2.3.1), or as
/// `client_id` and `client_secret` in the body. A public one names itself by `client_id`. An empty secret counts as none,
/// as the RFC has it. Two methods at once are refused; a `client_id` beside Basic is none, if it is the same.
///
/// # Security
///
/// An unknown client, a wrong secret, a missing one and one too many look alike and cost one look-up; the operator reads
/// which it was in `auth.reason`. Secrets are random, so guesses are not counted.
#[derive(Clone, Debug)]
pub struct ClientAuth<S> {
    clients: S,
}

/// An id and perhaps a secret, as they were presented.
struct Presented {
    id: String,
    secret: Option<SecretDigest>,
}

impl<S: ClientStore> ClientAuth<S> {
    /// Knows these clients.
    #[must_use]
    pub fn new(clients: S) -> Self {
        Self { clients }
    }

    /// The client that sends a request.
    ///
    /// # Errors
    ///
    /// `invalid_client` if there is none, it is unknown, or its secret is missing or wrong, alike; `invalid_request` if
    /// two methods are used at once; `temporarily_unavailable` if the store does not answer.
    pub async fn authenticate(&self, headers: &HeaderMap, fields: &Fields) -> Result<Client, OAuthError> {
        let Presented { id, secret } = presented(headers, fields)?;
        let client = if is_client_id(&id) { self.find(&id).await? } else { None };
        let nobody = SecretDigest::of(b"");
        let stored = client.as_ref().and_then(Client::secret);
        // Compared for unknown clients too.
        let is_right = secret.as_ref().unwrap_or(&nobody) == stored.unwrap_or(&nobody);
        let reason = match (client, secret) {
            (Some(client), Some(_)) if client.is_confidential() && is_right => return Ok(client),
            (Some(client), None) if !client.is_confidential() => return Ok(client),
            (Some(client), Some(_)) if client.is_confidential() => Self::WRONG_SECRET,
            (Some(_), Some(_)) => Self::PUBLIC_WITH_SECRET,
            (Some(_), None) => Self::WITHOUT_SECRET,
            (None, _) => Self::UNKNOWN_CLIENT,
        };
        tracing::info!(auth.reason = %reason, auth.client = shown(&id), "the client is refused");
        Err(invalid())
    }

    async fn find(&self, id: &str) -> Result<Option<Client>, OAuthError> {
        self.clients.find_client(id).await.map_err(|error| {
            let cause: &(dyn std::error::Error + 'static) = &error;
            tracing::error!(auth.reason = %Reason::STORE, cause, "the store of clients does not answer");
            OAuthError::unavailable()
        })
    }
}

impl<S> ClientAuth<S> {
    /// The reason in logs: no client has this id.
    pub const UNKNOWN_CLIENT: Reason = Reason::custom("unknown_client");
    /// The reason in logs: the client has another secret.
    pub const WRONG_SECRET: Reason = Reason::custom("wrong_client_secret");
    /// The reason in logs: the client has a secret, and did not present any.
    pub const WITHOUT_SECRET: Reason = Reason::custom("client_without_secret");
    /// The reason in logs: the client is public, and presented a secret.
    pub const PUBLIC_WITH_SECRET: Reason = Reason::custom("public_client_with_secret");
}

fn presented(headers: &HeaderMap, fields: &Fields) -> Result<Presented, OAuthError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let id_in_body = fields.filled("client_id");
    let secret_in_body = fields.filled("client_secret");
    let Some(value) = values.next() else {
        let secret = secret_in_body.map(|secret| SecretDigest::of(secret.as_bytes()));
        return id_in_body.map(|id| Presented { id: id.to_owned(), secret }).ok_or_else(invalid);
    };
    if values.next().is_some() || secret_in_body.is_some() {
        return Err(OAuthError::new(OAuthErrorCode::InvalidRequest, "the client authenticates twice"));
    }
    let presented = of_basic(value.as_bytes()).ok_or_else(invalid)?;
    if id_in_body.is_some_and(|id| id != presented.id) {
        return Err(OAuthError::new(OAuthErrorCode::InvalidRequest, "client_id is not who authenticates"));
    }
    Ok(presented)
}

fn of_basic(value: &[u8]) -> Option<Presented> {
    let (scheme, rest) = value.split_at_checked(6)?;
    if !scheme.eq_ignore_ascii_case(b"basic ") {
        return None;
    }
    let credentials = BasicCredentials::parse(rest.trim_ascii()).ok()?;
    let id = form::decode(credentials.user().as_bytes()).ok()?.to_string();
    let secret = form::decode(credentials.password().reveal().as_bytes()).ok()?;
    let secret = (!secret.is_empty()).then(|| SecretDigest::of(secret.as_bytes()));
    Some(Presented { id, secret })
}

fn invalid() -> OAuthError {
    OAuthError::new(OAuthErrorCode::InvalidClient, "the client is unknown or not authenticated")
}
