//! Realms: protection spaces with their schemes and verifiers (RFC 9110 §11.5).

mod bound;
mod builder;
mod checks;
mod plan;

pub use builder::RealmBuilder;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::cache::VerifiedCache;
use crate::catalogue::{Endpoint, PrincipalType};
use crate::challenge::{Challenge, RealmName};
use crate::clock::Clock;
use crate::decision::Said;
use crate::extract::{Accepted, Named};
use crate::meter::Meter;
use crate::policy::{Policy, Schemes};
use crate::refusal::Renderer;
use crate::scheme::{Carrier, SchemeId};
use crate::source::ClientSource;

pub(crate) use bound::{PendingVerification, SchemeVerifier, Verification};
pub(crate) use plan::{Flaw, Plans};

/// A protection space: a name, schemes with their verifiers, and how refusals look.
///
/// `P` is the type that every verified credential of the realm becomes. Cheap to clone.
///
/// # Examples
///
/// ```
/// use auth_core::api_keys::{ApiKeyRecord, ApiKeyStore, ApiKeyVerifier, StoreError};
/// use auth_core::credential::{ApiKeyId, ApiKeyPrefix};
/// use auth_core::{ApiKeyIn, Principal, Realm};
///
/// #[derive(Clone, Principal)]
/// struct User {
///     #[principal(subject)]
///     id: String,
/// }
///
/// struct NoKeys;
/// impl ApiKeyStore for NoKeys {
///     async fn find(&self, _: ApiKeyId) -> Result<Option<ApiKeyRecord>, StoreError> { Ok(None) }
/// }
///
/// let keys = ApiKeyVerifier::new(ApiKeyPrefix::new("acme")?, NoKeys);
/// let realm = Realm::<User>::builder("acme").api_key(ApiKeyIn::header("X-API-TOKEN"), keys).build()?;
/// assert_eq!(realm.name(), "acme");
///
/// let mistake = Realm::<User>::builder("acme").build().unwrap_err();
/// assert!(mistake.to_string().contains("has no scheme"));
/// # Ok::<(), auth_core::ConfigError>(())
/// ```
pub struct Realm<P> {
    any: AnyRealm,
    principal: PhantomData<fn() -> P>,
}

impl<P: Send + Sync + 'static> Realm<P> {
    /// Begins a realm of that name: visible ASCII characters and spaces.
    pub fn builder(name: &str) -> RealmBuilder<P> {
        RealmBuilder::new(name)
    }
}

impl<P> Realm<P> {
    /// The realm's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.any.name()
    }

    /// The realm without its principal type, as layers and requests carry it.
    #[must_use]
    pub fn erase(&self) -> AnyRealm {
        self.any.clone()
    }
}

impl<P> Clone for Realm<P> {
    fn clone(&self) -> Self {
        Self { any: self.any.clone(), principal: PhantomData }
    }
}

impl<P> AsRef<AnyRealm> for Realm<P> {
    fn as_ref(&self) -> &AnyRealm {
        &self.any
    }
}

impl AsRef<Self> for AnyRealm {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl<P> From<Realm<P>> for AnyRealm {
    fn from(realm: Realm<P>) -> Self {
        realm.any
    }
}

impl<P> fmt::Debug for Realm<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.any, f)
    }
}

/// How often the [cache](crate::cache) of one scheme was of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheCounts {
    /// The scheme's name.
    pub scheme: &'static str,
    /// Requests that were spared a verification.
    pub hits: u64,
    /// Requests that were not.
    pub misses: u64,
}

/// A [`Realm`] whose principal type only its readers know.
#[derive(Clone)]
pub struct AnyRealm(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) name: RealmName,
    pub(crate) schemes: Vec<SchemeEntry>,
    pub(crate) named: Box<[Named]>,
    pub(crate) principal: PrincipalType,
    pub(crate) renderer: Box<dyn Renderer>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) source: ClientSource,
    pub(crate) requires_https: bool,
    pub(crate) options: Options,
    pub(crate) default_policy: Option<&'static Endpoint>,
    pub(crate) meter: Meter,
    pub(crate) plans: Plans,
}

