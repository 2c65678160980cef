//! From options to a service.

use std::net::SocketAddr;
use std::sync::Arc;

use auth_core::{Clock, ConfigError};
use auth_issuer::mail::{FileMailer, MailQueue, MemoryMailer, PublicUrl, SmtpMailer};
use auth_issuer::sealing::{SealingKey, SealingKeys};
use auth_issuer::stores::AnyStore;
use auth_issuer::sweep::Sweeper;
use auth_issuer::{Audit, DigestKey, HashParams, HashPool, Nodes, Throttle, key_ids};
use axum::extract::{MatchedPath, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use tracing::Instrument as _;
use zeroize::Zeroizing;

use crate::accounts::AccountFile;
use crate::context::Context;
use crate::failure::StartError;
use crate::keys::KeyDirectory;
use crate::options::{Options, Throttling};
use crate::system::System;

/// A service that is ready.
pub(crate) struct Server {
    pub(crate) router: axum::Router,
    pub(crate) context: Context,
    _sweeper: Sweeper,
}

/// Opens the store and the keys, loads the accounts, and builds the service.
pub(crate) async fn assemble<S: System>(
    system: &S,
    options: Options,
    address: SocketAddr,
    clock: Arc<dyn Clock>,
    params: HashParams,
) -> Result<Server, StartError> {
    // What can be refused without leaving anything behind comes first.
    let accounts = accounts(system, &options)?;
    let public_url = match &options.public_url {
        Some(url) => PublicUrl::parse(url).map_err(|error| StartError::new(format!("--public-url: {error}")))?,
        // Whoever serves more than this machine has a better address to name.
        None => PublicUrl::parse_insecure_http(&format!("http://{address}"))?,
    };
    let store = AnyStore::open(&options.store).await.map_err(|error| StartError::new(format!("--store: {error}")))?;
    options.nodes.check_store(&store).map_err(|error| StartError::new(format!("--store, --nodes: {error}")))?;
    // Whoever takes a server for its store may start another one tomorrow, whatever it says today.
    let others_need_the_keys = options.nodes == Nodes::Several || matches!(store, AnyStore::Postgres(_));
    let keys = KeyDirectory::open(&options.keys, options.make_keys || !others_need_the_keys)?;
    let sealing = SealingKeys::new(SealingKey::new("1", &keys.secret("sealing")?)?);
    let digest_key = DigestKey::new(&keys.secret("digest")?)?;
    let throttle = match options.throttle {
        Throttling::On => Throttle::new(store.clone(), digest_key.clone()),
        Throttling::Off => Throttle::off(),
    };
    options.nodes.check_throttle(&throttle)?;
    let in_use = |error: ConfigError| StartError::new(format!("--keys {}: {error}", options.keys.display()));
    key_ids::record(&store, "sealing", sealing.ids()).await.map_err(in_use)?;
    key_ids::record(&store, "digest", [digest_key.id()]).await.map_err(in_use)?;
    let mail = mail::<S>(&options)?;
    let source = options.source.clone();
    let context = Context {
        name: S::NAME,
        pool: HashPool::new(options.max_hashes, params),
        audit: Audit::default().with_digest_key(digest_key.clone()),
        options: Arc::new(options),
        store,
        throttle,
        mail,
        public_url,
        keys,
        sealing,
        digest_key,
        source,
        clock,
    };
    let options = &context.options;
    let is_loaded = accounts.load(&context.store, &context.totp(), params, options.max_hashes).await?;
    if let (Some(file), false) = (&options.accounts, is_loaded) {
        return Err(StartError::new(format!(
            "--accounts {}: the store has got its accounts already; leave the option out, or name another store",
            file.display()
        )));
    }
    let router = system.build(&context).await?.layer(from_fn(in_span));
    context.keys.record(&context.store).await?;
    let sweeper = Sweeper::with_clock(context.store.clone(), Context::SWEEP, Arc::clone(&context.clock));
    Ok(Server { router, context, _sweeper: sweeper })
}

fn accounts<S: System>(system: &S, options: &Options) -> Result<AccountFile, StartError> {
    let Some(path) = &options.accounts else {
        return AccountFile::parse(&system.demo_accounts(options), options.mode);
    };
    let complain = |why: String| StartError::new(format!("--accounts {}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| complain(error.to_string()))?;
    let text = Zeroizing::new(text);
    AccountFile::parse(&text, options.mode).map_err(|error| complain(error.to_string()))
}

fn mail<S: System>(options: &Options) -> Result<MailQueue, StartError> {
    let from = format!("{} <no-reply@{}.example>", S::NAME, S::NAME);
    if let Some(url) = &options.smtp {
        let password = match std::env::var("AUTH_SMTP") {
            Ok(password) => Some(Zeroizing::new(password)),
            Err(std::env::VarError::NotPresent) => None,
            Err(std::env::VarError::NotUnicode(_)) => return Err(StartError::new("AUTH_SMTP: it is not UTF-8")),
        };
        let mailer = SmtpMailer::new(url, password.as_deref().map(String::as_str), &from);
        return Ok(MailQueue::start(mailer.map_err(|error| StartError::new(format!("--smtp: {error}")))?));
    }
    if !S::SENDS_MAIL {
        return Ok(MailQueue::start(MemoryMailer::new()));
    }
    let mailer = FileMailer::new(&options.outbox, &from);
    Ok(MailQueue::start(mailer.map_err(|error| StartError::new(format!("--outbox: {error}")))?))
}

/// Puts a request into a span of its method and route; no path and no query is ever logged.
async fn in_span(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str);
    let span = tracing::info_span!("request", http.method = %request.method(), http.route = route);
    async {
        let response = next.run(request).await;
        tracing::debug!(http.status = response.status().as_u16(), "answered");
        response
    }
    .instrument(span)
    .await
}
