//! What a server is built of.

use std::sync::Arc;
use std::time::Duration;

use auth_core::{Attempt, ClientSource, Clock};
use auth_issuer::http::Arrival;
use auth_issuer::mail::{MailQueue, PublicUrl};
use auth_issuer::sealing::SealingKeys;
use auth_issuer::stores::AnyStore;
use auth_issuer::totp::{Totp, TotpWindow};
use auth_issuer::{Audit, DigestKey, HashPool, PasswordVerifier, SignIn, Throttle};

use crate::keys::KeyDirectory;
use crate::options::Options;

/// What a server is built of. Everything in it is a handle, so clones are cheap and share.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Context {
    /// The name of the system: the `iss` of tokens, unless a sample says another. It does not depend on the port, so that
    /// processes that share a store and keys accept one another's tokens.
    pub name: &'static str,
    /// The options of the start.
    pub options: Arc<Options>,
    /// Where everything is kept.
    pub store: AnyStore,
    /// Where passwords are hashed.
    pub pool: HashPool,
    /// What counts wrong passwords, wrong codes and mails.
    pub throttle: Throttle,
    /// Mails on their way.
    pub mail: MailQueue,
    /// The only base of links.
    pub public_url: PublicUrl,
    /// The keys of `--keys`.
    pub keys: KeyDirectory,
    /// What seals the secrets of second factors.
    pub sealing: SealingKeys,
    /// The key of digests in counters and logs.
    pub digest_key: DigestKey,
    /// Where a request comes from.
    pub source: ClientSource,
    /// What the time is; tests move it.
    pub clock: Arc<dyn Clock>,
    /// Where events go: to the log, unknown names as keyed digests.
    pub audit: Audit,
}

impl Context {
    /// Second factors: the step before and the present one, none ahead (RFC 6238 §5.2).
    #[must_use]
    pub fn totp(&self) -> Totp<AnyStore> {
        Totp::new(self.store.clone(), self.sealing.clone(), self.name, self.throttle.clone())
            .with_window(TotpWindow { past: 1, future: 0 })
            .with_audit(self.audit.clone())
    }

    /// Sign-in without second factors; add [`totp`](Self::totp) where the system has them.
    #[must_use]
    pub fn sign_in(&self) -> SignIn<AnyStore> {
        SignIn::new(self.store.clone(), self.pool.clone(), self.throttle.clone()).with_audit(self.audit.clone())
    }

    /// The verifier of HTTP Basic. It refuses accounts with a second factor, and those that are not active.
    #[must_use]
    pub fn basic(&self) -> PasswordVerifier<AnyStore> {
        PasswordVerifier::new(self.store.clone(), self.pool.clone())
            .with_throttle(self.throttle.clone())
            .with_audit(self.audit.clone())
    }

    /// When and from where requests arrive.
    #[must_use]
    pub fn arrival(&self) -> Arrival {
        Arrival::new(self.source.clone()).with_clock(Arc::clone(&self.clock))
    }

    /// The attempt that a request is.
    #[must_use]
    pub fn attempt<B>(&self, request: &http::Request<B>) -> Attempt {
        self.arrival().of(request)
    }

    /// How often what has expired is removed from the store.
    pub(crate) const SWEEP: Duration = Duration::from_mins(10);
}
