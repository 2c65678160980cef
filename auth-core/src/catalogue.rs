//! The catalogue: every annotated endpoint of the program, with its policy.
//!
//! The attributes register what they annotate; a program can check at start that some realm decides each of
//! them, and print or test the whole list.

use std::any::TypeId;
use std::fmt;

use crate::config_error::{ConfigError, ConfigErrorKind};
use crate::policy::{EndpointPolicy, Policy, Schemes};
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

/// A list of endpoints.
///
/// # Examples
///
/// ```
/// use auth_core::catalogue;
///
/// // In a program, after its realms are built: catalogue().check(&[&api, &admin])?;
/// for endpoint in catalogue().endpoints() {
///     println!("{} at {}:{}", endpoint.name, endpoint.file, endpoint.line);
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Catalogue {
    endpoints: Vec<&'static Endpoint>,
}

/// Every annotated endpoint that is linked into the program, in order of module and line.
///
/// A crate that nothing refers to is not linked; a crate whose handlers are mounted is.
#[must_use]
pub fn catalogue() -> Catalogue {
    let mut endpoints: Vec<_> = inventory::iter::<Registration>().map(|registration| registration.0).collect();
    endpoints.sort_by_key(|endpoint| (endpoint.module, endpoint.line, endpoint.name));
    Catalogue { endpoints }
}

impl Catalogue {
    /// The endpoints.
    pub fn endpoints(&self) -> impl Iterator<Item = &'static Endpoint> {
        self.endpoints.iter().copied()
    }

    /// Adds the endpoint of a policy that did not register by itself, unless it is there.
    #[must_use]
    pub fn with<E: EndpointPolicy>(mut self) -> Self {
        if !self.endpoints.iter().any(|known| known.is_same(E::ENDPOINT)) {
            self.endpoints.push(E::ENDPOINT);
        }
        self
    }

    /// Checks that some given realm can decide each endpoint.
    ///
    /// # Errors
    ///
    /// One error that lists every endpoint whose realm, scheme or principal type no given realm has.
    pub fn check(&self, realms: &[&dyn AsRef<AnyRealm>]) -> Result<(), ConfigError> {
        let realms: Vec<&AnyRealm> = realms.iter().map(|realm| (*realm).as_ref()).collect();
        let complaints: Vec<String> = self
            .endpoints
            .iter()
            .filter_map(|endpoint| {
                let complaint = complaint(endpoint, &realms)?;
                Some(format!(
                    "\n  {}:{} {}::{} {complaint}",
                    endpoint.file, endpoint.line, endpoint.module, endpoint.name
                ))
            })
            .collect();
        if complaints.is_empty() {
            return Ok(());
        }
        Err(ConfigError::new(
            ConfigErrorKind::Catalogue,
            format!("{} endpoint(s) that no realm can decide:{}", complaints.len(), complaints.concat()),
        ))
    }

    /// The catalogue as JSON: an array with one object for each endpoint. `security` is OpenAPI's: one
    /// requirement object for each scheme, an empty one for a guest.
    #[must_use]
    pub fn to_json(&self) -> String {
        let rows: Vec<String> = self.endpoints.iter().map(|endpoint| endpoint_json(endpoint)).collect();
        format!("[{}]", rows.join(","))
    }
}

/// Why none of the realms can decide the endpoint.
fn complaint(endpoint: &Endpoint, realms: &[&AnyRealm]) -> Option<String> {
    let policy = &endpoint.policy;
    if policy.public.is_some() {
        return None;
    }
    let scopes = crate::evaluate::scope_names(&policy.requirement);
    if let Some(name) = scopes
        .iter()
        .find(|name| name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte)))
    {
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

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(reason) = self.public {
            return write!(f, "public: {reason}");
        }
        f.write_str(&self.scheme_names().join(", "))?;
        let requirement = self.requirement.to_string();
        if !requirement.is_empty() {
            write!(f, ", {requirement}")?;
        }
        for (set, option) in [(self.optional, "optional"), (self.hide, "hide")] {
            if set {
                write!(f, ", {option}")?;
            }
        }
        self.realm.map_or(Ok(()), |realm| write!(f, ", realm = {realm:?}"))
    }
}

impl Policy {
    /// The names of the accepted schemes, in order; `any_scheme` where all are.
    #[must_use]
    pub fn scheme_names(&self) -> Vec<&'static str> {
        match self.schemes {
            Schemes::Any => vec!["any_scheme"],
            Schemes::Listed(schemes) => schemes.iter().map(|scheme| scheme.id().name()).collect(),
        }
    }
}

/// Prints one line for each endpoint, in columns.
impl fmt::Display for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<[String; 3]> = self
            .endpoints
            .iter()
            .map(|endpoint| {
                [
                    format!("{}::{}", endpoint.module, endpoint.name),
                    endpoint.policy.to_string(),
                    format!("{}:{}", endpoint.file, endpoint.line),
                ]
            })
            .collect();
        let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(String::len).max().unwrap_or(0);
        let (handler, policy) = (width(0), width(1));
        for [name, rule, place] in &rows {
            writeln!(f, "{name:handler$}  {rule:policy$}  {place}")?;
        }
        Ok(())
    }
}

fn endpoint_json(endpoint: &Endpoint) -> String {
    let policy = &endpoint.policy;
    let scopes: Vec<String> =
        crate::evaluate::scope_names(&policy.requirement).iter().map(|scope| json_string(scope)).collect();
    let mut security: Vec<String> = match policy.public {
        Some(_) => Vec::new(),
        None => policy
            .scheme_names()
            .iter()
            .map(|scheme| format!("{{{}:[{}]}}", json_string(scheme), scopes.join(",")))
            .collect(),
    };
    if policy.optional {
        security.push("{}".to_owned());
    }
    let principal = endpoint.principal.map_or_else(|| "null".to_owned(), |principal| json_string(principal.name()));
    format!(
        "{{\"handler\":{},\"module\":{},\"file\":{},\"line\":{},\"policy\":{},\"public\":{},\"principal\":{principal},\"security\":[{}]}}",
        json_string(endpoint.name),
        json_string(endpoint.module),
        json_string(endpoint.file),
        endpoint.line,
        json_string(&policy.to_string()),
        policy.public.map_or_else(|| "null".to_owned(), json_string),
        security.join(","),
    )
}

fn json_string(text: &str) -> String {
    use fmt::Write as _;

    let mut quoted = String::with_capacity(text.len().saturating_add(2));
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(character);
            }
            control if u32::from(control) < 0x20 => {
                // Writing to a `String` cannot fail.
                let _ = write!(quoted, "\\u{:04x}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
