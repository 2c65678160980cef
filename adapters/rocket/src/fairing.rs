//! The fairing that installs realms.

use auth_core::decision::{SuccessHeaders, Watch};
use auth_core::{AnyRealm, Refusal};
use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::{Build, Ignite, Request, Response, Rocket};

use crate::coverage::{Unchecked, complaints};
use crate::head::Head;
use crate::local::slot;
use crate::realms::Realms;
use crate::render::render;

/// Puts a realm around the routes of an application, for the policies of their handlers.
///
/// ```
/// # use auth_rocket::{AuthFairing, Realm};
/// # use auth_core::credential::BearerToken;
/// # struct Tokens;
/// # impl auth_core::Verifier<BearerToken> for Tokens {
/// #     type Value = ();
/// #     async fn verify(&self, _: BearerToken, _: auth_core::Attempt) -> Result<auth_core::Verified<()>, auth_core::VerifyError> {
/// #         Err(auth_core::VerifyError::refused(auth_core::Reason::UNKNOWN_CREDENTIAL))
/// #     }
/// # }
/// # let (tokens, staff_tokens) = (Tokens, Tokens);
/// let realm = Realm::<()>::builder("demo").bearer(tokens).build()?;
/// let staff = Realm::<()>::builder("staff").bearer(staff_tokens).build()?;
/// let rocket = rocket::build().attach(AuthFairing::new(realm).at("/staff", staff));
/// # Ok::<(), auth_core::ConfigError>(())
/// ```
///
/// One fairing holds all realms; of several the last one counts. It decides nothing by itself. When the application
/// starts it refuses, with an error that names each route, to launch one that mounts a handler without an attribute.
///
/// On the way back it puts the whole refusal in place of what a catcher answers, and adds what caches have to know:
/// `Cache-Control: private` where a credential came outside of `Authorization` and the handler said nothing, `Vary`
/// for optional endpoints.
///
/// # Security
///
/// Rocket names routes after functions, without their modules, so a bare handler that has the name of an annotated one
/// is found only when it answers: the answer is withheld, 500, but what the handler has done is done.
#[derive(Clone, Debug, Default)]
#[must_use = "a fairing has to be attached"]
pub struct AuthFairing {
    realms: Realms,
    unchecked: Unchecked,
}

impl AuthFairing {
    /// A fairing with that realm around every route.
    pub fn new(realm: impl Into<AnyRealm>) -> Self {
        Self::default().at("/", realm)
    }

    /// Adds a realm around the routes that are mounted at `base` or below. It is inside of those that were given
    /// before, and replaces none: policies name theirs with `realm = ".."`, or mean the innermost.
    ///
    /// A base at which nothing is mounted is an error at launch.
    pub fn at(mut self, base: &str, realm: impl Into<AnyRealm>) -> Self {
        self.realms.add(base, realm.into());
        self
    }

    /// Leaves a route out of the check that every handler has an attribute: everybody may call it, for that reason.
    ///
    /// `uri` is the whole path with its parameters, as Rocket lists it at launch: `/static/<path..>`. A route that is
    /// not there is an error at launch.
    pub fn route_unchecked(mut self, uri: &str, reason: &'static str) -> Self {
        self.unchecked.add(uri, reason);
        self
    }
}

/// Whether the application must not start: the fairing is missing, or a handler's attribute.
///
/// Asked by the guards' sentinels, when no fairing can mount further routes.
pub(crate) fn must_abort(rocket: &Rocket<Ignite>) -> bool {
    let Some(installed) = rocket.state::<AuthFairing>() else {
        rocket::error!("no realm is installed; add `.attach(AuthFairing::new(realm))` to the application");
        return true;
    };
    tell(&complaints(rocket, &installed.realms, &installed.unchecked))
}

fn tell(complaints: &[String]) -> bool {
    for complaint in complaints {
        rocket::error!("{complaint}");
    }
    !complaints.is_empty()
}

#[rocket::async_trait]
impl Fairing for AuthFairing {
    fn info(&self) -> Info {
        Info { name: "Authentication", kind: Kind::Ignite | Kind::Response | Kind::Singleton }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        let mut complaints = complaints(&rocket, &self.realms, &self.unchecked);
        complaints.extend(self.unchecked.report());
        if tell(&complaints) {
            return Err(rocket);
        }
        Ok(rocket.manage(self.realms.clone()).manage(self.clone()))
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let slot = slot(request);
        let withheld = slot.refusal.clone().or_else(|| slot.handle.as_ref()?.withheld());
        if let Some(refusal) = withheld {
            put_in_place(refusal, response);
        } else if slot.is_rendered {
            // It says everything to caches by itself.
        } else if let (Some(handle), Some(route)) = (&slot.handle, request.route()) {
            if handle.has_verdict() || self.unchecked.contains(route) {
                inform_caches(&handle.success_headers(), response);
            } else {
                *response = render(Watch::new(handle, &Head(request)).withhold());
            }
        }
    }
}

/// Puts a refusal in place of an answer.
///
/// A catcher's answer has its status. What other fairings have added to that stays: were it missing, a hidden route
/// could be told from an unknown path. Of a handler's own answer nothing stays.
fn put_in_place(refusal: Refusal, response: &mut Response<'_>) {
    if response.status().code == refusal.status() {
        for name in ["www-authenticate", "retry-after", "content-encoding", "etag", "last-modified"] {
            response.remove_header(name);
        }
        response.merge(render(refusal));
    } else {
        *response = render(refusal);
    }
}

fn inform_caches(success: &SuccessHeaders, response: &mut Response<'_>) {
    let is_cache_control_set = response.headers().contains("cache-control");
    for field in success.fields(is_cache_control_set) {
        if field.is_added {
            response.adjoin_raw_header(field.name, field.value.to_owned());
        } else {
            response.set_raw_header(field.name, field.value.to_owned());
        }
    }
}
