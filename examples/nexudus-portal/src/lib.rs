//! A server that speaks the token endpoint of the Nexudus Members Portal, for the customers of one location.
//!
//! | endpoint | module |
//! | --- | --- |
//! | `POST /api/token` | `systems::nexudus::token` |
//! | `GET /api/public/billing/customer`, `GET /api/public/teams/my` | `profile` |
//! | `POST /api/sys/users/startPasswordReset`, `POST /api/sys/users/completePasswordReset` | `reset` |
//! | `POST /api/sys/users/exchange` | `exchange` |
//! | `GET /api/sys/users/sendOtp` | `otp` |

mod confirmation;
mod customer;
mod exchange;
mod mails;
mod otp;
mod portal;
mod profile;
mod reset;

use auth_axum::{AuthLayer, Router, any, catalogue, get, public};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use systems::nexudus::token::CHAINS_PER_CLIENT;
use systems::{Context, Options, Setting, StartError, System};

use crate::portal::Portal;

/// The system, as its server starts it.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "a name without parts")]
pub struct NexudusPortal;

const DEMO_ACCOUNTS: &str = r#"
[[account]]
id = 42
login = "jane.doe@example.com"
name = "Jane Doe"
password = "S3cur3P@ss"

[[account]]
login = "twofa@example.com"
name = "Toni Twofa"
password = "S3cur3P@ss"
totp_secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

[[account]]
login = "suspended@example.com"
name = "Sam Suspended"
password = "S3cur3P@ss"
state = "suspended"

[[account]]
login = "reset@example.com"
name = "Robin Reset"
password = "S3cur3P@ss"
state = "must_reset"

[[account]]
login = "elsewhere@example.com"
name = "Ellis Elsewhere"
password = "S3cur3P@ss"
locations = ["elsewhere"]
"#;

impl System for NexudusPortal {
    const NAME: &'static str = "nexudus-portal";
    const PORT: u16 = 8002;
    const ABOUT: &'static str = "The Members Portal of Nexudus: tokens for customers, and what they may see with them.";
    const SETTINGS: &'static [Setting] = &[CHAINS_PER_CLIENT];
    const SENDS_MAIL: bool = true;

    fn demo_accounts(&self, _options: &Options) -> String {
        DEMO_ACCOUNTS.to_owned()
    }

    fn curl_lines(&self, base: &str) -> Vec<String> {
        let client = "-H 'client_id: nexudus.portal.jane.doe@example.com'";
        let sign_in = format!(
            "curl -sS {client} {base}/api/token -d grant_type=password --data-urlencode username=jane.doe@example.com \
             --data-urlencode 'password=S3cur3P@ss' -d totp="
        );
        let member = |name: &str| format!("sed -n 's/.*\"{name}\":\"\\([^\"]*\\)\".*/\\1/p'");
        vec![
            sign_in.clone(),
            format!("AT=$({sign_in} | {})", member("access_token")),
            format!("RT=$({sign_in} | {})", member("refresh_token")),
            format!("curl -sS -H \"Authorization: Bearer $AT\" {base}/api/public/billing/customer"),
            format!("curl -sS -H \"Authorization: Bearer $AT\" {base}/api/public/teams/my"),
            format!(
                "curl -sS {base}/api/token -d grant_type=refresh_token --data-urlencode \"refresh_token=$RT\"  # 400"
            ),
            format!(
                "curl -sS {client} {base}/api/token -d grant_type=refresh_token --data-urlencode \"refresh_token=$RT\""
            ),
        ]
    }

    async fn build(&self, context: &Context) -> Result<axum::Router, StartError> {
        let portal = Portal::new(context)?;
        let realm = customer::realm(context, &portal.tokens)?;
        catalogue().of_crate(env!("CARGO_CRATE_NAME")).check(&[&realm])?;
        Ok(Router::new()
            .route("/api/token", any(token))
            .route("/api/public/billing/customer", get(profile::customer))
            .route("/api/public/teams/my", get(profile::teams))
            .route("/api/sys/users/startPasswordReset", any(reset::start))
            .route("/api/sys/users/completePasswordReset", any(reset::complete))
            .route("/api/sys/users/exchange", any(exchange::exchange))
            .route("/api/sys/users/sendOtp", any(otp::send))
            .with_state(portal)
            .layer(AuthLayer::new(realm))
            .into_axum())
    }
}

#[public(reason = "customers get their credentials here")]
async fn token(State(portal): State<Portal>, request: Request) -> Response {
    portal.tokens.serve(request).await.map(Body::from)
}
