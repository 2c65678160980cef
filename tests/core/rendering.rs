//! A renderer writes body and content type. Status and every other field are the core's, whatever it writes.

use std::sync::Arc;
use std::time::Duration;

use auth_core::credential::{BasicCredentials, BearerRef, BearerToken};
use auth_core::decision::not_found;
use auth_core::policy::{Name, Requirement, SchemeUse};
use auth_core::{
    AnyRealm, ApiKeyIn, Attempt, Basic, Bearer, Body, ClientSource, Facts, OAuthJson, Policy, Realm, RealmBuilder,
    Reason, Refusal, RefusalKind, RefusalView, Renderer, Verified, Verifier, VerifyError,
};
use auth_tests::{decide, leak};
use auth_tower::HttpHead;
use bytes::Bytes;
use http::{Request, Version, request};

/// Believes `good`; does not know about `down`.
struct Knows;

impl Verifier<BearerToken> for Knows {
    type Value = ();

    fn try_verify(&self, token: &BearerRef<'_>, _: &Attempt) -> Option<Result<Verified<()>, VerifyError>> {
        Some(match token.reveal() {
            "good" => Ok(Verified::new(Facts::new("alice"), ())),
            "down" => Err(VerifyError::unavailable(Reason::STORE)),
            "fast" => Err(VerifyError::throttled(Duration::from_secs(1))),
            "gone" => Err(VerifyError::refused(Reason::ACCOUNT_STATE)),
            _ => Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL)),
        })
    }

    async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<()>, VerifyError> {
        unreachable!("answers at once")
    }
}

impl Verifier<BasicCredentials> for Knows {
    type Value = ();

    async fn verify(&self, _: BasicCredentials, _: Attempt) -> Result<Verified<()>, VerifyError> {
        unreachable!("nobody comes with a password")
    }
}

/// Writes everything that it knows into an envelope.
#[derive(Debug)]
struct Envelope;

impl Renderer for Envelope {
    fn render(&self, refusal: &RefusalView<'_>) -> Body {
        let RefusalView { realm, kind, status, reason, scope, .. } = refusal;
        let body = format!("{} {} {status}", realm.unwrap_or("-"), kind.as_str());
        let body = if *reason == Reason::ACCOUNT_STATE { format!("{body} {reason}") } else { body };
        let body = scope.map_or(body.clone(), |scope| format!("{body} needs {scope}"));
        Body::new("application/vnd.envelope", body.into_bytes())
    }
}

/// Tries to add a field of its own.
#[derive(Debug)]
struct Smuggler;

impl Renderer for Smuggler {
    fn render(&self, _: &RefusalView<'_>) -> Body {
        Body::new("text/plain\r\nset-cookie: a=b", b"".as_slice())
    }
}

fn builder() -> RealmBuilder<()> {
    Realm::<()>::builder("demo").bearer(Knows)
}

fn admins() -> Policy {
    Policy::listed(leak([SchemeUse::of::<Bearer>()])).require(Requirement::Role(Name::Text("admin")))
}

fn request(token: Option<&str>) -> Request<()> {
    let request = Request::post("/").header("content-length", "10");
    let request = token.into_iter().fold(request, |request, token| request.header("authorization", token));
    request.body(()).unwrap()
}

fn refusal(realm: &AnyRealm, request: &Request<()>, policy: Policy) -> Refusal {
    decide(realm, &HttpHead::of_request(request), policy).unwrap_err()
}

fn fields_but_the_content_type(refusal: &Refusal) -> Vec<(&'static str, &str)> {
    refusal.headers().filter(|(name, _)| *name != "content-type").collect()
}

#[test]
fn nothing_but_body_and_content_type_is_the_renderers() {
    let (standard, own) = (builder().build().unwrap().erase(), builder().renderer(Envelope).build().unwrap().erase());
    for (token, kind, status) in [
        (None, RefusalKind::NoCredentials, 401),
        (Some("Bearer x"), RefusalKind::InvalidCredentials, 401),
        (Some("Bearer good"), RefusalKind::Forbidden, 403),
        (Some("Bearer down"), RefusalKind::Unavailable, 503),
    ] {
        let request = request(token);
        let (standard, own) = (refusal(&standard, &request, admins()), refusal(&own, &request, admins()));
        assert_eq!((own.kind(), own.status()), (kind, status));
        assert_eq!(fields_but_the_content_type(&own), fields_but_the_content_type(&standard));
        assert_eq!(own.headers().last(), Some(("content-type", "application/vnd.envelope")));
        assert_eq!(own.body(), format!("demo {} {status}", kind.as_str()).as_bytes());
    }
}

