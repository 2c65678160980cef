//! The catalogue: every annotated endpoint of the program, with its policy.
//!
//! The attributes register what they annotate; a program can check at start that some realm decides each of
//! them, and print or test the whole list.

mod print;
mod route;

pub use route::{Guard, Route};

use std::any::TypeId;
use std::fmt;

use crate::claims::is_scope_token;
use crate::config_error::{ConfigError, ConfigErrorKind};
use crate::policy::{EndpointPolicy, Policy};
use crate::realm::AnyRealm;

/// One annotated endpoint.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "macro output fills every field")]
pub struct Endpoint {
    /// The handler's name, as written.
    pub name: &'static str,
    /// The module path of the handler.
    pub module: &'static str,
    /// The source file.
    pub file: &'static str,
    /// The line of the handler.
    pub line: u32,
    /// Who may pass.
    pub policy: Policy,
    /// The principal type that the handler takes, where its signature shows one.
    pub principal: Option<PrincipalType>,
}

impl Endpoint {
    /// Whether both are the endpoint of one handler. Two references to one constant may differ, so compare this.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        (self.module, self.name, self.file, self.line) == (other.module, other.name, other.file, other.line)
    }
}

/// The type of a principal, for comparison and for people.
#[derive(Clone, Copy)]
pub struct PrincipalType {
    id: TypeId,
    name: fn() -> &'static str,
}

impl PrincipalType {
    /// The type `P`.
    #[must_use]
    pub const fn of<P: 'static>() -> Self {
        Self { id: TypeId::of::<P>(), name: std::any::type_name::<P> }
    }

    /// The type's name; not stable between compilers.
    #[must_use]
    pub fn name(self) -> &'static str {
        (self.name)()
    }
}

impl PartialEq for PrincipalType {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for PrincipalType {}

impl fmt::Debug for PrincipalType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An endpoint on its way into the catalogue. The attribute macros submit it.
#[derive(Debug)]
#[doc(hidden)]
#[expect(clippy::exhaustive_structs, reason = "macro output fills every field")]
pub struct Registration(pub &'static Endpoint);

inventory::collect!(Registration);

/// A list of endpoints, and of the routes that lead to them where the framework's router records those.
///
/// It prints as a table, one line for each route and for each endpoint that no route leads to, in an order that does
/// not depend on the linker. `{:#}` leaves out file and line, for snapshots that an edit above a handler does not
/// change.
///
/// # Examples
///
/// ```
/// use auth_core::catalogue;
///
/// // In a program, after its realms are built: catalogue().check(&[&api, &admin])?;
/// // With the routes of `auth_axum::Router`: catalogue().with_routes(app.routes())
/// for endpoint in catalogue().endpoints() {
///     println!("{} at {}:{}", endpoint.name, endpoint.file, endpoint.line);
/// }
/// println!("{:#}", catalogue());
/// ```
#[derive(Clone, Debug)]
pub struct Catalogue {
    endpoints: Vec<&'static Endpoint>,
    routes: Vec<Route>,
}

/// Every annotated endpoint that is linked into the program, in order of module and line.
///
/// A crate that nothing refers to is not linked; a crate whose handlers are mounted is.
#[must_use]
pub fn catalogue() -> Catalogue {
    let endpoints = inventory::iter::<Registration>().map(|registration| registration.0);
    Catalogue { endpoints: Vec::new(), routes: Vec::new() }.with_all(endpoints)
}

impl Catalogue {
    /// The endpoints.
    pub fn endpoints(&self) -> impl Iterator<Item = &'static Endpoint> {
        self.endpoints.iter().copied()
    }

    /// Adds the endpoint of a policy that did not register by itself, unless it is there.
    #[must_use]
    pub fn with<E: EndpointPolicy>(self) -> Self {
        self.with_all([E::ENDPOINT])
    }

    /// Adds the routes that a router has on record, and the endpoints that they lead to.
    #[must_use]
    pub fn with_routes<'r>(mut self, routes: impl IntoIterator<Item = &'r Route>) -> Self {
        self.routes.extend(routes.into_iter().cloned());
        self.routes.sort_by(|one, other| (&one.path, one.method).cmp(&(&other.path, other.method)));
        let endpoints: Vec<_> = self.routes.iter().filter_map(Route::endpoint).collect();
        self.with_all(endpoints)
    }

