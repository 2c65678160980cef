//! Who may call what: routes by callers, as a table that a test compares.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use auth_core::catalogue::{Endpoint, Route};
use auth_core::decision::{Handle, begin};
use auth_core::{AnyRealm, RequestHead};

/// Somebody who calls every route: a name for the table, and what they send.
///
/// ```
/// use auth_test::{Caller, basic};
///
/// let guest = Caller::new("guest");
/// let alice = Caller::new("alice").header("authorization", basic("alice", "correct horse"));
/// let page = Caller::new("page").header("cookie", "__Host-session=7").header("sec-fetch-site", "same-origin");
/// # let _ = (guest, alice, page);
/// ```
#[derive(Clone)]
pub struct Caller {
    name: String,
    headers: Vec<(String, String)>,
    query: Option<String>,
}

impl Caller {
    /// Somebody without credentials.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), headers: Vec::new(), query: None }
    }

    /// The same caller with a header field more; the name's case does not matter.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.into()));
        self
    }

    /// The same caller with this query, without the question mark.
    #[must_use]
    pub fn query(mut self, query: impl Into<String>) -> Self {
        self.query = Some(query.into());
        self
    }
}

/// What the caller sends may be a secret, even in a test: it may come from the environment.
impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What a route answers a caller, before any handler runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Access {
    /// The policy lets the caller pass. Prints `yes`.
    Allowed,
    /// The route is public. Prints `public`.
    Public,
    /// The route is refused, with this status. Prints the status.
    Refused(u16),
    /// The route was mounted without a check; nobody knows. Prints `unchecked`.
    Unchecked,
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allowed => f.pad("yes"),
            Self::Public => f.pad("public"),
            Self::Refused(status) => f.pad(&status.to_string()),
            Self::Unchecked => f.pad("unchecked"),
        }
    }
}

/// Every route by every caller: what the realms decide, as a table that a test compares.
///
/// The decisions are those of the service: its realms, its policies, its verifiers, asked with the callers' real
/// credentials. No handler runs, so routes need no data and nothing is deleted. In place of `*` stands `GET`, and a
/// path is asked as it is written, with its parameters' names. Callers come over HTTPS, so realms that require it let
/// them pass: that they refuse others is to be tested with requests.
///
/// A layer that refuses or answers by itself is not in the picture, and neither is `user.ensure(..)` inside of a
/// handler: test those with requests.
///
/// # Examples
///
/// ```
/// use auth_axum::{AuthLayer, Realm, Router, delete, get, public, requires_auth};
/// use auth_test::{Access, AccessMatrix, Caller, FakeClock, Minter, bearer};
///
/// # #[derive(Clone, auth_axum::Principal)]
/// # struct User {
/// #     #[principal(subject)]
/// #     id: String,
/// # }
/// #[requires_auth(bearer, scope = "items:read")]
/// async fn items() {}
///
/// #[requires_auth(bearer, role = "admin", hide)]
/// async fn remove() {}
///
/// #[public(reason = "health check")]
/// async fn health() {}
///
/// /// As in `main`, before the layer that holds the realm.
/// fn routes() -> Router {
///     Router::new().route("/items", get(items)).route("/items/{id}", delete(remove)).route("/health", get(health))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let clock = FakeClock::at(1_900_000_000);
/// let minter = Minter::new("https://issuer.example", "demo", &clock);
/// let realm = Realm::<User>::builder("demo").bearer(minter.verifier()?).clock(clock).build()?;
///
/// let with = |token: String| bearer(&token);
/// let matrix = AccessMatrix::decide(routes().routes(), &[&realm], &[
///     Caller::new("guest"),
///     Caller::new("reader").header("authorization", with(minter.token("ada").scopes(["items:read"]).mint())),
///     Caller::new("admin").header("authorization", with(minter.token("bob").roles(["admin"]).mint())),
/// ])
/// .await;
///
/// assert_eq!(matrix.to_string(), "\
/// route               guest   reader  admin
/// GET /health         public  public  public
/// GET /items          401     yes     403
/// DELETE /items/{id}  401     404     yes
/// ");
/// assert_eq!(matrix.access("reader", "DELETE", "/items/{id}"), Some(Access::Refused(404)));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct AccessMatrix {
    callers: Vec<String>,
    rows: Vec<AccessRow>,
}