#[test]
fn realms_may_share_a_renderer() {
    let shared: Arc<dyn Renderer> = Arc::new(Envelope);
    for name in ["one", "two"] {
        let realm = Realm::<()>::builder(name).bearer(Knows).renderer(Arc::clone(&shared)).build().unwrap().erase();
        let refusal = refusal(&realm, &request(None), admins());
        assert_eq!(refusal.body(), format!("{name} no_credentials 401").as_bytes());
    }
}

/// Adapters of `http` write the fields one by one.
#[test]
fn a_response_has_the_fields_of_its_refusal() {
    let optional = || Policy::listed(leak([SchemeUse::of::<Bearer>()])).optional();
    for realm in [builder().build(), builder().renderer(Envelope).build(), builder().renderer(Smuggler).build()] {
        let realm = realm.unwrap().erase();
        for token in [None, Some("Bearer x"), Some("Bearer good"), Some("Bearer down"), Some("Bearer fast")] {
            for policy in [admins(), admins().hide(), optional()] {
                let Err(refusal) = decide(&realm, &HttpHead::of_request(&request(token)), policy) else { continue };
                let response = auth_tower::render::<Bytes>(refusal.clone());
                let fields = response.headers().iter();
                let written: Vec<(&str, &str)> =
                    fields.map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
                let listed: Vec<(&str, &str)> = refusal.headers().collect();
                assert_eq!(written, listed, "{token:?}");
            }
        }
    }
}

#[test]
fn what_is_hidden_looks_like_nothing_in_the_renderers_form_too() {
    let realm = builder().renderer(Envelope).build().unwrap().erase();
    let request = request(Some("Bearer good"));
    let hidden = refusal(&realm, &request, admins().hide());
    let nothing = not_found(&realm, &HttpHead::of_request(&request));
    assert_eq!(hidden.body(), b"demo not_found 404");
    assert_eq!(hidden.body(), nothing.body());
    assert!(hidden.headers().eq(nothing.headers()) && hidden.status() == nothing.status());
}

#[test]
fn a_renderer_may_tell_the_reason_and_the_scopes_that_are_missing() {
    static EITHER: [Requirement; 2] =
        [Requirement::Scope(Name::Text("items:all")), Requirement::Scope(Name::Text("items:read"))];
    let realm = builder().renderer(Envelope).build().unwrap().erase();
    let readers = || Policy::listed(leak([SchemeUse::of::<Bearer>()])).require(Requirement::Any(&EITHER));
    let body =
        |token, policy| String::from_utf8(refusal(&realm, &request(Some(token)), policy).body().to_vec()).unwrap();
    assert_eq!(body("Bearer good", readers()), "demo insufficient_scope 403 needs items:all items:read");
    assert_eq!(body("Bearer gone", readers()), "demo invalid_credentials 401 account_state");
    assert_eq!(body("Bearer good", readers().hide()), "demo not_found 404", "and nothing of what is hidden");
}

#[test]
fn a_content_type_cannot_leave_its_field() {
    let realm = builder().renderer(Smuggler).build().unwrap().erase();
    let refusal = refusal(&realm, &request(None), admins());
    assert_eq!(refusal.headers().last(), Some(("content-type", "text/plainset-cookie: a=b")));
}

/// HTTP/2 has no `Connection` (RFC 9113 §8.2.2): an unread body ends its stream, not everybody's connection.
#[test]
fn only_a_connection_of_one_request_at_a_time_is_closed() {
    let realm = builder().build().unwrap().erase();
    for (version, closes) in
        [(Version::HTTP_10, true), (Version::HTTP_11, true), (Version::HTTP_2, false), (Version::HTTP_3, false)]
    {
        let mut request = request(None);
        *request.version_mut() = version;
        assert_eq!(refusal(&realm, &request, admins()).closes_connection(), closes, "{version:?}");
    }
}

