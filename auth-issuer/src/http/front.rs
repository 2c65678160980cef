//! What the endpoints for clients have in common: who asks, in which form, and how refusals go out.

use std::error::Error;
use std::sync::Arc;

use auth_core::Attempt;
use bytes::Bytes;
use http::header::ALLOW;
use http::{HeaderValue, Method, Request, Response};
use http_body::Body;

use super::arrival::Arrival;
use super::body_error::{BodyError, BodyErrorKind};
use super::client::{Client, ClientStore};
use super::client_auth::ClientAuth;
use super::collect::collect;
use super::decoder::FieldsDecoder;
use super::fields::Fields;
use super::grant_answer::{OAuthRenderer, TokenRenderer};
use super::oauth_error::{OAuthError, OAuthErrorCode};
use super::reply;
use crate::unavailable::Unavailable;

/// The longest body that the endpoints read, in bytes: a token of the greatest length, and the other parameters.
pub const MAX_BODY: usize = 16 * 1024;

/// An endpoint up to the point where it is known which client asks for what.
pub(super) struct Front<S> {
    name: &'static str,
    clients: ClientAuth<S>,
    arrival: Arrival,
    pub(super) decoder: FieldsDecoder,
    pub(super) renderer: Arc<dyn TokenRenderer>,
}

/// A request whose client is known.
pub(super) struct Asked {
    pub(super) client: Client,
    pub(super) fields: Fields,
    pub(super) attempt: Attempt,
}

impl<S: ClientStore> Front<S> {
    /// The front of the endpoint of that name, which reads forms and refuses as RFC 6749 says.
    pub(super) fn new(name: &'static str, clients: ClientAuth<S>, arrival: Arrival) -> Self {
        Self {
            name,
            clients,
            arrival,
            decoder: FieldsDecoder::new().accept_forms(),
            renderer: Arc::new(OAuthRenderer::new("oauth")),
        }
    }

    /// Reads a request and lets `respond` answer it.
    pub(super) async fn serve<B, F>(
        &self,
        request: Request<B>,
        respond: impl FnOnce(Request<Bytes>) -> F,
    ) -> Response<Bytes>
    where
        B: Body,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
        F: Future<Output = Response<Bytes>>,
    {
        match read(request).await {
            Ok(request) => respond(request).await,
            Err(error) => self.refused(&error),
        }
    }

    /// Finds out who asks.
    pub(super) async fn ask(&self, request: Request<Bytes>) -> Result<Asked, OAuthError> {
        check_method(request.method())?;
        let attempt = self.arrival.of(&request);
        let (parts, body) = request.into_parts();
        if body.len() > MAX_BODY {
            return Err(too_large());
        }
        let fields = self.decoder.decode(&parts.headers, &body).map_err(|error| unreadable(&error))?;
        let client = self.clients.authenticate(&parts.headers, &fields).await?;
        Ok(Asked { client, fields, attempt })
    }
}

impl<S> Front<S> {
    /// What has come of a request, as an answer.
    pub(super) fn answer(&self, outcome: Result<Response<Bytes>, OAuthError>) -> Response<Bytes> {
        outcome.unwrap_or_else(|error| self.refused(&error))
    }

    /// The answer to a request that is refused.
    fn refused(&self, error: &OAuthError) -> Response<Bytes> {
        tracing::debug!(endpoint = self.name, oauth.error = error.code.as_str(), why = error.description, "refused");
        let mut response = self.renderer.refused(error);
        if error.code == OAuthErrorCode::MethodNotAllowed {
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
        }
        reply::uncached(response)
    }
}

/// Reads the body of a request; of none that has another method or announces too much.
async fn read<B>(request: Request<B>) -> Result<Request<Bytes>, OAuthError>
where
    B: Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    check_method(request.method())?;
    collect(request, MAX_BODY).await.map_err(|error| unreadable(&error))
}

/// Before anything else is looked at, so that no method but `POST` has an effect.
fn check_method(method: &Method) -> Result<(), OAuthError> {
    if *method == Method::POST {
        return Ok(());
    }
    Err(OAuthError::new(OAuthErrorCode::MethodNotAllowed, "the method has to be POST"))
}

fn too_large() -> OAuthError {
    OAuthError::new(OAuthErrorCode::TooLarge, "the body is too long")
}

fn unreadable(error: &BodyError) -> OAuthError {
    let text = match error.kind() {
        BodyErrorKind::TooLarge => return too_large(),
        BodyErrorKind::Broken => "the body cannot be read",
        BodyErrorKind::Malformed => "the body is malformed",
        BodyErrorKind::Repeated => "a parameter is repeated",
        BodyErrorKind::Unsupported => "the content type is not application/x-www-form-urlencoded",
    };
    OAuthError::new(OAuthErrorCode::InvalidRequest, text)
}

/// A parameter that has to be there; one without a value counts as left out (RFC 6749 §3.2).
pub(super) fn required<'f>(fields: &'f Fields, name: &str, or_else: &'static str) -> Result<&'f str, OAuthError> {
    fields.filled(name).ok_or_else(|| OAuthError::new(OAuthErrorCode::InvalidRequest, or_else))
}

/// Tells the operator why nothing can be decided, and the client that it may try again.
#[expect(clippy::needless_pass_by_value, reason = "reads as `.map_err(unavailable)`")]
pub(super) fn unavailable(error: Unavailable) -> OAuthError {
    error.report();
    OAuthError::unavailable()
}
