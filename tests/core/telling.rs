//! The operator sees the reason, nobody sees a secret.

use std::future::Future;
use std::io::{self, Write};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use auth_core::api_keys::{ApiKeyRecord, ApiKeyStore, ApiKeyVerifier, StoreError};
use auth_core::catalogue::Endpoint;
use auth_core::credential::{
    ApiKey, ApiKeyId, ApiKeyPrefix, BasicCredentials, BearerRef, BearerToken, Credential, OpaqueToken,
};
use auth_core::decision::{Handle, begin, current};
use auth_core::jwt::{JwtAlgorithm, JwtKey, JwtVerifier};
use auth_core::policy::SchemeUse;
use auth_core::{
    ApiKeyIn, Attempt, Basic, Bearer, Claims, ClientSource, Facts, Policy, Realm, Reason, Refusal, RefusalKind, Scheme,
    Verified, Verifier, VerifyError,
};
use auth_tests::{decide, endpoint, leak};
use auth_tower::HttpHead;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::Request;

const SECRET: &str = "Pl4nt3d-S3cr3t";

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn of(logged: impl FnOnce()) -> String {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, logged);
        String::from_utf8(log.0.lock().unwrap().clone()).unwrap()
    }
}

/// Refuses every password, and says why with a cause.
struct NoPasswords;

impl Verifier<BasicCredentials> for NoPasswords {
    type Value = ();

    fn try_verify(&self, _: &BasicCredentials, _: &Attempt) -> Option<Result<Verified<()>, VerifyError>> {
        Some(Err(VerifyError::refused(Reason::WRONG_PASSWORD).with_source("the account is locked")))
    }

    async fn verify(&self, _: BasicCredentials, _: Attempt) -> Result<Verified<()>, VerifyError> {
        unreachable!("answers at once")
    }
}

struct Down;

impl ApiKeyStore for Down {
    fn find_now(&self, _: &ApiKeyId) -> Option<Option<ApiKeyRecord>> {
        Some(None)
    }

    async fn find(&self, _: ApiKeyId) -> Result<Option<ApiKeyRecord>, StoreError> {
        Err(StoreError::new("connection refused"))
    }
}

fn realm() -> Realm<()> {
    let tokens = JwtVerifier::builder()
        .issuer("https://issuer.example")
        .audience("api.example")
        .key(JwtKey::hs256(b"0sF3kzP9qLm2XwT7yBnD5vRj8GhC1aEu").unwrap())
        .build()
        .unwrap();
    Realm::<()>::builder("telling")
        .bearer(tokens.map(|_, _: Claims| ()))
        .basic(NoPasswords)
        .api_key(
            ApiKeyIn::header("X-Key"),
            ApiKeyVerifier::new(ApiKeyPrefix::new("acme").unwrap(), Down).map(|_, _: Claims| ()),
        )
        .source(ClientSource::peer())
        .build()
        .unwrap()
}

fn log_of(name: &str, value: &str) -> String {
    let realm = realm().erase();
    let request = Request::get(format!("/secret?t={SECRET}")).header(name, value).body(()).unwrap();
    let schemes = leak([SchemeUse::of::<Bearer>(), SchemeUse::of::<Basic>(), SchemeUse::of::<ApiKeyIn>()]);
    Log::of(|| assert!(decide(&realm, &HttpHead::of_request(&request), Policy::listed(schemes)).is_err()))
}

#[test]
fn the_reason_of_each_refusal_is_told_without_the_credential() {
    let key = ApiKey::from_parts(&ApiKeyPrefix::new("acme").unwrap(), [7; 16], &[9; 32]);
    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{SECRET}:{SECRET}")));
    let cases = [
        ("authorization", format!("Bearer {SECRET}"), "bearer", "malformed"),
        ("authorization", format!("Bearer {SECRET}.{SECRET}.{SECRET}"), "bearer", "malformed"),
        ("authorization", "Bearer e30.e30.e30".to_owned(), "bearer", "token_header"),
        ("authorization", format!("Bearer {SECRET} {SECRET}"), "bearer", "malformed"),
        ("authorization", basic, "basic", "wrong_password"),
        ("authorization", format!("Digest {SECRET}"), "", "other_scheme"),
        ("x-key", key.reveal().to_owned(), "api_key", "unknown_credential"),
        ("x-key", SECRET.to_owned(), "api_key", "malformed"),
    ];
    for (name, value, scheme, reason) in cases {
        let log = log_of(name, &value);
        assert!(log.contains("auth.realm=\"telling\""), "{log}");
        assert!(log.contains(&format!("auth.reason=\"{reason}\"")), "{reason}: {log}");
        assert!(scheme.is_empty() || log.contains(&format!("auth.scheme=\"{scheme}\"")), "{scheme}: {log}");
        let secret_part = &key.reveal()[30..];
        assert!(!log.contains(SECRET) && !log.contains(&value) && !log.contains(secret_part), "{log}");
    }
}

