//! The configuration: five environment variables, each of them optional.

use std::env::{self, VarError};
use std::error::Error;
use std::fmt;
use std::net::TcpListener;

use auth_core::credential::{ApiKey, ApiKeyPrefix};
use auth_core::jwt::{JwtAlgorithm, JwtKey};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use tracing_subscriber::EnvFilter;
use zeroize::Zeroizing;

use crate::token::TokenSigner;

const LISTEN: &str = "LISTEN";
const JWT_SECRET: &str = "DEMO_JWT_SECRET";
const API_KEY: &str = "DEMO_API_KEY";
const PRINT: &str = "DEMO_PRINT";
const LOG: &str = "RUST_LOG";

/// How to make a secret that is accepted.
const SECRET_RECIPE: &str = "openssl rand -base64 32 | tr '+/' '-_' | tr -d '='";

/// What the environment says, checked.
#[derive(Debug)]
pub struct Config {
    /// Where to listen, as written.
    listen: String,
    /// Verifies bearer tokens.
    pub(crate) jwt_key: JwtKey,
    /// Makes the tokens of the printed `curl` lines.
    pub(crate) tokens: TokenSigner,
    /// The prefix of this service's API keys.
    pub(crate) api_key_prefix: ApiKeyPrefix,
    /// The API key of `alice`.
    pub(crate) api_key: ApiKey,
    /// Whether `curl` lines are printed although nobody sits at a terminal.
    pub(crate) prints_curl_lines: bool,
}

/// A variable that the operator has to change. Quotes the value unless it is secret, and always in one line.
#[derive(Debug)]
pub struct BadVariable {
    name: &'static str,
    problem: String,
}

impl Config {
    /// Reads the environment. What is absent and secret is made up.
    pub(crate) fn from_env() -> Result<Self, Box<dyn Error>> {
        let secret = jwt_secret()?;
        // A demonstration takes any secret that is long enough; a service takes `JwtKey::hs256`.
        let jwt_key = JwtKey::from_insecure_secret(JwtAlgorithm::Hs256, &secret).map_err(|_too_short| {
            let length = secret.len();
            BadVariable::new(
                JWT_SECRET,
                format!("{length} bytes are too short a secret, 32 are the least; make one with: {SECRET_RECIPE}"),
            )
        })?;
        let api_key_prefix = ApiKeyPrefix::new("demo")?;
        Ok(Self {
            listen: variable(LISTEN)?.unwrap_or_else(|| "127.0.0.1:3000".to_owned()),
            jwt_key,
            tokens: TokenSigner::new(&secret)?,
            api_key: api_key(&api_key_prefix)?,
            api_key_prefix,
            prints_curl_lines: variable(PRINT)?.as_deref() == Some("1"),
        })
    }

    /// Where to listen, as written: for frameworks that bind by themselves. [`bind`](Self::bind) is for the others.
    #[must_use]
    pub fn listen(&self) -> &str {
        &self.listen
    }

    /// Listens. The socket does not block, as runtimes need it; nothing is accepted yet.
    ///
    /// # Errors
    ///
    /// [`BadVariable`], if the address is none or is taken.
    pub fn bind(&self) -> Result<TcpListener, BadVariable> {
        let bind = || {
            let listener = TcpListener::bind(&self.listen)?;
            listener.set_nonblocking(true)?;
            Ok(listener)
        };
        bind().map_err(|error| BadVariable::listen(&self.listen, &error))
    }
}

fn jwt_secret() -> Result<Zeroizing<Vec<u8>>, Box<dyn Error>> {
    let Some(text) = variable(JWT_SECRET)?.map(Zeroizing::new) else {
        let mut secret = Zeroizing::new(vec![0; 32]);
        getrandom::fill(&mut secret)?;
        return Ok(secret);
    };
    let decoded = BASE64_URL_SAFE_NO_PAD.decode(text.as_bytes()).map_err(|_quotes_the_secret| {
        let problem = format!("it is not base64url without padding; make one with: {SECRET_RECIPE}");
        BadVariable::new(JWT_SECRET, problem)
    })?;
    Ok(Zeroizing::new(decoded))
}

fn api_key(prefix: &ApiKeyPrefix) -> Result<ApiKey, Box<dyn Error>> {
    let Some(text) = variable(API_KEY)?.map(Zeroizing::new) else { return Ok(ApiKey::generate(prefix)?) };
    match text.parse::<ApiKey>() {
        Ok(key) if key.as_ref().prefix() == prefix.as_str() => Ok(key),
        _ => {
            let prefix = prefix.as_str();
            let problem = format!(
                "it is not an API key of the form {prefix}_ and 71 letters and digits, the last six of them a checksum; \
                 unset it, and a good one is printed"
            );
            Err(BadVariable::new(API_KEY, problem).into())
        }
    }
}

/// What is logged.
pub(crate) fn log_filter() -> Result<EnvFilter, BadVariable> {
    let text = variable(LOG)?.filter(|text| !text.is_empty()).unwrap_or_else(|| "info".to_owned());
    EnvFilter::builder().parse(&text).map_err(|error| {
        BadVariable::new(LOG, format!("{text:?} is not a log filter ({error}); use one like info or auth_core=debug"))
    })
}

fn variable(name: &'static str) -> Result<Option<String>, BadVariable> {
    match env::var(name) {
        Ok(text) => Ok(Some(text)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(BadVariable::new(name, "it is not UTF-8; write it anew".to_owned())),
    }
}

impl BadVariable {
    fn new(name: &'static str, problem: String) -> Self {
        Self { name, problem }
    }

    /// `LISTEN` names an address that cannot be listened on.
    #[must_use]
    pub fn listen(address: &str, error: &std::io::Error) -> Self {
        let problem = format!("cannot listen on {address:?} ({error}); use a free address and port, like 127.0.0.1:0");
        Self::new(LISTEN, problem)
    }
}

impl fmt::Display for BadVariable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.problem)
    }
}

impl Error for BadVariable {}