    /// Keeps the endpoints of one crate: for a library that is linked beside others whose realms it does not have.
    ///
    /// ```
    /// // In such a library: catalogue().of_crate(env!("CARGO_CRATE_NAME")).check(&[&realm])?;
    /// assert_eq!(auth_core::catalogue().of_crate("no_such_crate").endpoints().count(), 0);
    /// ```
    #[must_use]
    pub fn of_crate(mut self, name: &str) -> Self {
        self.endpoints.retain(|endpoint| endpoint.module.split("::").next() == Some(name));
        self
    }

    /// The routes, in order of path and method; none where nothing was added.
    pub fn routes(&self) -> impl Iterator<Item = &Route> {
        self.routes.iter()
    }

    fn with_all(mut self, endpoints: impl IntoIterator<Item = &'static Endpoint>) -> Self {
        for endpoint in endpoints {
            if !self.endpoints.iter().any(|known| known.is_same(endpoint)) {
                self.endpoints.push(endpoint);
            }
        }
        self.endpoints.sort_by_key(|endpoint| (endpoint.module, endpoint.line, endpoint.name));
        self
    }

    /// Checks that some given realm can decide each endpoint, and that each unchecked route has a reason, of which the
    /// operator is told.
    ///
    /// # Errors
    ///
    /// One error that lists every endpoint whose realm, scheme or principal type no given realm has, and every unchecked
    /// route without a reason.
    pub fn check(&self, realms: &[&dyn AsRef<AnyRealm>]) -> Result<(), ConfigError> {
        let realms: Vec<&AnyRealm> = realms.iter().map(|realm| (*realm).as_ref()).collect();
        let undecidable: Vec<String> = self
            .endpoints
            .iter()
            .filter_map(|endpoint| {
                let complaint = complaint(endpoint, &realms)?;
                let Endpoint { file, line, module, name, .. } = endpoint;
                Some(format!("\n  {file}:{line} {module}::{name} {complaint}"))
            })
            .collect();
        let unexplained = self.routes.iter().filter_map(Route::reported);
        let unexplained: Vec<String> = unexplained.map(|complaint| format!("\n  {complaint}")).collect();
        let lists = [
            ("endpoint(s) that no realm can decide", undecidable),
            ("unchecked route(s) that nobody answers for", unexplained),
        ];
        let lists = lists.into_iter().filter(|(_, complaints)| !complaints.is_empty());
        let lists: Vec<String> =
            lists.map(|(what, complaints)| format!("{} {what}:{}", complaints.len(), complaints.concat())).collect();
        if lists.is_empty() { Ok(()) } else { Err(ConfigError::new(ConfigErrorKind::Catalogue, lists.join("\n"))) }
    }
}

/// Why none of the realms can decide the endpoint.
fn complaint(endpoint: &Endpoint, realms: &[&AnyRealm]) -> Option<String> {
    let policy = &endpoint.policy;
    if policy.public.is_some() {
        return None;
    }
    let scopes = crate::evaluate::scope_names(&policy.requirement);
    if let Some(name) = scopes.iter().find(|name| !is_scope_token(name)) {
        return Some(format!("requires the scope {name:?}, which no token can hold (RFC 6749 §3.3)"));
    }
    let named: Vec<&&AnyRealm> =
        realms.iter().filter(|realm| policy.realm.is_none_or(|name| realm.name() == name)).collect();
    if let ([], Some(name)) = (named.as_slice(), policy.realm) {
        return Some(format!("names the realm {name:?}, which is not given"));
    }
    let mut complaints = named.iter().map(|realm| realm.complaint_about(endpoint));
    match complaints.next() {
        None => Some("has no realm at all".to_owned()),
        Some(None) => None,
        Some(first) => {
            if complaints.any(|complaint| complaint.is_none()) {
                None
            } else {
                first
            }
        }
    }
}
