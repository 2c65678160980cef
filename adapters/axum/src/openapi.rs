//! utoipa: what documents say of annotated handlers.
//!
//! ```
//! use auth_axum::{Auth, AuthLayer, Principal, Realm, Router, catalogue, get, openapi, requires_auth};
//! use utoipa::OpenApi;
//! # use auth_core::credential::BearerToken;
//! # use auth_core::{Attempt, Claims, Reason, Verified, Verifier, VerifyError};
//! # struct Tokens;
//! # impl Verifier<BearerToken> for Tokens {
//! #     type Value = Claims;
//! #     async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<Claims>, VerifyError> {
//! #         Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL))
//! #     }
//! # }
//!
//! #[derive(Clone, Principal)]
//! struct User {
//!     #[principal(subject)]
//!     id: String,
//! }
//!
//! /// Lists the caller's items.
//! #[requires_auth(bearer, scope = "items:read")]
//! #[utoipa::path(get, path = "/items", responses((status = 200, body = String)))]
//! async fn items(user: Auth<User>) -> String {
//!     format!("the items of {}", user.id)
//! }
//!
//! #[derive(OpenApi)]
//! #[openapi(paths(items))]
//! struct Document;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let tokens = Tokens;
//! let realm = Realm::<User>::builder("demo").bearer(tokens).build()?;
//! let app = Router::new().route("/items", get(items)).layer(AuthLayer::new(realm.clone()));
//!
//! let mut document = Document::openapi();
//! openapi::secure(&mut document, &catalogue().with_routes(app.routes()), &[&realm])?;
//! assert!(document.to_json()?.contains(r#""security":[{"bearer":["items:read"]}]"#));
//! # let app: axum::Router = app.into_axum();
//! # Ok(())
//! # }
//! ```
//!
//! # utoipa-axum
//!
//! `OpenApiRouter` mounts handlers itself, so the compiler cannot see whether they are annotated, and their routes are
//! not on record. Call [`secure`] with the bare [`catalogue()`](crate::catalogue()) once the router is complete, after
//! `split_for_parts`; an operation without an attribute is then an error. Mount the router by
//! [`Router::merge_unchecked`](crate::Router::merge_unchecked), under a layer that has
//! [`deny_undecided`](crate::AuthLayer::deny_undecided).

use auth_core::catalogue::{Catalogue, Endpoint, Route};
use auth_core::openapi::{self, Security};
use auth_core::{AnyRealm, ConfigError, ConfigErrorKind};
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{OpenApi, PathItem, Response, SecurityRequirement};

/// Completes a document by what policies and realms say.
///
/// Each operation gets its alternatives with their scopes (`security`), its refusals (400, 401, 403 or 404, 429, 503)
/// and, where its policy asks for more than scopes, the policy in print (`x-auth-policy`). `securitySchemes` are those
/// of the realms, by the names of the schemes; of two of one name the first stands. What the document says already,
/// stands.
///
/// An operation belongs to the handler of its route, if the catalogue has the route, and else to the handler of the name
/// in its `operationId`, which is what utoipa writes there. An operation with a `security` of its own is left alone.
///
/// # Errors
///
/// One error that lists every operation that belongs to no annotated handler, or by its name to several. The document
/// is as it was then.
pub fn secure(
    document: &mut OpenApi,
    catalogue: &Catalogue,
    realms: &[&dyn AsRef<AnyRealm>],
) -> Result<(), ConfigError> {
    let realms: Vec<&AnyRealm> = realms.iter().map(|realm| (*realm).as_ref()).collect();
    let everybody = document.security.is_none();
    let (mut found, mut complaints) = (Vec::new(), Vec::new());
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            match owner(catalogue, method, path, operation) {
                Ok(endpoint) => found.extend(endpoint.map(|endpoint| (operation, endpoint))),
                Err(complaint) => complaints.push(format!("\n  {method} {path}: {complaint}")),
            }
        }
    }
    if !complaints.is_empty() {
        let text = format!("{} operation(s) without a handler:{}", complaints.len(), complaints.concat());
        return Err(ConfigError::new(ConfigErrorKind::Catalogue, text));
    }
    for (operation, endpoint) in found {
        complete(operation, endpoint, &realms, everybody);
    }
    let schemes = &mut document.components.get_or_insert_default().security_schemes;
    for (name, scheme) in realms.iter().flat_map(|realm| openapi::security_schemes(realm)) {
        schemes.entry(name.to_owned()).or_insert_with(|| scheme_object(scheme).into());
    }
    Ok(())
}

