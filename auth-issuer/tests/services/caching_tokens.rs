//! Tokens that look at their account are believed again for a while, and never after anything that ends them.

use auth_axum::{Auth, AuthLayer, Realm, Router, get, requires_auth};
use auth_core::credential::BearerToken;
use auth_core::jwt::JwtAlgorithm;
use auth_core::{Attempt, Facts, Source, Verifier};
use auth_issuer::accounts::AccountAdmin as _;
use auth_issuer::keys::{KeyRing, SigningKey};
use auth_issuer::tokens::{AccountTokens, IssuedToken, LiveTokens, TokenClaims, TokenIssuer};
use auth_issuer::{AccountState, MemoryStore};
use axum::body::Body;
use http::{Request, StatusCode};
use std::time::SystemTime;
use tower::ServiceExt as _;

use super::caching::{User, Watched};
use super::support::{alice, store};

#[requires_auth(bearer, scope = "read")]
async fn door(user: Auth<User>) -> String {
    user.id.clone()
}

fn new_key() -> SigningKey {
    SigningKey::generate(JwtAlgorithm::EdDsa).expect("a key")
}

fn issuer(named: bool) -> TokenIssuer {
    let builder = TokenIssuer::builder(KeyRing::new(new_key()));
    let builder = builder.issuer("https://auth.example").audience("https://api.example").purpose("access");
    let builder = if named { builder.account_claim("uid") } else { builder };
    builder.build().expect("complete")
}

struct Bench {
    store: MemoryStore,
    accounts: Watched,
    issuer: TokenIssuer,
    live: LiveTokens<Watched, MemoryStore>,
    app: axum::Router,
}

impl Bench {
    fn new() -> Self {
        let (store, issuer) = (store(), issuer(false));
        let accounts = Watched::new(&store);
        let live = LiveTokens::new(issuer.clone(), accounts.clone(), store.clone());
        let tokens = AccountTokens::new(live.clone()).expect("complete");
        let bearer = Verifier::<BearerToken>::map(tokens, |facts, _| User { id: facts.subject.to_string() });
        let realm = Realm::<User>::builder("caching").bearer(bearer).build().expect("complete");
        let app = Router::new().route("/", get(door)).layer(AuthLayer::new(realm)).into_axum();
        Self { store, accounts, issuer, live, app }
    }

    async fn issue(&self) -> IssuedToken {
        let account = alice(&self.store).await;
        self.issuer.issue(&TokenClaims::new(account.id(), account.epoch()), SystemTime::now()).expect("signed")
    }

    async fn ask(&self, token: &IssuedToken) -> StatusCode {
        let request = Request::get("/").header("authorization", format!("Bearer {}", token.reveal()));
        let request = request.body(Body::empty()).expect("a request");
        self.app.clone().oneshot(request).await.expect("an answer").status()
    }

    /// A token that is in the cache: the account is read no more.
    async fn cached(&self) -> IssuedToken {
        let token = self.issue().await;
        assert_eq!(self.ask(&token).await, 200);
        let before = self.accounts.reads();
        for _ in 0..5 {
            assert_eq!(self.ask(&token).await, 200);
        }
        assert_eq!(self.accounts.reads(), before);
        token
    }
}

#[tokio::test]
async fn the_next_request_sees_whatever_ends_or_narrows_a_token() {
    let bench = Bench::new();
    let (store, now) = (&bench.store, Attempt::new(SystemTime::now(), Source::Unknown));

    let token = bench.cached().await;
    store.raise_epoch("1").await.expect("an answer").expect("the account");
    assert_eq!(bench.ask(&token).await, 401);

    let token = bench.cached().await;
    store.set_state("1", AccountState::Suspended).await.expect("an answer").expect("the account");
    assert_eq!(bench.ask(&token).await, 401);
    store.set_state("1", AccountState::Active).await.expect("an answer").expect("the account");

    let token = bench.cached().await;
    assert!(store.set_permissions("1", &[], &["write".to_owned()]).await.expect("an answer"));
    assert_eq!(bench.ask(&token).await, 403);
    assert!(store.set_permissions("1", &[], &["read".to_owned()]).await.expect("an answer"));
    assert_eq!(bench.ask(&token).await, 200);

    let (token, other) = (bench.cached().await, bench.cached().await);
    let named = Facts::new("1").with_credential_id(token.id()).with_expiry(token.expires_at());
    assert!(bench.live.revoke(&named, &now).await.expect("an answer"));
    assert_eq!((bench.ask(&token).await, bench.ask(&other).await), (StatusCode::UNAUTHORIZED, StatusCode::OK));

    let token = bench.cached().await;
    bench.issuer.keys().change(|ring| {
        let before = ring.active().id().to_owned();
        ring.rotate(new_key()).expect("another key");
        assert!(ring.retire(&before));
    });
    assert_eq!(bench.ask(&token).await, 401, "its key is retired");

    let token = bench.cached().await;
    assert!(store.delete_account("1").await.expect("an answer"));
    assert_eq!(bench.ask(&token).await, 401);
}

#[test]
fn what_nobody_tells_of_is_not_cached() {
    let (here, elsewhere) = (store(), store());
    let is_cached =
        |tokens: &AccountTokens<MemoryStore, MemoryStore>| Verifier::<BearerToken>::caching(tokens).is_some();
    let live = |named, ids: &MemoryStore| LiveTokens::new(issuer(named), here.clone(), ids.clone());
    let tokens = |live| AccountTokens::new(live).expect("complete");
    assert!(is_cached(&tokens(live(false, &here))));
    assert!(!is_cached(&tokens(live(false, &elsewhere))), "ids of another store");
    assert!(!is_cached(&tokens(live(true, &here))), "the account is not the subject");
    let others = issuer(false).verifier().build().expect("complete");
    assert!(!is_cached(&AccountTokens::with_verifier(others, live(false, &here))), "keys of somebody else");
}