#[test]
fn the_cause_of_a_verifier_is_told() {
    let log = log_of("authorization", "Basic YTpi");
    assert!(log.contains("the account is locked"), "{log}");
}

/// Whatever holds a secret prints a placeholder.
#[test]
fn debug_prints_no_secret() {
    let prefix = ApiKeyPrefix::new("acme").unwrap();
    let key = ApiKey::generate(&prefix).unwrap();
    let record = ApiKeyRecord::new(key.as_ref(), Facts::new("alice"));
    let token = BearerToken::into_owned(BearerToken::parse(SECRET.as_bytes()).unwrap());
    let shown =
        format!("{:?} {:?} {record:?} {token:?} {:?}", key, key.as_ref(), BasicCredentials::new(SECRET, SECRET));
    assert!(!shown.contains(SECRET) && !shown.contains(&key.reveal()[27..]), "{shown}");
    let digest = format!("{:?}", key.as_ref().digest());
    assert!(!shown.contains(&digest[1..digest.len() - 1]), "{shown}");
}

/// Dashboards and alerts hang on these names: one may be added, none may change.
#[test]
fn names_of_refusals_and_reasons_are_stable() {
    use RefusalKind as Kind;

    let kinds = [
        Kind::NoCredentials,
        Kind::InvalidCredentials,
        Kind::AmbiguousCredentials,
        Kind::InsufficientScope,
        Kind::Forbidden,
        Kind::InsufficientAuthentication,
        Kind::NotFound,
        Kind::Throttled,
        Kind::Unavailable,
        Kind::Misconfigured,
    ];
    assert_eq!(
        kinds.map(Kind::as_str),
        [
            "no_credentials",
            "invalid_credentials",
            "ambiguous_credentials",
            "insufficient_scope",
            "forbidden",
            "insufficient_authentication",
            "not_found",
            "throttled",
            "unavailable",
            "misconfigured",
        ]
    );

    let reasons: Vec<_> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
    for name in [
        "no_credentials other_scheme ambiguous_credentials duplicate_cookie malformed too_long unknown_credential",
        "wrong_prefix wrong_password account_state revoked expired not_yet_valid token_header token_type algorithm unknown_key",
        "signature claims issuer audience principal cross_site missing_scope missing_role missing_factor check object",
        "throttled store_unavailable key_server_unavailable hash_queue_full misconfigured not_found",
    ]
    .iter()
    .flat_map(|line| line.split(' '))
    {
        assert_eq!(reasons.iter().filter(|known| **known == name).count(), 1, "{name}");
    }
    for name in &reasons {
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
    }
}

/// Believes every token.
struct Believes;

impl Verifier<BearerToken> for Believes {
    type Value = ();

    fn try_verify(&self, _: &BearerRef<'_>, _: &Attempt) -> Option<Result<Verified<()>, VerifyError>> {
        Some(Ok(Verified::new(Facts::new("alice"), ())))
    }

    async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<()>, VerifyError> {
        unreachable!("answers at once")
    }
}

fn handle() -> Handle {
    Handle::new(Realm::<()>::builder("demo").bearer(Believes).build().unwrap().erase())
}

fn request_with_a_token() -> Request<()> {
    let request = Request::get(format!("/secret?t={SECRET}")).header("authorization", format!("Bearer {SECRET}"));
    request.body(()).unwrap()
}

fn bearer_policy() -> Policy {
    Policy::listed(leak([SchemeUse::of::<Bearer>()]))
}

fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("waits for nothing"),
    }
}

/// What is logged of a decision that has to end in 500.
fn told_of_500(decide: impl FnOnce() -> Refusal) -> String {
    let log = Log::of(|| {
        let refusal = decide();
        assert_eq!((refusal.status(), refusal.challenges().count()), (500, 0));
    });
    assert!(log.contains("ERROR") && log.contains("auth.reason=\"misconfigured\""), "{log}");
    assert!(!log.contains(SECRET), "{log}");
    log
}

fn assert_names(log: &str, endpoint: &Endpoint) {
    let (name, file, line) = (endpoint.name, endpoint.file, endpoint.line);
    for field in [format!("handler=\"{name}\""), format!("file=\"{file}\""), format!("line={line}")] {
        assert!(log.contains(&field), "{field} in {log}");
    }
}

#[test]
fn a_policy_that_nobody_can_decide_is_told_with_its_handler() {
    let keys = Policy::listed(leak([SchemeUse::of::<ApiKeyIn>()]));
    for (handle, policy, problem) in [
        (None, bearer_policy(), "`AuthLayer`, `AuthMiddleware`, `AuthHoop` or `AuthFairing`"),
        (Some(handle()), bearer_policy().realm("elsewhere"), "no layer put realm \"elsewhere\" into the request"),
        (Some(handle()), keys, "realm \"demo\" has no scheme `api_key`"),
    ] {
        let endpoint: &Endpoint = leak(endpoint(policy));
        let log = told_of_500(|| {
            now(begin(handle.as_ref(), &HttpHead::of_request(&request_with_a_token()), endpoint)).unwrap_err()
        });
        assert!(log.contains(problem), "{problem} in {log}");
        assert_names(&log, endpoint);
    }
}