/// The operations of a path, with their methods.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&str, &mut Operation)> {
    let fixed = [
        ("GET", &mut item.get),
        ("PUT", &mut item.put),
        ("POST", &mut item.post),
        ("DELETE", &mut item.delete),
        ("OPTIONS", &mut item.options),
        ("HEAD", &mut item.head),
        ("PATCH", &mut item.patch),
        ("TRACE", &mut item.trace),
        ("QUERY", &mut item.query),
    ];
    let fixed = fixed.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)));
    fixed.chain(item.additional_operations.iter_mut().map(|(method, operation)| (method.as_str(), operation)))
}

/// The endpoint that an operation belongs to; none where the document or a route says that nothing guards it.
fn owner(
    catalogue: &Catalogue,
    method: &str,
    path: &str,
    operation: &Operation,
) -> Result<Option<&'static Endpoint>, String> {
    if operation.security.is_some() {
        return Ok(None);
    }
    if let Some(route) = route(catalogue, method, path) {
        return Ok(route.endpoint());
    }
    let id = operation.operation_id.as_deref().unwrap_or_default();
    let named: Vec<_> = catalogue.endpoints().filter(|endpoint| endpoint.name == id).collect();
    match named[..] {
        [endpoint] => Ok(Some(endpoint)),
        [] => Err(format!(
            "no annotated handler is called {id:?}; annotate it, give its route by `with_routes`, or write `security(())`"
        )),
        _ => {
            let places: Vec<_> = named.iter().map(|named| format!("{}::{}", named.module, named.name)).collect();
            Err(format!("it may be {}; give its route by `with_routes`", places.join(" or ")))
        }
    }
}

/// The route on record that answers the requests of an operation: that of its method, and else that of all methods
/// without one. axum answers `HEAD` by the handler of `GET` where it has no other.
fn route<'c>(catalogue: &'c Catalogue, method: &str, path: &str) -> Option<&'c Route> {
    let by_method = [method, if method == "HEAD" { "GET" } else { method }, "*"];
    by_method.iter().find_map(|method| catalogue.routes().find(|route| route.method == *method && is_at(route, path)))
}

/// Whether a route on record has the path of a document. axum writes `{*rest}` for what a document calls `{rest}`.
fn is_at(route: &Route, path: &str) -> bool {
    route.path.replace("{*", "{") == path.replace("{*", "{")
}

fn complete(operation: &mut Operation, endpoint: &Endpoint, realms: &[&AnyRealm], everybody: bool) {
    let policy = &endpoint.policy;
    let alternatives: Vec<_> = openapi::security(policy, realms)
        .into_iter()
        .map(|alternative| match alternative {
            Security::Scheme(name, scopes) => SecurityRequirement::new(name, scopes),
            Security::Guest => SecurityRequirement::default(),
        })
        .collect();
    // Without any, what the document says of all operations would stand.
    operation.security = (!alternatives.is_empty() || !everybody).then_some(alternatives);
    for (status, phrase) in openapi::refusals(policy) {
        operation.responses.responses.entry(status.to_string()).or_insert_with(|| Response::new(phrase).into());
    }
    if let Some(printed) = openapi::extension(policy) {
        let ours = ExtensionsBuilder::new().add(openapi::POLICY_EXTENSION, printed).build();
        operation.extensions.get_or_insert_default().merge(ours);
    }
}

fn scheme_object(scheme: openapi::SecurityScheme<'_>) -> SecurityScheme {
    let api_key = |place, name: &str| match place {
        "query" => ApiKey::Query(ApiKeyValue::new(name)),
        "cookie" => ApiKey::Cookie(ApiKeyValue::new(name)),
        _ => ApiKey::Header(ApiKeyValue::new(name)),
    };
    match scheme {
        openapi::SecurityScheme::Http(name) => match &*name {
            "bearer" => SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
            "basic" => SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)),
            // utoipa knows no names of an application's own.
            _ => SecurityScheme::ApiKey(api_key("header", "Authorization")),
        },
        openapi::SecurityScheme::ApiKey { place, name } => SecurityScheme::ApiKey(api_key(place, name)),
    }
}
