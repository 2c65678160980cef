//! The server as a program: its settings, its demo accounts, its `curl` lines.

use auth_axum::catalogue;
use systems::{Context, Options, Setting, StartError, System};

use crate::routes::app;
use crate::service::Portal;

const ACCOUNTS: &str = r#"[[account]]
id = 42
login = "jane.doe@example.com"
name = "Jane Doe"
password = "S3cur3P@ss"

[[account]]
login = "suspended@example.com"
name = "Sam Suspended"
password = "S3cur3P@ss"
state = "suspended"

[[account]]
login = "admin@example.com"
name = "Ada Admin"
password = "S3cur3P@ss"
roles = ["admin"]

[[account]]
login = "plain@example.com"
name = "Pat Plain"
password = "S3cur3P@ss"
"#;

/// The Nexudus user token API.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "the name of the program")]
pub struct NexudusUsers;

impl System for NexudusUsers {
    const NAME: &'static str = "nexudus-users";
    const PORT: u16 = 8003;
    const ABOUT: &'static str = "A server that speaks the Nexudus user token API.";
    const SETTINGS: &'static [Setting] = &[
        Setting {
            name: "reveal_unknown",
            values: &["true", "false"],
            help: "Whether resetPassword says that an address is unknown",
        },
        Setting {
            name: "login_ends_bearer",
            values: &["true", "false"],
            help: "Whether a token that has signed its owner in is dead as a Bearer too",
        },
        systems::nexudus::token::CHAINS_PER_CLIENT,
    ];
    const SENDS_MAIL: bool = true;

    fn demo_accounts(&self, _: &Options) -> String {
        ACCOUNTS.to_owned()
    }

    fn curl_lines(&self, base: &str) -> Vec<String> {
        let login = r#"{"email":"jane.doe@example.com","password":"S3cur3P@ss","validityInMinutes":30}"#;
        let token = format!("curl -sS {base}/sys/users/token -H 'Content-Type: application/json' -d '{login}'");
        vec![
            token.clone(),
            format!("curl -sS -X POST -u 'admin@example.com:S3cur3P@ss' {base}/sys/users/42/token/refresh"),
            format!(r#"T=$({token} | sed 's/.*"Value":"\([^"]*\)".*/\1/')"#),
            format!(r#"curl -sS -H "Authorization: Bearer $T" "{base}/en/profile?_resource=Coworker""#),
            format!(r#"curl -sS -i "{base}/en/user/login?t=$T&redirectUrl=%2Fen%2Fbookings""#),
            format!(r#"curl -sS -i "{base}/en/user/login?t=$T"   # 401"#),
            format!(r#"curl -sS "{base}/en/user/resetPassword?email=jane.doe%40example.com""#),
        ]
    }

    async fn build(&self, context: &Context) -> Result<axum::Router, StartError> {
        let (portal, realms) = Portal::build(context)?;
        let checked = catalogue().of_crate(env!("CARGO_CRATE_NAME"));
        checked.check(&[&realms.rest, &realms.api, &realms.pages])?;
        Ok(app(portal, realms))
    }
}
