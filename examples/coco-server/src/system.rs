//! The server as a program: its options, its demo accounts, its `curl` lines.

use std::sync::Arc;

use auth_axum::catalogue;
use auth_axum::jwt::JwtAlgorithm;
use systems::{Context, Mode, Options, Setting, SettingValue, StartError, System};

use crate::routes::app;
use crate::service::{Coco, ExpireIn, Parts, Settings};

/// The accounts of single-user mode.
const SINGLE: &str = r#"[[account]]
login = "coco-default-user"
name = "coco-default-user"
password = "mypassword"
roles = ["admin"]
"#;

/// The accounts of multi-user mode.
const MULTI: &str = r#"[[account]]
login = "admin@example.com"
name = "admin"
password = "mypassword"
roles = ["admin"]

[[account]]
login = "jdoe@example.com"
name = "jdoe"
password = "mypassword"
scopes = ["coco:document:read"]
"#;

/// Coco Server.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "the name of the program")]
pub struct CocoServer;

impl SettingValue for ExpireIn {
    fn from_text(text: &str) -> Option<Self> {
        match text {
            "duration" => Some(Self::Duration),
            "absolute" => Some(Self::Absolute),
            _ => None,
        }
    }
}

impl System for CocoServer {
    const NAME: &'static str = "coco-server";
    const PORT: u16 = 8004;
    const ABOUT: &'static str = "A server that speaks the account API of Coco Server.";
    const SETTINGS: &'static [Setting] = &[
        Setting {
            name: "expire_in",
            values: &["duration", "absolute"],
            help: "What expire_in of a sign-in is: seconds from now, or a Unix time",
        },
        Setting {
            name: "cors_origins",
            values: &[],
            help: "Origins whose pages may call this server, separated by spaces",
        },
    ];
    const HAS_MODES: bool = true;

    fn demo_accounts(&self, options: &Options) -> String {
        match options.mode {
            Mode::Single => SINGLE,
            Mode::Multi => MULTI,
        }
        .to_owned()
    }

    fn curl_lines(&self, base: &str) -> Vec<String> {
        let json = "-H 'Content-Type: application/json'";
        let bearer = r#"-H "Authorization: Bearer $JWT""#;
        let admin = r#"-d'{"email":"admin@example.com","password":"mypassword"}'"#;
        let member = |name: &str| format!(r#"sed 's/.*"{name}":"\([^"]*\)".*/\1/'"#);
        let (token, id) = (member("access_token"), member("_id"));
        let wanted = r#"-d'{"name":"my-app-token","permissions":["generic#security:auth:api-token/search"]}'"#;
        vec![
            format!("JWT=$(curl -sS {json} -XPOST {base}/account/login {admin} | {token})"),
            format!("curl -sS {bearer} {base}/account/profile"),
            format!("TOK=$(curl -sS {bearer} {json} -XPOST {base}/auth/access_token {wanted} | {token})"),
            format!(r#"curl -sS -H "X-API-TOKEN: $TOK" {base}/account/profile"#),
            format!(r#"ID=$(curl -sS -H "X-API-TOKEN: $TOK" {base}/auth/access_token/_search | {id})"#),
            format!("curl -sS {bearer} -XDELETE {base}/auth/access_token/$ID"),
            format!(
                "curl -sS {json} -XPOST {base}/account/login -d'{{\"password\":\"mypassword\"}}'  # with --mode single, else # 403"
            ),
        ]
    }

    async fn build(&self, context: &Context) -> Result<axum::Router, StartError> {
        let options = &context.options;
        let settings = Settings {
            mode: options.mode,
            expire_in: options.settings.get("expire_in")?,
            has_secure_cookie: !context.public_url.is_local_http(),
            origins: options.settings.text("cors_origins").split_whitespace().map(str::to_owned).collect(),
        };
        let parts = Parts {
            store: context.store.clone(),
            pool: context.pool.clone(),
            throttle: context.throttle.clone(),
            source: context.source.clone(),
            keys: context.keys.ring(Self::NAME, JwtAlgorithm::Hs256)?,
            clock: Arc::clone(&context.clock),
            audit: context.audit.clone(),
        };
        let (coco, realm) = Coco::build(parts, settings).await?;
        catalogue().of_crate(env!("CARGO_CRATE_NAME")).check(&[&realm])?;
        Ok(app(coco, realm).into_axum())
    }
}