/// One route of an [`AccessMatrix`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AccessRow {
    /// The method; `*` for all.
    pub method: &'static str,
    /// The path, as it was mounted; `*` for a fallback.
    pub path: String,
    /// The answers, in the callers' order.
    pub access: Vec<Access>,
}

impl AccessMatrix {
    /// Asks the realms, outermost first, about every route for every caller.
    ///
    /// `routes` are those that a router has on record, like `auth_axum::Router::routes`.
    pub async fn decide<'r>(
        routes: impl IntoIterator<Item = &'r Route>,
        realms: &[&dyn AsRef<AnyRealm>],
        callers: &[Caller],
    ) -> Self {
        let mut rows = Vec::new();
        for route in routes {
            let mut access = Vec::with_capacity(callers.len());
            for caller in callers {
                access.push(match route.endpoint() {
                    Some(endpoint) => ask(endpoint, route, realms, caller).await,
                    None => Access::Unchecked,
                });
            }
            rows.push(AccessRow { method: route.method, path: route.path.clone(), access });
        }
        rows.sort_by(|one, other| (&one.path, one.method).cmp(&(&other.path, other.method)));
        Self { callers: callers.iter().map(|caller| caller.name.clone()).collect(), rows }
    }

    /// What the route answers the caller; `None` if there is no such route or caller.
    #[must_use]
    pub fn access(&self, caller: &str, method: &str, path: &str) -> Option<Access> {
        let column = self.callers.iter().position(|name| name == caller)?;
        let row = self.rows.iter().find(|row| row.method == method && row.path == path)?;
        row.access.get(column).copied()
    }

    /// The routes with their answers, in order of path and method.
    pub fn rows(&self) -> impl Iterator<Item = &AccessRow> {
        self.rows.iter()
    }
}

async fn ask(endpoint: &'static Endpoint, route: &Route, realms: &[&dyn AsRef<AnyRealm>], caller: &Caller) -> Access {
    if endpoint.policy.public.is_some() {
        return Access::Public;
    }
    let mut handle: Option<Handle> = None;
    for realm in realms {
        let realm = (*realm).as_ref().clone();
        handle = Some(handle.map_or_else(|| Handle::new(realm.clone()), |outer| outer.nested(realm.clone())));
    }
    match begin(handle.as_ref(), &Head { route, caller }, endpoint).await {
        Ok(_) => Access::Allowed,
        Err(refusal) => Access::Refused(refusal.status()),
    }
}

/// The request of a caller for a route.
struct Head<'h> {
    route: &'h Route,
    caller: &'h Caller,
}

impl RequestHead for Head<'_> {
    fn method(&self) -> &str {
        if self.route.method == "*" { "GET" } else { self.route.method }
    }

    fn path(&self) -> &str {
        &self.route.path
    }

    fn query(&self) -> Option<&str> {
        self.caller.query.as_deref()
    }

    fn for_each_header<'h>(&'h self, name: &str, each: &mut dyn FnMut(&'h [u8])) {
        let mut is_there = false;
        for (_, value) in self.caller.headers.iter().filter(|(field, _)| field == name) {
            is_there = true;
            each(value.as_bytes());
        }
        // A realm behind a proxy asks the proxy.
        if !is_there && name == "x-forwarded-proto" {
            each(b"https");
        }
    }

    fn peer(&self) -> Option<IpAddr> {
        Some(Ipv4Addr::LOCALHOST.into())
    }

    fn is_secure(&self) -> bool {
        true
    }

    fn is_multiplexed(&self) -> bool {
        false
    }
}

/// Prints a line with the callers and one for each route, in columns.
impl fmt::Display for AccessMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["route".to_owned()].into_iter().chain(self.callers.iter().cloned()).collect::<Vec<_>>();
        let rows = self.rows.iter().map(|row| {
            let route = format!("{} {}", row.method, row.path);
            [route].into_iter().chain(row.access.iter().map(Access::to_string)).collect::<Vec<_>>()
        });
        let lines: Vec<Vec<String>> = [head].into_iter().chain(rows).collect();
        let width = |column: usize| {
            lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..=self.callers.len()).map(width).collect();
        for line in &lines {
            let cells: Vec<String> = line.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
            writeln!(f, "{}", cells.join("  ").trim_end())?;
        }
        Ok(())
    }
}
