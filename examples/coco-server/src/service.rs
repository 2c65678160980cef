//! What the handlers work with, and the realm that decides who reaches them.

use std::sync::Arc;
use std::time::Duration;

use auth_axum::credential::{BearerToken, OpaqueToken};
use auth_axum::{Bearer, ClientSource, Clock, ConfigError, Realm, Verifier};
use auth_issuer::api_keys::ApiKeys;
use auth_issuer::http::Arrival;
use auth_issuer::keys::KeyRing;
use auth_issuer::passwords::{PasswordPolicy, Passwords};
use auth_issuer::sessions::SetCookie;
use auth_issuer::stores::AnyStore;
use auth_issuer::tokens::{AccountTokens, LiveTokens, TokenIssuer};
use auth_issuer::{Account, Audit, HashPool, SignIn, Throttle};
use systems::accounts::SINGLE_USER;
use systems::{Mode, StartError};

use crate::credentials::{ApiToken, Caller, SessionCookie, permits};
use crate::envelope::CocoEnvelope;
use crate::token_format::CocoToken;

/// How long a sign-in is good for.
pub const LOGIN_LIFE: Duration = Duration::from_hours(24);

/// How many API tokens an account may have.
pub(crate) const MAX_TOKENS: u64 = 1_000;

/// What `expire_in` of a sign-in means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "vendors' versions know two")]
pub enum ExpireIn {
    /// Seconds from now.
    Duration,
    /// A Unix time, as some versions send it.
    Absolute,
}

/// What the operator has decided.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "the program fills it in")]
pub struct Settings {
    /// Who may sign in.
    pub mode: Mode,
    /// What `expire_in` of a sign-in means.
    pub expire_in: ExpireIn,
    /// Whether the cookie is for TLS only: always but on this very machine.
    pub has_secure_cookie: bool,
    /// The origins whose pages may call this server.
    pub origins: Vec<String>,
}

/// What this server is made of.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "the program fills it in")]
pub struct Parts {
    /// Where everything is kept.
    pub store: AnyStore,
    /// Where passwords are hashed.
    pub pool: HashPool,
    /// Who counts wrong passwords.
    pub throttle: Throttle,
    /// Where the address of a caller is found.
    pub source: ClientSource,
    /// The keys of this system alone: HS256.
    pub keys: KeyRing,
    /// What the time is.
    pub clock: Arc<dyn Clock>,
    /// Where events go.
    pub audit: Audit,
}

/// The services of this server.
#[derive(Debug)]
pub struct Coco {
    pub(crate) settings: Settings,
    pub(crate) arrival: Arrival,
    pub(crate) sign_in: SignIn<AnyStore>,
    pub(crate) passwords: Passwords<AnyStore>,
    pub(crate) tokens: TokenIssuer,
    pub(crate) cookie: SetCookie,
    pub(crate) live: LiveTokens<AnyStore, AnyStore>,
    pub(crate) api_tokens: ApiKeys<AnyStore, AnyStore>,
}

/// What tokens say of how their owner has signed in.
pub(crate) fn provider(mode: Mode) -> &'static str {
    match mode {
        Mode::Single => "default_simple_auth_backend",
        Mode::Multi => "default_native_auth_backend",
    }
}

impl Coco {
    /// Puts the services together, and the realm.
    ///
    /// # Errors
    ///
    /// If single-user mode finds no user in the store, or the keys are not of the right kind.
    pub async fn build(parts: Parts, settings: Settings) -> Result<(Arc<Self>, Realm<Caller>), StartError> {
        let Parts { store, pool, throttle, source, keys, clock, audit } = parts;
        // Closed accounts are as wrong passwords, and there is no second factor to ask for.
        let mut sign_in =
            SignIn::new(store.clone(), pool.clone(), throttle.clone()).show_only([]).with_audit(audit.clone());
        if settings.mode == Mode::Single {
            sign_in = sign_in.for_one_account(single_login(&store).await?);
        }
        let policy = PasswordPolicy::default().with_lengths(8..=256)?.with_context_words(["coco"]);
        let tokens = TokenIssuer::builder(keys)
            .issuer("coco-server")
            .audience("coco-server")
            .purpose("access")
            .lifetime(LOGIN_LIFE)
            .without_id_of_only_key()
            .audit(audit.clone())
            .build()?;
        let live = LiveTokens::new(tokens.clone(), store.clone(), store.clone());
        let api_tokens = ApiKeys::new(store.clone(), store.clone(), CocoToken)
            .with_limit(MAX_TOKENS)
            .with_permits(permits)
            .with_audit(audit.clone());
        let cookie = SetCookie::of(&SessionCookie)?.with_max_age(LOGIN_LIFE);
        let cookie = if settings.has_secure_cookie { cookie } else { cookie.with_insecure_http()? };
        let realm = realm(&settings, live.clone(), api_tokens.clone(), source.clone(), Arc::clone(&clock))?;
        let coco = Self {
            arrival: Arrival::new(source).with_clock(clock),
            sign_in,
            passwords: Passwords::new(store, pool, throttle, policy).with_audit(audit),
            tokens,
            cookie,
            live,
            api_tokens,
            settings,
        };
        Ok((Arc::new(coco), realm))
    }

    /// The name by which an account signs in; the only user has none but its id.
    pub(crate) fn username<'a>(&self, account: &'a Account) -> &'a str {
        match self.settings.mode {
            Mode::Single => account.id(),
            Mode::Multi => account.login(),
        }
    }
}

/// Whatever is shown explicitly counts, and has to be good; the cookie counts where nothing else is shown.
fn realm(
    settings: &Settings,
    live: LiveTokens<AnyStore, AnyStore>,
    api_tokens: ApiKeys<AnyStore, AnyStore>,
    source: ClientSource,
    clock: Arc<dyn Clock>,
) -> Result<Realm<Caller>, ConfigError> {
    let tokens = Arc::new(AccountTokens::new(live)?.with_permits(permits));
    let bearer = Verifier::<BearerToken>::map(Arc::clone(&tokens), Caller::signed_in);
    let cookie = Verifier::<OpaqueToken>::map(tokens, Caller::signed_in);
    let mut realm = Realm::<Caller>::builder("coco")
        // What another process withdraws is refused from the next request on.
        .without_cache()
        .scheme(Bearer, bearer)
        .scheme(ApiToken, Verifier::<OpaqueToken>::map(api_tokens, Caller::by_api_token))
        .scheme(SessionCookie, cookie)
        .authorization_stands_alone()
        .bad_cookies_are_guests()
        .renderer(CocoEnvelope)
        .source(source)
        .clock(clock);
    for origin in &settings.origins {
        realm = realm.trusted_origin(origin);
    }
    realm.build()
}

async fn single_login(store: &AnyStore) -> Result<String, StartError> {
    use auth_issuer::AccountStore as _;

    match store.find_account_by_id(SINGLE_USER).await? {
        Some(account) => Ok(account.login().to_owned()),
        None => Err(StartError::new(format!(
            "--mode single: the store has no account {SINGLE_USER}; use another store, or --mode multi"
        ))),
    }
}
