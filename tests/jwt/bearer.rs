//! One token, put to a verifier in both ways: directly, and as the bearer token of a request.

use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use auth_core::catalogue::Endpoint;
use auth_core::credential::{BearerToken, Credential};
use auth_core::decision::{Handle, begin};
use auth_core::jwt::JwtVerifier;
use auth_core::policy::{SchemeUse, Schemes};
use auth_core::{
    AnyRealm, Attempt, Bearer, Claims, Clock, Policy, Realm, Reason, Refusal, RequestHead, Source, Verified, Verifier,
};
use auth_tower::HttpHead;
use http::{HeaderValue, Request};

/// What every request has to prove: some bearer token.
static ENDPOINT: Endpoint = Endpoint {
    name: "endpoint",
    module: module_path!(),
    file: file!(),
    line: line!(),
    policy: Policy::new(Schemes::Listed(&[SchemeUse::of::<Bearer>()])),
    principal: None,
};

/// A verifier, a realm that has it, and the time.
pub struct Bench {
    verifier: Arc<JwtVerifier>,
    pub realm: AnyRealm,
    now: SystemTime,
}

#[derive(Debug)]
struct Stopped(SystemTime);

impl Clock for Stopped {
    fn now(&self) -> SystemTime {
        self.0
    }
}

impl Bench {
    pub fn new(verifier: JwtVerifier, now: u64) -> Self {
        let (verifier, now) = (Arc::new(verifier), SystemTime::UNIX_EPOCH + Duration::from_secs(now));
        let realm = Realm::<Claims>::builder("tokens").bearer(Arc::clone(&verifier)).clock(Arc::new(Stopped(now)));
        Self { verifier, realm: realm.build().expect("a good realm").erase(), now }
    }

    /// What the verifier says.
    pub fn verify(&self, token: &str) -> Result<Verified<Claims>, Reason> {
        let parsed = BearerToken::parse(token.as_bytes()).map_err(|_| Reason::MALFORMED)?;
        let attempt = Attempt::new(self.now, Source::Unknown);
        let verdict = self.verifier.try_verify(&parsed, &attempt).expect("own keys need no waiting");
        verdict.map_err(|error| error.reason())
    }

    /// Whether a request with the token is let through.
    pub fn lets_through(&self, token: &str) -> bool {
        self.over_http(token).is_ok()
    }

    /// What becomes of a request with the token. One that is not let through is answered with 401 and
    /// `invalid_token`, whatever the reason.
    pub fn over_http(&self, token: &str) -> Result<(), Reason> {
        let Some(refusal) = self.refusal(token) else { return Ok(()) };
        let challenges: Vec<_> = refusal.headers().filter(|(name, _)| *name == "www-authenticate").collect();
        let expected = [("www-authenticate", r#"Bearer realm="tokens", error="invalid_token""#)];
        assert_eq!((refusal.status(), &challenges[..]), (401, &expected[..]), "{} for {token:?}", refusal.reason());
        Err(refusal.reason())
    }

    /// The refusal of a request with the token; `None` if it is let through.
    pub fn refusal(&self, token: &str) -> Option<Refusal> {
        let value = format!("Bearer {token}");
        let verdict = if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            let request = Request::get("/").header("authorization", value).body(()).expect("a good request");
            self.decide(&HttpHead::of_request(&request))
        } else {
            self.decide(&Bare(value.into_bytes()))
        };
        verdict.err()
    }

    fn decide(&self, head: &dyn RequestHead) -> Result<(), Refusal> {
        let handle = Handle::new(self.realm.clone());
        match pin!(begin(Some(&handle), head, &ENDPOINT)).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(verdict) => verdict.map(drop),
            Poll::Pending => panic!("nothing here needs waiting"),
        }
    }
}

/// A head with one field, for values that no `http` request can hold: servers refuse them earlier.
struct Bare(Vec<u8>);

impl RequestHead for Bare {
    fn method(&self) -> &'static str {
        "GET"
    }

    fn path(&self) -> &'static str {
        "/"
    }

    fn query(&self) -> Option<&str> {
        None
    }

    fn for_each_header<'h>(&'h self, name: &str, each: &mut dyn FnMut(&'h [u8])) {
        if name == "authorization" {
            each(&self.0);
        }
    }

    fn peer(&self) -> Option<IpAddr> {
        None
    }

    fn is_multiplexed(&self) -> bool {
        false
    }
}
