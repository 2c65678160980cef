//! The catalogue as a table and as JSON.

use std::fmt;

use super::{Catalogue, Endpoint, Guard, Route};
use crate::openapi::{self, Security};
use crate::policy::{Policy, Schemes};

impl Catalogue {
    /// The catalogue as JSON: an array with one object for each endpoint, then one for each unchecked route.
    ///
    /// An endpoint has `handler`, `module`, `file`, `line`, `policy`, `public` (the reason or `null`), `principal`,
    /// `security` and `routes`. `security` is OpenAPI's: one requirement object for each scheme, an empty one for a
    /// guest. An unchecked route has `method`, `path` and `unchecked`, the reason.
    #[must_use]
    pub fn to_json(&self) -> String {
        let endpoints = self.endpoints.iter().map(|endpoint| endpoint_json(endpoint, &self.routes));
        let unchecked = self.routes.iter().filter_map(|route| {
            let Guard::Unchecked(reason) = route.guard else { return None };
            Some(format!("{{{},\"unchecked\":{}}}", place_json(route), json_string(reason)))
        });
        let rows: Vec<String> = endpoints.chain(unchecked).collect();
        format!("[{}]", rows.join(","))
    }

    /// The lines of the table: route, handler, policy, place.
    fn rows(&self) -> Vec<[String; 4]> {
        let row = |route: String, endpoint: &Endpoint| {
            [
                route,
                format!("{}::{}", endpoint.module, endpoint.name),
                endpoint.policy.to_string(),
                format!("{}:{}", endpoint.file, endpoint.line),
            ]
        };
        let routes = self.routes.iter().map(|route| {
            let place = format!("{} {}", route.method, route.path);
            match route.guard {
                Guard::Endpoint(endpoint) => row(place, endpoint),
                Guard::Unchecked(reason) => [place, "-".to_owned(), format!("unchecked: {reason}"), String::new()],
            }
        });
        let unmounted = self
            .endpoints
            .iter()
            .filter(|endpoint| !self.routes.iter().any(|route| route.leads_to(endpoint)))
            .map(|endpoint| row("-".to_owned(), endpoint));
        routes.chain(unmounted).collect()
    }
}

/// Prints one line for each route and for each endpoint without one, in columns.
impl fmt::Display for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.rows();
        // Without any route on record the first column would say nothing, and file and line change with every edit.
        let columns = usize::from(self.routes.is_empty())..if f.alternate() { 3 } else { 4 };
        let mut widths = [0; 4];
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        for row in &rows {
            let cells: Vec<String> = row
                .iter()
                .zip(widths)
                .take(columns.end)
                .skip(columns.start)
                .map(|(cell, width)| format!("{cell:width$}"))
                .collect();
            writeln!(f, "{}", cells.join("  ").trim_end())?;
        }
        Ok(())
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

fn endpoint_json(endpoint: &Endpoint, routes: &[Route]) -> String {
    let policy = &endpoint.policy;
    let security: Vec<String> = openapi::security(policy, &[])
        .iter()
        .map(|alternative| match alternative {
            Security::Scheme(name, scopes) => {
                let scopes: Vec<String> = scopes.iter().map(|scope| json_string(scope)).collect();
                format!("{{{}:[{}]}}", json_string(name), scopes.join(","))
            }
            Security::Guest => "{}".to_owned(),
        })
        .collect();
    let routes: Vec<String> = routes
        .iter()
        .filter(|route| route.leads_to(endpoint))
        .map(|route| format!("{{{}}}", place_json(route)))
        .collect();
    let principal = endpoint.principal.map_or_else(|| "null".to_owned(), |principal| json_string(principal.name()));
    format!(
        "{{\"handler\":{},\"module\":{},\"file\":{},\"line\":{},\"policy\":{},\"public\":{},\"principal\":{principal},\"security\":[{}],\"routes\":[{}]}}",
        json_string(endpoint.name),
        json_string(endpoint.module),
        json_string(endpoint.file),
        endpoint.line,
        json_string(&policy.to_string()),
        policy.public.map_or_else(|| "null".to_owned(), json_string),
        security.join(","),
        routes.join(","),
    )
}

fn place_json(route: &Route) -> String {
    format!("\"method\":{},\"path\":{}", json_string(route.method), json_string(&route.path))
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
