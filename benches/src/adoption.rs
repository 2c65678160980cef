//! What authentication adds to a service's build: crates, processor time, and what a changed handler takes.
//!
//! Cargo itself is asked, about projects that are made for it and thrown away, each with a target directory of its own.
//! They lock the versions that this repository locks.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use std::{env, fs};

use auth_request_bench::processor;
use auth_request_bench::table::Table;

use crate::Failure;

/// How often a handler is changed.
const CHANGES: usize = 5;
/// Crates that build C, or assembly.
const BUILDERS_OF_C: [&str; 4] = ["cc", "cmake", "aws-lc-sys", "ring"];
/// What a change replaces.
const ANSWER: &str = "\"hello\"";

/// A service.
struct Service {
    name: &'static str,
    dependencies: &'static str,
    source: &'static str,
}

/// Each with the default features of axum.
const SERVICES: [Service; 4] = [
    Service {
        name: "bare axum",
        dependencies: "",
        source: r#"
            async fn hello() -> &'static str { "hello" }
            pub fn app() -> axum::Router { axum::Router::new().route("/", axum::routing::get(hello)) }
        "#,
    },
    Service { name: "auth-axum", dependencies: "auth-axum = { path = \"{repository}/adapters/axum\" }", source: OWN },
    Service {
        name: "auth-axum without asymmetric keys",
        dependencies: "auth-axum = { path = \"{repository}/adapters/axum\", default-features = false }",
        source: r#"
            use auth_axum::{Realm, requires_auth};
            #[derive(Clone, auth_axum::Principal)]
            pub struct User { #[principal(subject)] id: String }
            #[requires_auth(api_key)]
            async fn hello(user: auth_axum::Auth<User>) -> &'static str { let _ = &user.id; "hello" }
            pub fn app(realm: Realm<User>) -> axum::Router {
                auth_axum::Router::new().route("/", auth_axum::get(hello)).layer(auth_axum::AuthLayer::new(realm)).into_axum()
            }
        "#,
    },
    Service {
        name: "by hand, with jsonwebtoken on aws-lc-rs",
        dependencies: "jsonwebtoken = { version = \"11.1\", features = [\"aws_lc_rs\"] }\nserde = { version = \"1\", features = [\"derive\"] }",
        source: r#"
            use std::sync::Arc;
            use axum::{Router, extract::{FromRef, FromRequestParts}, http::{StatusCode, request::Parts}, routing::get};
            use jsonwebtoken::{DecodingKey, Validation};
            #[derive(Clone)]
            pub struct Keys(pub Arc<(DecodingKey, Validation)>);
            #[derive(serde::Deserialize)]
            pub struct User { sub: String }
            impl<S: Send + Sync> FromRequestParts<S> for User where Keys: FromRef<S> {
                type Rejection = StatusCode;
                async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StatusCode> {
                    let Keys(keys) = Keys::from_ref(state);
                    let token = parts.headers.get("authorization").and_then(|value| value.to_str().ok())
                        .and_then(|value| value.strip_prefix("Bearer ")).ok_or(StatusCode::UNAUTHORIZED)?;
                    jsonwebtoken::decode(token, &keys.0, &keys.1).map(|token| token.claims).map_err(|_| StatusCode::UNAUTHORIZED)
                }
            }
            async fn hello(user: User) -> &'static str { let _ = &user.sub; "hello" }
            pub fn app(keys: Keys) -> Router { Router::new().route("/", get(hello)).with_state(keys) }
        "#,
    },
];

const OWN: &str = r#"
    use auth_axum::{Realm, jwt::JwtVerifier, requires_auth};
    #[derive(Clone, auth_axum::Principal)]
    pub struct User { #[principal(subject)] id: String }
    #[requires_auth(bearer)]
    async fn hello(user: auth_axum::Auth<User>) -> &'static str { let _ = &user.id; "hello" }
    pub fn realm(tokens: JwtVerifier) -> Result<Realm<User>, auth_axum::ConfigError> {
        Realm::<User>::builder("app").bearer(tokens).source(auth_axum::ClientSource::peer()).build()
    }
    pub fn app(realm: Realm<User>) -> axum::Router {
        auth_axum::Router::new().route("/", auth_axum::get(hello)).layer(auth_axum::AuthLayer::new(realm)).into_axum()
    }
"#;

/// Runs the benchmark; the answer is the text for the page.
///
/// # Errors
///
/// If cargo fails.
pub fn run() -> Result<String, Failure> {
    let mut table = Table::new(&[
        "service",
        "crates",
        "over bare",
        "`cargo check`, processor seconds",
        "times bare",
        "builds C",
        "check after a changed handler, seconds",
    ]);
    let mut bare = None;
    let mut note = String::new();
    for service in &SERVICES {
        let project = Project::new(service)?;
        let crates = project.crates()?;
        let spent = processor::of_children(|| project.check(&[]))?;
        let (bare_crates, bare_spent) = *bare.get_or_insert((crates.len(), spent));
        let builders: Vec<_> = BUILDERS_OF_C.into_iter().filter(|name| crates.contains(*name)).collect();
        table.row(&[
            service.name.to_owned(),
            crates.len().to_string(),
            (crates.len() - bare_crates.min(crates.len())).to_string(),
            format!("{spent:.1}"),
            format!("{:.2}", spent / bare_spent),
            if builders.is_empty() { "no".to_owned() } else { builders.join(", ") },
            format!("{:.2}", project.change()?),
        ]);
        if service.source == OWN {
            note = project.macros(bare_spent)?;
        }
    }
    Ok(format!("{}\n{note}", table.into_text()))
}

struct Project {
    directory: tempfile::TempDir,
}

impl Project {
    fn new(service: &Service) -> Result<Self, Failure> {
        let directory = tempfile::tempdir()?;
        let repository = repository();
        let dependencies = service.dependencies.replace("{repository}", &repository.display().to_string());
        let manifest = format!(
            "[package]\nname = \"service\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\naxum = \"0.8.9\"\n{dependencies}\n"
        );
        fs::create_dir(directory.path().join("src"))?;
        fs::write(directory.path().join("Cargo.toml"), manifest)?;
        fs::write(directory.path().join("src/lib.rs"), service.source)?;
        fs::copy(repository.join("Cargo.lock"), directory.path().join("Cargo.lock"))?;
        Ok(Self { directory })
    }

    fn cargo(&self, arguments: &[&str]) -> Result<String, Failure> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let run = Command::new(cargo)
            .args(arguments)
            .current_dir(self.directory.path())
            .env("CARGO_TARGET_DIR", self.directory.path().join("target"))
            .env_remove("CARGO_INCREMENTAL")
            .env_remove("RUSTFLAGS")
            .stdin(Stdio::null())
            .output()?;
        if !run.status.success() {
            return Err(format!("cargo {}: {}", arguments.join(" "), String::from_utf8_lossy(&run.stderr)).into());
        }
        Ok(String::from_utf8(run.stdout)?)
    }

    fn check(&self, more: &[&str]) -> Result<(), Failure> {
        self.cargo(&[&["check", "--quiet"], more].concat()).map(drop)
    }

    /// The names of all crates of the build but the service itself; two versions of one are one here.
    fn crates(&self) -> Result<BTreeSet<String>, Failure> {
        let text = self.cargo(&["tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"])?;
        let names = text.lines().filter_map(|line| line.split(' ').next());
        Ok(names.filter(|name| !name.is_empty() && *name != "service").map(str::to_owned).collect())
    }

    /// Seconds until a change of the handler is checked: the least of some.
    fn change(&self) -> Result<f64, Failure> {
        let path = self.directory.path().join("src/lib.rs");
        let mut fastest = f64::INFINITY;
        for change in 0..=CHANGES {
            let source = fs::read_to_string(&path)?;
            let at = source.find("\"hello").ok_or("the handler answers something else")?;
            let end = at + 1 + source[at + 1..].find('"').ok_or("the answer has no end")?;
            let answer = format!("{}{change}\"", &ANSWER[..ANSWER.len() - 1]);
            fs::write(&path, format!("{}{answer}{}", &source[..at], &source[end + 1..]))?;
            let began = Instant::now();
            self.check(&[])?;
            // The first makes what the others reuse.
            if change > 0 {
                fastest = fastest.min(began.elapsed().as_secs_f64());
            }
        }
        Ok(fastest)
    }

    /// What the crate of the macros costs, which is built before everything that uses it.
    fn macros(&self, bare: f64) -> Result<String, Failure> {
        // Built, not checked: that is what a crate of macros needs to be used.
        let build = || self.cargo(&["build", "--quiet", "-p", "auth-macros"]).map(drop);
        self.cargo(&["clean", "--quiet"])?;
        let whole = processor::of_children(build)?;
        self.cargo(&["clean", "--quiet", "-p", "auth-macros"])?;
        let own = processor::of_children(build)?;
        Ok(format!(
            "The crate of the macros takes {own:.1} processor seconds by itself, {whole:.1} with what it needs ({:.2} times bare axum).\n",
            whole / bare
        ))
    }
}

fn repository() -> PathBuf {
    let benches = Path::new(env!("CARGO_MANIFEST_DIR"));
    benches.parent().unwrap_or(benches).to_owned()
}
