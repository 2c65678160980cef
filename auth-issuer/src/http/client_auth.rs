//! Who the client is (RFC 6749 §2.3.1, §3.2.1).

use auth_core::credential::{BasicCredentials, Credential as _};
use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::client::{Client, ClientStore};
use super::fields::Fields;
use super::form;
use super::oauth_error::{OAuthError, OAuthErrorCode};
use crate::secret::SecretDigest;

/// Finds out which client sends a request, and whether it is that client.
///
/// A confidential client presents its id and secret by HTTP Basic, each form-encoded before (RFC 6749 §2.3.1), or as
/// `client_id` and `client_secret` in the body. A public one names itself by `client_id`. Two methods at once are
/// refused.
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
        let presented = presented(headers, fields)?;
        let client = self.clients.find_client(&presented.id).await.map_err(|error| {
            let cause: &(dyn std::error::Error + 'static) = &error;
            tracing::error!(error = cause, "the store of clients does not answer");
            OAuthError::unavailable()
        })?;
        // Compared for unknown clients too.
        let nobody = SecretDigest::of(b"");
        let stored = client.as_ref().and_then(Client::secret);
        let is_right = presented.secret.as_ref().unwrap_or(&nobody) == stored.unwrap_or(&nobody);
        match client {
            Some(client) if client.is_confidential() == presented.secret.is_some() && is_right => Ok(client),
            Some(client) if !client.is_confidential() && presented.secret.is_none() => Ok(client),
            _ => Err(invalid()),
        }
    }
}

fn presented(headers: &HeaderMap, fields: &Fields) -> Result<Presented, OAuthError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let in_body = fields.text("client_id");
    let secret_in_body = fields.text("client_secret");
    let Some(value) = values.next() else {
        let secret = secret_in_body.map(|secret| SecretDigest::of(secret.as_bytes()));
        return in_body.map(|id| Presented { id: id.to_owned(), secret }).ok_or_else(invalid);
    };
    if values.next().is_some() || secret_in_body.is_some() {
        return Err(OAuthError::new(OAuthErrorCode::InvalidRequest, "the client authenticates twice"));
    }
    let presented = of_basic(value.as_bytes()).ok_or_else(invalid)?;
    if in_body.is_some_and(|id| id != presented.id) {
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
    Some(Presented { id, secret: Some(SecretDigest::of(secret.as_bytes())) })
}

fn invalid() -> OAuthError {
    OAuthError::new(OAuthErrorCode::InvalidClient, "the client is unknown or not authenticated")
}