#[test]
fn a_principal_of_another_type_is_told_with_its_handler() {
    let (handle, request, endpoint) = (handle(), request_with_a_token(), leak(endpoint(bearer_policy())));
    let head = HttpHead::of_request(&request);
    now(begin(Some(&handle), &head, endpoint)).unwrap();
    let log = told_of_500(|| now(current::<String>(Some(&handle), &head)).unwrap_err());
    assert!(log.contains("`alloc::string::String`"), "{log}");
    assert_names(&log, endpoint);
}

/// Nobody knows which handler it is: the principal that it asks for has to tell.
#[test]
fn a_principal_without_an_attribute_is_told_with_its_type() {
    let request = request_with_a_token();
    let head = HttpHead::of_request(&request);
    let handle = handle();
    for (handle, fix) in [(None, "no realm is around the handler"), (Some(&handle), "#[requires_auth(..)]")] {
        let log = told_of_500(|| now(current::<String>(handle, &head)).unwrap_err());
        assert!(log.contains(fix) && log.contains("principal=\"alloc::string::String\""), "{log}");
    }
}

/// Once for each realm, when it is built.
#[test]
fn a_realm_with_passwords_that_takes_plain_http_says_so() {
    let passwords = || Realm::<()>::builder("demo").basic(NoPasswords).source(ClientSource::peer());
    let told = Log::of(|| drop(passwords().build().unwrap()));
    assert!(told.contains("WARN") && told.contains(".require_https()"), "{told}");
    assert!(told.contains("auth.realm=\"demo\"") && told.lines().count() == 1, "{told}");
    for silent in [passwords().require_https(), Realm::<()>::builder("demo").bearer(Believes)] {
        assert_eq!(Log::of(|| drop(silent.build().unwrap())), "");
    }
}

/// Is never asked.
struct NoCookies;

impl Verifier<OpaqueToken> for NoCookies {
    type Value = ();

    async fn verify(&self, _: OpaqueToken, _: Attempt) -> Result<Verified<()>, VerifyError> {
        unreachable!("no request comes")
    }
}

#[derive(Scheme)]
#[scheme(cookie = "session", with_insecure_cookie_name, challenge = none)]
struct AnyHostsCookie;

#[derive(Scheme)]
#[scheme(cookie = "__Host-session", with_insecure_cookie_name, challenge = none)]
struct OwnCookie;

#[test]
fn a_realm_with_a_cookie_that_others_may_set_says_so() {
    let realm = || Realm::<()>::builder("demo").bearer(Believes);
    let told = Log::of(|| drop(realm().scheme(AnyHostsCookie, NoCookies).build().unwrap()));
    assert!(told.contains("WARN") && told.contains("cookie=\"session\"") && told.contains("`__Host-`"), "{told}");
    assert!(told.contains("auth.realm=\"demo\"") && told.lines().count() == 1, "{told}");
    assert_eq!(Log::of(|| drop(realm().scheme(OwnCookie, NoCookies).build().unwrap())), "", "its name is a good one");
}

/// Weakenings say so each time; what is not weakened says nothing.
#[test]
fn weakened_verifiers_say_so() {
    let secret = b"0sF3kzP9qLm2XwT7yBnD5vRj8GhC1aEu";
    let key = || JwtKey::hs256(secret).unwrap();
    let issuer = Log::of(|| {
        JwtVerifier::builder().with_insecure_any_issuer().audience("api").key(key()).build().unwrap();
    });
    assert!(issuer.contains("WARN") && issuer.contains("tokens of any issuer are accepted"), "{issuer}");
    let audience = Log::of(|| {
        JwtVerifier::builder().issuer("us").with_insecure_any_audience().key(key()).build().unwrap();
    });
    assert!(audience.contains("WARN") && audience.contains("tokens of any audience are accepted"), "{audience}");
    let guessable = "0123456789abcdef0123456789abcdef";
    let secret = Log::of(|| drop(JwtKey::from_insecure_secret(JwtAlgorithm::Hs256, guessable.as_bytes()).unwrap()));
    assert!(secret.contains("WARN") && secret.contains("a guessable secret is in use"), "{secret}");
    assert!(!secret.contains(guessable), "{secret}");
    let silent = Log::of(|| {
        JwtVerifier::builder().issuer("us").audience("api").key(key()).build().unwrap();
        drop(JwtKey::from_insecure_secret(JwtAlgorithm::Hs256, b"0sF3kzP9qLm2XwT7yBnD5vRj8GhC1aEu").unwrap());
    });
    assert_eq!(silent, "");
}
