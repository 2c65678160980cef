//! The server as a program: its setting, its demo accounts, its `curl` lines.

use auth_axum::catalogue;
use systems::{Context, Options, Setting, StartError, System};

use crate::routes::app;
use crate::service::{LENIENT_JSON, Nebula};

const ACCOUNTS: &str = r#"[[account]]
id = 18
login = "testemail@gmail.com"
name = "Test User"
password = "123456789"
roles = ["GUEST"]

[[account]]
login = "admin@example.com"
name = "Administrator"
password = "S3cur3P@ss"
roles = ["ADMIN"]

[[account]]
login = "inactive@example.com"
name = "Newcomer"
password = "S3cur3P@ss"
state = "inactive"
"#;

/// Nebula Block.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "the name of the program")]
pub struct NebulaBlock;

impl System for NebulaBlock {
    const NAME: &'static str = "nebula-block";
    const PORT: u16 = 8005;
    const ABOUT: &'static str = "A server that speaks the authentication API of Nebula Block.";
    const SETTINGS: &'static [Setting] = &[Setting {
        name: LENIENT_JSON,
        values: &["true", "false"],
        help: "Whether a form may hold JSON with one comma too many, as the documented command lines do",
    }];

    fn demo_accounts(&self, _: &Options) -> String {
        ACCOUNTS.to_owned()
    }

    fn curl_lines(&self, base: &str) -> Vec<String> {
        let base = format!("{base}/api/v1");
        let (bearer, key) = (r#"-H "Authorization: Bearer $JWT""#, r#"-H "Authorization: Bearer $AK""#);
        let text = |name: &str| format!(r#"sed 's/.*"{name}":"\([^"]*\)".*/\1/'"#);
        let form = "--data-urlencode username=testemail@gmail.com --data-urlencode password=123456789";
        let admin = "--data-urlencode username=admin@example.com --data-urlencode password=S3cur3P@ss";
        vec![
            format!("JWT=$(curl -sS {base}/login {form} | {})", text("jwtToken")),
            format!("curl -sS {bearer} {base}/users/credits"),
            format!(
                r#"AK=$(curl -sS -X POST {base}/api-keys {bearer} -d '{{ "name": "test-api-key", }}' | {})"#,
                text("key")
            ),
            format!("curl -sS {key} {base}/users/credits"),
            format!(r#"ID=$(curl -sS {key} {base}/api-keys | sed 's/.*"id":\([0-9]*\).*/\1/')"#),
            format!("curl -sS -X DELETE {bearer} {base}/api-keys/$ID"),
            format!("ADMIN=$(curl -sS {base}/login {admin} | {})", text("jwtToken")),
            format!(r#"curl -sS -H "Authorization: Bearer $ADMIN" {base}/admin/users"#),
        ]
    }

    async fn build(&self, context: &Context) -> Result<axum::Router, StartError> {
        let (nebula, realm) = Nebula::build(context)?;
        catalogue().of_crate(env!("CARGO_CRATE_NAME")).check(&[&realm])?;
        Ok(app(nebula, realm).into_axum())
    }
}
