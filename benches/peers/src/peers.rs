//! Who is measured.

use auth_request_bench::{Bench, Case, Failure};

use crate::service::{Own, Service};
use crate::tokens::Token;
use crate::{on_actix, on_axum, on_axum_07, on_poem, on_salvo};

type Make = fn(&Token) -> Result<Box<dyn Service>, Failure>;

/// A way to authenticate a bearer token, and its framework without.
pub struct Peer {
    /// What people call it.
    pub name: &'static str,
    /// The framework that it is measured on, and over.
    pub framework: &'static str,
    /// What it can verify, of what is measured.
    pub algorithms: &'static [&'static str],
    /// Whether it is this project.
    pub is_own: bool,
    /// Whether it verifies the token at each request, as opposed to looking at it only.
    pub is_verifying: bool,
    make: Make,
    make_bare: Make,
}

const EACH: &[&str] = &["HS256", "RS256", "ES256"];

impl Peer {
    /// All of them, this project first.
    pub const ALL: &[Self] = &[
        Self { is_own: true, is_verifying: false, ..Self::on_axum("auth-axum, cached", EACH, own_cached) },
        Self { is_own: true, ..Self::on_axum("auth-axum, first seen", EACH, own_first) },
        Self {
            make_bare: on_axum::bare,
            ..Self::on_axum("by hand: an extractor, jsonwebtoken 11.1", EACH, on_axum::by_hand)
        },
        Self { make_bare: on_axum::bare, ..Self::on_axum("axum-jwt-auth 0.7.0", EACH, on_axum::axum_jwt_auth) },
        // It verifies ES256 with OpenSSL only.
        Self::on_axum("aliri_tower 0.6.1", &["HS256", "RS256"], on_axum::aliri_tower),
        Self::on_axum("axum-gate 1.1.1", EACH, on_axum::axum_gate),
        // It has no shared secrets.
        Self::on_axum("oauth-resource-server 0.4.1", &["RS256", "ES256"], on_axum::oauth_resource_server),
        Self::on_axum("tower-http 0.7.1, validate with jsonwebtoken 11.1", EACH, on_axum::tower_http_validate),
        Self {
            is_verifying: false,
            ..Self::on_axum("tower-http 0.7.1, compares with a fixed text", &["HS256"], on_axum::tower_http_bearer)
        },
        Self {
            framework: "axum 0.7",
            make_bare: on_axum_07::bare,
            ..Self::on_axum("jwt-authorizer 0.15.0", EACH, on_axum_07::jwt_authorizer)
        },
        Self {
            framework: "actix-web 4",
            make_bare: on_actix::bare,
            ..Self::on_axum("actix-web-httpauth 0.8.3 with jsonwebtoken 11.1", EACH, on_actix::httpauth)
        },
        Self {
            framework: "poem 3",
            make_bare: on_poem::bare,
            ..Self::on_axum("poem-openapi 5.1.16 with jsonwebtoken 11.1", EACH, on_poem::openapi)
        },
        Self {
            framework: "salvo 1",
            make_bare: on_salvo::bare,
            ..Self::on_axum("salvo jwt-auth 1.1.0", EACH, on_salvo::jwt_auth)
        },
    ];

    /// One that verifies, as a layer of axum 0.8.
    const fn on_axum(name: &'static str, algorithms: &'static [&'static str], make: Make) -> Self {
        let framework = "axum 0.8";
        let make_bare = on_axum::bare_with_layer;
        Self { name, framework, algorithms, is_own: false, is_verifying: true, make, make_bare }
    }

    /// The one of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|peer| peer.name == name)
    }

    /// Its service or that of its bare framework, warmed up.
    ///
    /// # Errors
    ///
    /// If it cannot be put together, or answers with another status than 200.
    pub fn service(&self, token: &Token, is_bare: bool) -> Result<Box<dyn Service>, Failure> {
        let service = if is_bare { self.make_bare } else { self.make }(token)
            .map_err(|error| format!("{}: {error}", self.name))?;
        for _ in 0..crate::WARM_UP {
            let status = service.status()?;
            if status != 200 {
                return Err(format!("{} answers {} with {status}", self.name, token.algorithm()).into());
            }
        }
        Ok(service)
    }
}

fn own_cached(token: &Token) -> Result<Box<dyn Service>, Failure> {
    own(token, Case::CachedBearer)
}

fn own_first(token: &Token) -> Result<Box<dyn Service>, Failure> {
    own(token, Case::FirstBearer)
}

fn own(token: &Token, case: fn(&'static str) -> Case) -> Result<Box<dyn Service>, Failure> {
    let algorithm = EACH.iter().find(|name| **name == token.algorithm()).ok_or("there is no such algorithm")?;
    Ok(Box::new(Own(Bench::new(case(algorithm), &token.own(), false)?)))
}