/// The answer to a request with these tokens, and its body, in OAuth's form.
fn oauth(tokens: &[&str], policy: Policy) -> (Refusal, serde_json::Value) {
    let realm = builder().renderer(OAuthJson).build().unwrap().erase();
    let authorization =
        |request: request::Builder, token: &&str| request.header("authorization", format!("Bearer {token}"));
    let request = tokens.iter().fold(Request::get("/"), authorization).body(()).unwrap();
    let refusal = refusal(&realm, &request, policy);
    assert_eq!(refusal.headers().last(), Some(("content-type", "application/json")));
    let body = serde_json::from_slice(refusal.body()).unwrap();
    (refusal, body)
}

fn anybody() -> Policy {
    Policy::listed(leak([SchemeUse::of::<Bearer>()]))
}

#[test]
fn oauth_clients_find_the_error_in_the_body() {
    let scope = Requirement::Scope(Name::Text("items:read"));
    let factor = Requirement::Factor { method: "otp", within: None };
    let keys = Policy::listed(leak([SchemeUse::of::<ApiKeyIn>()]));
    let cases: [(&[&str], Policy, u16, Option<&str>); 11] = [
        (&[], anybody(), 401, None),
        (&["forged"], anybody(), 401, Some("invalid_token")),
        (&["gone"], anybody(), 401, Some("invalid_token")),
        (&["good", "good"], anybody(), 400, Some("invalid_request")),
        (&["good"], anybody().require(scope), 403, Some("insufficient_scope")),
        (&["good"], admins(), 403, Some("access_denied")),
        (&["good"], admins().hide(), 404, Some("not_found")),
        (&["good"], anybody().require(factor), 401, Some("insufficient_user_authentication")),
        (&["fast"], anybody(), 429, Some("temporarily_unavailable")),
        (&["down"], anybody(), 503, Some("temporarily_unavailable")),
        (&["good"], keys, 500, Some("server_error")),
    ];
    for (tokens, policy, status, error) in cases {
        let (refusal, body) = oauth(tokens, policy);
        assert_eq!((refusal.status(), body["error"].as_str()), (status, error), "{tokens:?} {body}");
        assert_eq!(body["error_description"].is_string(), error.is_some(), "{body}");
        let scope = (error == Some("insufficient_scope")).then_some("items:read");
        assert_eq!(body["scope"].as_str(), scope, "{body}");
        // The same code as in the challenge, where that has one.
        for challenge in refusal.challenges().filter(|challenge| challenge.contains("error=")) {
            assert!(challenge.contains(&format!("error=\"{}\"", error.unwrap())), "{challenge} {body}");
        }
    }
}

/// A handler may ask for a scope that it has made of a request.
#[test]
fn no_scope_breaks_out_of_a_body() {
    let scope = Requirement::Scope(Name::Text("a\", \"error\":\"none\\\r\n\u{e9} b"));
    let (_, body) = oauth(&["good"], anybody().require(scope));
    assert_eq!((body["error"].as_str(), body["scope"].as_str()), (Some("insufficient_scope"), Some("a, error:none b")));
}

/// RFC 9728 §5.1: in every `Bearer` challenge, and in no other.
#[test]
fn bearer_challenges_name_the_metadata_of_the_resource() {
    let address = "https://api.example/.well-known/oauth-protected-resource";
    let realm = builder().basic(Knows).source(ClientSource::peer()).resource_metadata(address).build().unwrap().erase();
    let policy = || Policy::listed(leak([SchemeUse::of::<Bearer>(), SchemeUse::of::<Basic>()]));
    let named = format!("Bearer realm=\"demo\", resource_metadata=\"{address}\"");
    for (token, error) in [(None, ""), (Some("Bearer x"), ", error=\"invalid_token\"")] {
        let refusal = refusal(&realm, &request(token), policy());
        let expected = [format!("{named}{error}"), "Basic realm=\"demo\", charset=\"UTF-8\"".to_owned()];
        assert!(
            refusal.challenges().eq(expected.iter().map(String::as_str)),
            "{:?}",
            refusal.challenges().collect::<Vec<_>>()
        );
    }
}