/// What documented systems need differently, and what policies refer to.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) forbidden_status: u16,
    pub(crate) roles_in_scope_challenge: bool,
    pub(crate) acr_values: Vec<(String, String)>,
    pub(crate) trusted_origins: Vec<String>,
    pub(crate) authorization_alone: bool,
    pub(crate) skips_bad_cookies: bool,
}

/// One scheme of a realm.
pub(crate) struct SchemeEntry {
    pub(crate) id: SchemeId,
    pub(crate) carrier: Carrier,
    /// Whether browsers add the credential by themselves: [`Carrier::is_ambient`] or [`Carrier::is_kept_by_browsers`].
    pub(crate) is_sent_by_browsers: bool,
    /// What verdicts on the scheme's credentials say to caches.
    pub(crate) said: Said,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) verifier: Box<dyn SchemeVerifier>,
    pub(crate) cache: Option<Arc<VerifiedCache>>,
}

impl AnyRealm {
    /// The realm's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.name.as_str()
    }

    /// How often each scheme that has a [cache](crate::cache) found a credential in it, and how often not.
    pub fn cache_counts(&self) -> impl Iterator<Item = CacheCounts> {
        self.0.schemes.iter().filter_map(|entry| {
            let (hits, misses) = entry.cache.as_ref()?.counts();
            Some(CacheCounts { scheme: entry.id.name(), hits, misses })
        })
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Why this realm cannot decide the endpoint.
    pub(crate) fn complaint_about(&self, endpoint: &Endpoint) -> Option<String> {
        let realm = self.inner();
        if let Some(other) = endpoint.policy.realm.filter(|name| *name != self.name()) {
            return Some(format!("is decided by the realm {other:?}, not by {:?}", self.name()));
        }
        match realm.accepted(&endpoint.policy) {
            Err(missing) => {
                return Some(format!("needs the scheme `{missing}`, which realm {:?} does not have", self.name()));
            }
            Ok(accepted) if !realm.can_ask_for(accepted) => {
                return Some(format!("accepts no scheme of realm {:?} that has a challenge", self.name()));
            }
            Ok(_) => {}
        }
        endpoint.principal.filter(|principal| *principal != realm.principal).map(|principal| {
            format!(
                "takes `{}`, the principal of realm {:?} is `{}`",
                principal.name(),
                self.name(),
                realm.principal.name()
            )
        })
    }
}

impl Inner {
    /// The realm's schemes that the policy accepts, or the scheme that it lacks.
    pub(crate) fn accepted(&self, policy: &Policy) -> Result<Accepted, SchemeId> {
        let mut accepted = Accepted::default();
        match policy.schemes {
            Schemes::Any => {
                for (at, entry) in self.schemes.iter().enumerate() {
                    if !entry.carrier.is_explicit_only() {
                        accepted.insert(at);
                    }
                }
            }
            Schemes::Listed(uses) => {
                for scheme in uses {
                    accepted.insert(self.position(scheme.id()).ok_or(scheme.id())?);
                }
            }
        }
        Ok(accepted)
    }

    /// Whether one of the accepted schemes has a challenge.
    pub(crate) fn can_ask_for(&self, accepted: Accepted) -> bool {
        self.schemes.iter().enumerate().any(|(at, entry)| entry.challenge.is_some() && accepted.contains(at))
    }

    /// The challenges of the accepted schemes, in the policy's order, unless a scheme has none.
    pub(crate) fn challenges(&self, policy: &Policy, accepted: Accepted) -> impl Iterator<Item = &Challenge> {
        let listed: &[_] = match policy.schemes {
            Schemes::Any => &[],
            Schemes::Listed(uses) => uses,
        };
        let by_policy = listed.iter().filter_map(|scheme| self.position(scheme.id()));
        let by_realm = (0..self.schemes.len()).filter(move |at| listed.is_empty() && accepted.contains(*at));
        by_policy.chain(by_realm).filter_map(|at| self.schemes.get(at)?.challenge.as_ref())
    }

    fn position(&self, id: SchemeId) -> Option<usize> {
        self.schemes.iter().position(|entry| entry.id == id)
    }
}

impl fmt::Debug for AnyRealm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schemes: Vec<_> = self.0.schemes.iter().map(|entry| entry.id).collect();
        f.debug_struct("Realm").field("name", &self.name()).field("schemes", &schemes).finish_non_exhaustive()
    }
}
