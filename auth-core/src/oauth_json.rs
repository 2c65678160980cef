//! Bodies of refusals as OAuth clients read them.

use crate::refusal::{Body, RefusalKind, RefusalView, Renderer};

/// Refusals as `application/json` with `error` and `error_description`, the codes of the `Bearer` challenge (RFC 6750 §3.1,
/// RFC 9470 §3) and of OAuth's endpoints (RFC 6749 §4.1.2.1, §5.2).
///
/// For resource servers whose clients look for the error in the body. Without credentials the body is `{}`: a request that
/// does not try to authenticate gets no error code (RFC 6750 §3.1).
///
/// | status | `error` |
/// | --- | --- |
/// | 400 | `invalid_request` |
/// | 401 | `invalid_token`, whatever the credential was; `insufficient_user_authentication` |
/// | 403 | `insufficient_scope` with `scope`; `access_denied` for a role or a check |
/// | 404 | `not_found` |
/// | 429, 503 | `temporarily_unavailable` |
/// | 500 | `server_error` |
///
/// # Examples
///
/// ```
/// use auth_core::credential::BearerToken;
/// use auth_core::{OAuthJson, Realm, Verifier};
///
/// fn realm(tokens: impl Verifier<BearerToken, Value = ()>) -> Result<Realm<()>, auth_core::ConfigError> {
///     Realm::builder("api").bearer(tokens).renderer(OAuthJson).build()
/// }
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "has nothing to set")]
pub struct OAuthJson;

impl Renderer for OAuthJson {
    fn render(&self, refusal: &RefusalView<'_>) -> Body {
        let error: &'static str = match refusal.kind {
            RefusalKind::NoCredentials => "{}",
            RefusalKind::InvalidCredentials => {
                r#"{"error":"invalid_token","error_description":"the credentials are not accepted"}"#
            }
            RefusalKind::AmbiguousCredentials => {
                r#"{"error":"invalid_request","error_description":"credentials were sent more than once"}"#
            }
            RefusalKind::InsufficientScope => return Body::new("application/json", insufficient_scope(refusal.scope)),
            RefusalKind::Forbidden => r#"{"error":"access_denied","error_description":"this is not permitted"}"#,
            RefusalKind::InsufficientAuthentication => {
                r#"{"error":"insufficient_user_authentication","error_description":"a stronger or more recent authentication is needed"}"#
            }
            RefusalKind::NotFound => r#"{"error":"not_found","error_description":"there is nothing here"}"#,
            RefusalKind::Throttled => r#"{"error":"temporarily_unavailable","error_description":"too many attempts"}"#,
            RefusalKind::Unavailable => r#"{"error":"temporarily_unavailable","error_description":"try again later"}"#,
            RefusalKind::Misconfigured => r#"{"error":"server_error","error_description":"the server has a mistake"}"#,
        };
        Body::new("application/json", error.as_bytes())
    }
}

/// Names what is missing. Scopes of a handler's own making may hold anything: what no scope has (RFC 6749 §3.3) is left
/// out, so that nothing breaks out of the text.
fn insufficient_scope(scope: Option<&str>) -> Vec<u8> {
    let is_scope = |character: &char| matches!(character, ' ' | '!' | '#'..='[' | ']'..='~');
    let scope: String = scope.unwrap_or_default().chars().filter(is_scope).collect();
    format!(r#"{{"error":"insufficient_scope","error_description":"more scopes are needed","scope":"{scope}"}}"#)
        .into_bytes()
}
