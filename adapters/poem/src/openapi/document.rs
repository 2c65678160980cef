//! The document: what poem-openapi writes, completed by policies and realms.

use std::cell::RefCell;
use std::collections::BTreeMap;

use auth_core::AnyRealm;
use auth_core::catalogue::Endpoint;
use auth_core::openapi::{self, Security, SecurityScheme};
use poem_openapi::{OpenApi, OpenApiService, Webhook};
use serde_json::{Map, Value, json};

thread_local! {
    /// While a document is written: the endpoints whose guards were asked for the names of their schemes.
    static ENDPOINTS: RefCell<Option<BTreeMap<&'static str, &'static Endpoint>>> = const { RefCell::new(None) };
}

/// Writes the service's OpenAPI document, as JSON, with all that policies and realms say.
///
/// Each guarded operation gets its alternatives with their scopes (`security`), its refusals (400, 401, 403 or 404, 429,
/// 503) and, where its policy asks for more than scopes, the policy in print (`x-auth-policy`). `securitySchemes` are
/// those of the realms, by the names of the schemes; of two of one name the first stands.
#[must_use]
pub fn spec<T: OpenApi, W: Webhook>(service: &OpenApiService<T, W>, realms: &[&dyn AsRef<AnyRealm>]) -> String {
    let realms: Vec<&AnyRealm> = realms.iter().map(|realm| (*realm).as_ref()).collect();
    ENDPOINTS.set(Some(BTreeMap::new()));
    let written = service.spec();
    let endpoints = ENDPOINTS.take().unwrap_or_default();
    let Ok(mut document) = serde_json::from_str::<Value>(&written) else { return service.spec() };
    let operations = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut);
    for operation in operations.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        if let Some(endpoint) = endpoint(operation, &endpoints) {
            complete(operation, endpoint, &realms);
        }
    }
    let schemes = member(&mut document, "components").and_then(|components| member(components, "securitySchemes"));
    if let Some(Value::Object(schemes)) = schemes {
        for (name, scheme) in realms.iter().rev().flat_map(|realm| openapi::security_schemes(realm)) {
            let object = match scheme {
                SecurityScheme::Http(scheme) => json!({"type": "http", "scheme": scheme}),
                SecurityScheme::ApiKey { place, name } => json!({"type": "apiKey", "in": place, "name": name}),
            };
            schemes.insert(name.to_owned(), object);
        }
    }
    document.to_string()
}

/// The names of an endpoint's schemes; while a document is written, a name that stands for the endpoint.
pub(super) fn names(endpoint: &'static Endpoint, mark: &'static str) -> Vec<&'static str> {
    ENDPOINTS.with_borrow_mut(|endpoints| match endpoints {
        Some(endpoints) => {
            endpoints.insert(mark, endpoint);
            vec![mark]
        }
        None => openapi::security(&endpoint.policy, &[])
            .into_iter()
            .filter_map(|alternative| match alternative {
                Security::Scheme(name, _) => Some(name),
                Security::Guest => None,
            })
            .collect(),
    })
}

/// Takes the mark of an endpoint out of an operation.
fn endpoint(operation: &mut Value, endpoints: &BTreeMap<&str, &'static Endpoint>) -> Option<&'static Endpoint> {
    let alternatives = operation.get_mut("security")?.as_array_mut()?;
    let at = alternatives.iter().position(|alternative| mark(alternative, endpoints).is_some())?;
    let endpoint = mark(alternatives.get(at)?, endpoints)?;
    alternatives.remove(at);
    if endpoint.policy.optional {
        // The guest came with the mark.
        alternatives.retain(|alternative| *alternative != json!({}));
    }
    Some(endpoint)
}

fn mark(alternative: &Value, endpoints: &BTreeMap<&str, &'static Endpoint>) -> Option<&'static Endpoint> {
    alternative.as_object()?.keys().find_map(|name| endpoints.get(name.as_str()).copied())
}

fn complete(operation: &mut Value, endpoint: &Endpoint, realms: &[&AnyRealm]) {
    let policy = &endpoint.policy;
    let ours = openapi::security(policy, realms).into_iter().map(|alternative| match alternative {
        Security::Scheme(name, scopes) => json!({name: scopes}),
        Security::Guest => json!({}),
    });
    if let Some(alternatives) = operation.get_mut("security").and_then(Value::as_array_mut) {
        alternatives.extend(ours);
    }
    if let Some(Value::Object(responses)) = member(operation, "responses") {
        for (status, phrase) in openapi::refusals(policy) {
            responses.entry(status.to_string()).or_insert_with(|| json!({"description": phrase}));
        }
    }
    if let (Some(printed), Some(operation)) = (openapi::extension(policy), operation.as_object_mut()) {
        operation.insert(openapi::POLICY_EXTENSION.to_owned(), printed.into());
    }
}

/// A member of an object, which is an empty object if there was none.
fn member<'v>(value: &'v mut Value, name: &str) -> Option<&'v mut Value> {
    Some(value.as_object_mut()?.entry(name).or_insert_with(|| json!({})))
}
