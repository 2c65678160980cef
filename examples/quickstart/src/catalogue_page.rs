//! The page at `/`: every route and who may call it, as the router recorded and the attributes declared it.

use std::fmt::{self, Display, Write as _};
use std::sync::Arc;

use auth_axum::catalogue;
use auth_axum::catalogue::{Endpoint, Guard};
use auth_axum::public;
use auth_axum::routing::Route;
use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::response::{Html, IntoResponse};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use sha2::{Digest as _, Sha256};

const STYLE: &str = include_str!("catalogue_page.css");

/// The page, rendered once: what it shows is fixed when the service is built.
#[derive(Clone)]
pub(crate) struct CataloguePage {
    html: Arc<str>,
    security_policy: Arc<str>,
}

/// Shows the page. It names files and lines of this program: a real service would not show it to everybody.
#[public(reason = "catalogue page")]
pub(crate) async fn catalogue_page(State(page): State<CataloguePage>) -> impl IntoResponse {
    let headers = [
        (CONTENT_SECURITY_POLICY, page.security_policy.to_string()),
        (REFERRER_POLICY, "no-referrer".to_owned()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, Html(page.html.to_string()))
}

impl CataloguePage {
    /// Renders the page of a realm's routes.
    pub(crate) fn render(realm: &str, routes: &[Route]) -> Self {
        let mut rows: Vec<Row<'_>> = routes.iter().map(Row::of_route).collect();
        rows.extend(catalogue().endpoints().filter(|endpoint| !is_mounted(endpoint, routes)).map(Row::of_unmounted));
        let html = Document { realm, rows: &rows }.to_string();
        // The page needs one style sheet, known by its digest, and nothing else.
        let style = BASE64_STANDARD.encode(Sha256::digest(STYLE));
        let security_policy = format!(
            "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        Self { html: html.into(), security_policy: security_policy.into() }
    }
}

fn is_mounted(endpoint: &Endpoint, routes: &[Route]) -> bool {
    routes.iter().any(|route| route.leads_to(endpoint))
}

/// One row of the table.
struct Row<'a> {
    method: &'a str,
    path: &'a str,
    /// The handler with its policy, or why nobody has annotated it.
    guard: Guard,
}

impl<'a> Row<'a> {
    fn of_route(route: &'a Route) -> Self {
        let path = if route.path == "*" { "any other path" } else { &route.path };
        Self { method: if route.method == "*" { "any" } else { route.method }, path, guard: route.guard }
    }

    fn of_unmounted(endpoint: &'static Endpoint) -> Self {
        Self { method: "none", path: "not mounted", guard: Guard::Endpoint(endpoint) }
    }

    fn is_open(&self) -> bool {
        match self.guard {
            Guard::Endpoint(endpoint) => endpoint.policy.public.is_some(),
            Guard::Unchecked(_) => true,
        }
    }
}

impl Display for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, guard } = self;
        let kind = if matches!(*method, "GET" | "HEAD" | "any" | "none") { "read" } else { "write" };
        write!(f, "<tr><td class=\"route\"><span class=\"method {kind}\">{}</span>", Escaped(method))?;
        write!(f, "<code class=\"path\">{}</code></td>", Escaped(path))?;
        match guard {
            Guard::Endpoint(endpoint) => {
                write!(f, "<td>{}</td><td>{}</td>", Schemes(endpoint), Requirements(endpoint))?;
                write!(f, "<td><code>{}</code><br>", Escaped(endpoint.name))?;
                write!(f, "<code class=\"source\">{}:{}</code></td></tr>", Escaped(endpoint.file), endpoint.line)?;
            }
            Guard::Unchecked(reason) => {
                f.write_str("<td><span class=\"chip open\">unchecked</span></td>")?;
                write!(f, "<td class=\"muted\">{}</td><td></td></tr>", Escaped(reason))?;
            }
        }
        f.write_char('\n')
    }
}

/// The schemes of an endpoint, each on a label.
struct Schemes(&'static Endpoint);

impl Display for Schemes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policy = &self.0.policy;
        f.write_str("<div class=\"chips\">")?;
        if policy.public.is_some() {
            f.write_str("<span class=\"chip open\">public</span>")?;
        } else {
            for scheme in policy.scheme_names() {
                write!(f, "<span class=\"chip\">{}</span>", Escaped(scheme))?;
            }
        }
        f.write_str("</div>")
    }
}

/// What an endpoint requires of an authenticated caller, and the options; or why it is public.
struct Requirements(&'static Endpoint);

impl Display for Requirements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policy = &self.0.policy;
        if let Some(reason) = policy.public {
            return write!(f, "<span class=\"muted\">{}</span>", Escaped(reason));
        }
        let mut lines = Vec::new();
        let requirement = policy.requirement.to_string();
        if !requirement.is_empty() {
            // Long ones break between their parts, never inside one.
            let rule = Escaped(&requirement).to_string().replace(", ", ", <wbr>");
            lines.push(format!("<code class=\"rule\">{rule}</code>"));
        } else if !policy.optional {
            lines.push("<span class=\"muted\">signed in</span>".to_owned());
        }
        for (is_set, meaning) in
            [(policy.optional, "optional: guests pass"), (policy.hide, "hide: 404 in place of 403")]
        {
            if is_set {
                lines.push(format!("<span class=\"muted\">{meaning}</span>"));
            }
        }
        f.write_str(&lines.join("<br>"))
    }
}

/// The whole page.
struct Document<'a> {
    realm: &'a str,
    rows: &'a [Row<'a>],
}

impl Display for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let realm = Escaped(self.realm);
        let open = self.rows.iter().filter(|row| row.is_open()).count();
        let guarded = self.rows.len().saturating_sub(open);
        write!(
            f,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>Who may call what: {realm}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
             <h1>Who may call what</h1>\n\
             <p>Realm <code>{realm}</code>. Read from the router's record of its routes and the policies that the \
             attributes declare; nothing here is written by hand.</p>\n\
             <ul class=\"counts\"><li><b>{guarded}</b> guarded</li><li><b>{open}</b> open on purpose</li></ul>\n\
             <div class=\"table\" role=\"region\" aria-label=\"Routes\" tabindex=\"0\">\n<table>\n<thead><tr>\
             <th scope=\"col\">Route</th><th scope=\"col\">Schemes</th>\
             <th scope=\"col\">Requirements</th><th scope=\"col\">Handler</th>\
             </tr></thead>\n<tbody>\n"
        )?;
        for row in self.rows {
            row.fmt(f)?;
        }
        f.write_str("</tbody>\n</table>\n</div>\n</main>\n</body>\n</html>\n")
    }
}

/// Text that stands for itself in HTML, between tags and in quoted attributes.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            other => f.write_char(other),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_place() {
        let hostile = r#"</td><script>"&'"#;
        assert_eq!(Escaped(hostile).to_string(), "&lt;/td&gt;&lt;script&gt;&quot;&amp;&#39;");
        assert_eq!(Escaped("scope = naïve").to_string(), "scope = naïve");
    }
}
