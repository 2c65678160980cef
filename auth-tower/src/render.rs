//! From a refusal to an `http` response.

use std::borrow::Cow;

use auth_core::{AnyRealm, decision};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use http::{Extensions, HeaderMap, HeaderValue, Request, Response, StatusCode};

use crate::head::HttpHead;

/// Room for the fields of most refusals.
const ROOM: usize = 6;
/// What most realms answer with.
const PROBLEM_JSON: &str = "application/problem+json";

/// Marks the response of a refusal, which says everything to caches by itself.
#[derive(Clone, Copy, Debug)]
struct Refused;

/// Whether the response with these extensions is a refusal that [`render`] has made, and that is not for a layer to
/// change.
#[must_use]
pub fn is_refusal(extensions: &Extensions) -> bool {
    extensions.get::<Refused>().is_some()
}

/// The answer to a request for an unknown path, in the realm's own form: the same bytes as a policy with `hide`.
#[must_use]
pub fn not_found<B: From<Bytes>, R>(realm: &impl AsRef<AnyRealm>, request: &Request<R>) -> Response<B> {
    render(decision::not_found(realm.as_ref(), &HttpHead::of_request(request)))
}

/// The response of a refusal, with any body that can be made of bytes.
///
/// # Examples
///
/// ```
/// use bytes::Bytes;
/// # use auth_core::Verifier;
/// # use auth_core::credential::BearerToken;
/// # struct Tokens;
/// # impl Verifier<BearerToken> for Tokens {
/// #     type Value = ();
/// #     async fn verify(&self, _: BearerToken, _: auth_core::Attempt) -> Result<auth_core::Verified<()>, auth_core::VerifyError> {
/// #         Err(auth_core::VerifyError::refused(auth_core::Reason::UNKNOWN_CREDENTIAL))
/// #     }
/// # }
/// use auth_tower::{HttpHead, Realm, not_found, render};
///
/// let realm = Realm::<()>::builder("demo").bearer(Tokens).build()?;
/// let request = http::Request::get("/nowhere").body(())?;
/// let refusal = auth_core::decision::not_found(realm.as_ref(), &HttpHead::of_request(&request));
/// let response: http::Response<Bytes> = render(refusal);
/// assert_eq!(response.body(), not_found::<Bytes, _>(&realm, &request).body());
/// assert_eq!(response.status(), 404);
/// assert_eq!(response.headers()["content-type"], "application/problem+json");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn render<B: From<Bytes>>(refusal: auth_core::Refusal) -> Response<B> {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = fields(&refusal);
    let body = match refusal.into_body() {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    let mut response = Response::new(B::from(body));
    *response.status_mut() = status;
    response.extensions_mut().insert(Refused);
    *response.headers_mut() = headers;
    response
}

/// The header fields of a refusal, as [`headers`](auth_core::Refusal::headers) lists them, without a look at their names.
fn fields(refusal: &auth_core::Refusal) -> HeaderMap {
    let mut fields = HeaderMap::with_capacity(ROOM);
    // The core writes visible ASCII only, so every value fits.
    for line in refusal.challenges().filter_map(|line| HeaderValue::from_str(line).ok()) {
        fields.append(WWW_AUTHENTICATE, line);
    }
    fields.insert(CACHE_CONTROL, const { HeaderValue::from_static("no-store") });
    if let Some(seconds) = refusal.retry_after().and_then(|seconds| HeaderValue::from_str(seconds).ok()) {
        fields.insert(RETRY_AFTER, seconds);
    }
    if let Some(line) = refusal.vary().and_then(|line| HeaderValue::from_str(line).ok()) {
        fields.insert(VARY, line);
    }
    if refusal.closes_connection() {
        fields.insert(CONNECTION, const { HeaderValue::from_static("close") });
    }
    let content_type = match refusal.content_type() {
        "" => None,
        PROBLEM_JSON => Some(const { HeaderValue::from_static(PROBLEM_JSON) }),
        other => HeaderValue::from_str(other).ok(),
    };
    if let Some(content_type) = content_type {
        fields.insert(CONTENT_TYPE, content_type);
    }
    fields
}
