//! A server that speaks the REST API of Nexudus: `POST /api/token`, and the list of coworkers behind Bearer or Basic.

mod coworkers;
mod page;
mod realm;

use auth_axum::{AuthLayer, Router, any, catalogue, get, public};
use auth_issuer::stores::AnyStore;
use axum::body::Body;
use axum::extract::{FromRef, Request, State};
use axum::response::Response;
use systems::nexudus::token::{CHAINS_PER_CLIENT, TokenEndpoint, TokenRules};
use systems::{Context, Options, Setting, StartError, System};

/// The system, as its server starts it.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "a name without parts")]
pub struct NexudusRest;

const RULES: TokenRules = TokenRules {
    realm: realm::REALM,
    purpose: "access",
    ring: "access",
    wrong_password: "The user name or password is incorrect.",
    admits: |_account| true,
};

const DEMO_ACCOUNTS: &str = r#"
[[account]]
login = "admin@example.com"
name = "Ada Admin"
password = "S3cur3P@ss"
roles = ["admin"]

[[account]]
login = "lister@example.com"
name = "Lee Lister"
password = "S3cur3P@ss"
roles = ["Coworker-List"]

[[account]]
login = "plain@example.com"
name = "Pat Plain"
password = "S3cur3P@ss"

[[account]]
login = "twofa@example.com"
name = "Toni Twofa"
password = "S3cur3P@ss"
totp_secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
roles = ["admin"]

[[account]]
login = "suspended@example.com"
name = "Sam Suspended"
password = "S3cur3P@ss"
roles = ["admin"]
state = "suspended"
"#;

/// What handlers share.
#[derive(Clone, Debug)]
struct Shared {
    tokens: TokenEndpoint,
    store: AnyStore,
}

impl System for NexudusRest {
    const NAME: &'static str = "nexudus-rest";
    const PORT: u16 = 8001;
    const ABOUT: &'static str = "The REST API of Nexudus: tokens, and the list of coworkers.";
    const SETTINGS: &'static [Setting] = &[CHAINS_PER_CLIENT];

    fn demo_accounts(&self, _options: &Options) -> String {
        DEMO_ACCOUNTS.to_owned()
    }

    fn curl_lines(&self, base: &str) -> Vec<String> {
        let sign_in = "--data-urlencode grant_type=password --data-urlencode username=admin@example.com \
                       --data-urlencode 'password=S3cur3P@ss'";
        vec![
            format!("curl -sS -X POST {base}/api/token {sign_in}"),
            format!(
                "TOKEN=$(curl -sS {base}/api/token {sign_in} | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')"
            ),
            format!("curl -sS -H \"Authorization: Bearer $TOKEN\" {base}/api/sys/coworkers"),
            format!("curl -sS -u 'admin@example.com:S3cur3P@ss' {base}/api/sys/coworkers"),
            format!("curl -sS -u 'lister@example.com:S3cur3P@ss' '{base}/api/spaces/coworkers?page=1&size=2'"),
        ]
    }

    async fn build(&self, context: &Context) -> Result<axum::Router, StartError> {
        let tokens = TokenEndpoint::new(context, RULES)?;
        let realm = realm::build(context, &tokens)?;
        catalogue().of_crate(env!("CARGO_CRATE_NAME")).check(&[&realm])?;
        let shared = Shared { tokens, store: context.store.clone() };
        Ok(Router::new()
            .route("/api/token", any(token))
            .route("/api/sys/coworkers", get(coworkers::list))
            .route("/api/spaces/coworkers", get(coworkers::list))
            .with_state(shared)
            .layer(AuthLayer::new(realm))
            .into_axum())
    }
}

#[public(reason = "callers get their credentials here")]
async fn token(State(tokens): State<TokenEndpoint>, request: Request) -> Response {
    tokens.serve(request).await.map(Body::from)
}

impl FromRef<Shared> for TokenEndpoint {
    fn from_ref(shared: &Shared) -> Self {
        shared.tokens.clone()
    }
}

impl FromRef<Shared> for AnyStore {
    fn from_ref(shared: &Shared) -> Self {
        shared.store.clone()
    }
}
