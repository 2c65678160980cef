//! A server without a socket, and what it answers.

use std::path::PathBuf;
use std::sync::Arc;

use auth_axum::jwt::JwtAlgorithm;
use auth_axum::{ClientSource, SystemClock};
use auth_issuer::accounts::AccountAdmin as _;
use auth_issuer::keys::{KeyRing, SigningKey};
use auth_issuer::stores::AnyStore;
use auth_issuer::{Account, Audit, HashParams, HashPool, PasswordHash, Throttle};
use auth_tower::Peer;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use coco_server::{Coco, ExpireIn, Parts, Settings, app};
use http_body_util::BodyExt as _;
use serde_json::Value;
use systems::Mode;
use systems::accounts::SINGLE_USER;
use tower::ServiceExt as _;

/// The password of every demo account.
pub(crate) const PASSWORD: &str = "mypassword";

/// Keys that several servers share, as processes with one key directory do.
pub(crate) const SECRET: [u8; 32] = *b"q0Zr8wLx3TnYb5KdVe7MhJ1sGu9PcA4f";

/// A server under test.
pub(crate) struct Server {
    app: axum::Router,
    pub(crate) store: AnyStore,
}

/// What it answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

/// How a server differs from the usual one.
pub(crate) struct Options {
    pub(crate) settings: Settings,
    pub(crate) store: String,
    pub(crate) secret: [u8; 32],
    pub(crate) audit: Audit,
}

impl Default for Options {
    fn default() -> Self {
        let settings = Settings {
            mode: Mode::Multi,
            expire_in: ExpireIn::Duration,
            has_secure_cookie: false,
            origins: vec!["https://app.example".to_owned()],
        };
        Self { settings, store: "memory:".to_owned(), secret: SECRET, audit: Audit::default() }
    }
}

impl Options {
    pub(crate) fn single() -> Self {
        let mut options = Self::default();
        options.settings.mode = Mode::Single;
        options
    }
}

impl Server {
    /// The usual server: several users, in memory.
    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let store = AnyStore::open(&options.store).await.unwrap();
        let params = HashParams::new_insecure(8, 1, 1).unwrap();
        if store.count_accounts().await.unwrap() == 0 {
            for account in accounts(options.settings.mode, params) {
                let _inserted = store.insert_account(account).await.unwrap();
            }
        }
        let parts = Parts {
            store: store.clone(),
            pool: HashPool::new(2, params),
            throttle: Throttle::in_memory(),
            source: ClientSource::peer(),
            keys: KeyRing::new(SigningKey::from_secret(JwtAlgorithm::Hs256, &options.secret).unwrap()),
            clock: Arc::new(SystemClock::default()),
            audit: options.audit,
        };
        let (coco, realm) = Coco::build(parts, options.settings).await.unwrap();
        Self { app: app(coco, realm).into_axum(), store }
    }

    pub(crate) async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let request = Request::builder().method(method).uri(path).extension(Peer(([127, 0, 0, 1], 9).into()));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let answer = self.app.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let (head, body) = answer.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer { status: head.status.as_u16(), headers: head.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    /// Sends JSON, with a bearer token where there is one.
    pub(crate) async fn json(&self, method: &str, path: &str, token: &str, body: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        let mut headers = vec![("content-type", "application/json")];
        if !token.is_empty() {
            headers.push(("authorization", &bearer));
        }
        self.send(method, path, &headers, body).await
    }

    /// Sends an API token and JSON.
    pub(crate) async fn by_key(&self, method: &str, path: &str, key: &str, body: &str) -> Answer {
        self.send(method, path, &[("content-type", "application/json"), ("X-API-TOKEN", key)], body).await
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, "").await
    }

    pub(crate) async fn login(&self, body: &str) -> Answer {
        self.json("POST", "/account/login", "", body).await
    }

    /// The token of a sign-in.
    pub(crate) async fn token_of(&self, email: &str) -> String {
        let answer = self.login(&format!(r#"{{"email":"{email}","password":"{PASSWORD}"}}"#)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.text_at("access_token")
    }

    pub(crate) async fn admin(&self) -> String {
        self.token_of("admin@example.com").await
    }

    pub(crate) async fn jdoe(&self) -> String {
        self.token_of("jdoe@example.com").await
    }

    /// Signs `jdoe` in, who may read documents and, here, make API tokens.
    pub(crate) async fn maker(&self) -> String {
        let scopes = ["coco:document:read", "generic#security:auth:api-token/create"].map(str::to_owned);
        assert!(self.store.set_permissions("2", &[], &scopes).await.unwrap());
        self.jdoe().await
    }

    /// Makes an API token and returns its id and text.
    pub(crate) async fn new_key(&self, token: &str, body: &str) -> (String, String) {
        let answer = self.json("POST", "/auth/access_token", token, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        (answer.text_at("_id"), answer.text_at("access_token"))
    }

    pub(crate) async fn profile(&self, headers: &[(&str, &str)]) -> Answer {
        self.get("/account/profile", headers).await
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn text_at(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_else(|| panic!("no text {name}: {}", self.text)).to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn challenges(&self) -> Vec<&str> {
        self.headers.get_all("www-authenticate").iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// Asserts the common form of failures, whatever failed.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, reason: &str) {
        let envelope = format!(r#"{{"status":{status},"error":{{"reason":"{reason}"}}}}"#);
        assert_eq!((self.status, self.text.as_str()), (status, envelope.as_str()));
        assert_eq!(self.header("content-type"), Some("application/json; charset=utf-8"));
        self.uncached();
        if status == 401 {
            assert!(self.headers.contains_key("www-authenticate"));
        }
    }

    #[track_caller]
    pub(crate) fn uncached(&self) {
        assert_eq!((self.header("cache-control"), self.header("pragma")), (Some("no-store"), Some("no-cache")));
    }
}

/// What a signed token says: its header and its claims.
pub(crate) fn decoded(token: &str) -> (String, Value) {
    let mut parts = token
        .split('.')
        .map(|part| String::from_utf8_lossy(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap_or_default()).into_owned());
    let header = parts.next().unwrap();
    (header, serde_json::from_str(&parts.next().unwrap()).unwrap())
}

/// A file that does not exist yet, in the directory of this build's tests.
pub(crate) fn fresh_file(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    let _ = std::fs::remove_file(&path).is_ok();
    path
}

fn accounts(mode: Mode, params: HashParams) -> Vec<Account> {
    let hash = || PasswordHash::create(PASSWORD.as_bytes(), params).unwrap();
    match mode {
        Mode::Single => {
            vec![Account::new(SINGLE_USER, "anything").unwrap().with_password_hash(hash()).with_roles(["admin"])]
        }
        Mode::Multi => vec![
            Account::new("1", "admin@example.com").unwrap().with_password_hash(hash()).with_roles(["admin"]),
            Account::new("2", "jdoe@example.com")
                .unwrap()
                .with_password_hash(hash())
                .with_scopes(["coco:document:read"])
                .unwrap()
                .with_attributes(auth_axum::Claims::new().with("name", "jdoe")),
        ],
    }
}
