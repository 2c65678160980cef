//! Metadata and key sets.

use std::time::Duration;

use auth_core::jwt::JwtAlgorithm;
use auth_issuer::http::{GrantKind, KeySetEndpoint, ResourceMetadata, ServerMetadata};
use auth_issuer::keys::{KeyRing, SigningKey};
use auth_issuer::tokens::TokenIssuer;
use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::{Value, json};

fn get() -> Request<Bytes> {
    Request::get("/").body(Bytes::new()).expect("a request")
}

fn body(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).expect("JSON")
}

fn issuer(algorithm: JwtAlgorithm, purpose: &'static str) -> TokenIssuer {
    let ring = KeyRing::new(SigningKey::generate(algorithm).expect("a key"));
    let builder = TokenIssuer::builder(ring).issuer("https://auth.example").audience("https://api.example");
    builder.purpose(purpose).build().expect("complete")
}

/// RFC 8414 §2, §3.2.
#[test]
fn a_server_says_where_its_endpoints_are() {
    let metadata = ServerMetadata::new("https://auth.example/tenant")
        .and_then(|metadata| metadata.token_endpoint("https://auth.example/token", &[GrantKind::RefreshToken]))
        .and_then(|metadata| metadata.revocation_endpoint("https://auth.example/revoke"))
        .and_then(|metadata| metadata.introspection_endpoint("https://auth.example/introspect"))
        .and_then(|metadata| metadata.jwks_uri("https://auth.example/keys"))
        .expect("good")
        .scopes(&["read", "write"]);
    assert_eq!(metadata.path(), "/.well-known/oauth-authorization-server/tenant");
    let response = metadata.respond(&get());
    assert_eq!(response.headers()["content-type"], "application/json");
    let with_none = ["client_secret_basic", "client_secret_post", "none"];
    let expected = json!({
        "issuer": "https://auth.example/tenant",
        "token_endpoint": "https://auth.example/token",
        "token_endpoint_auth_methods_supported": with_none,
        "grant_types_supported": ["refresh_token"],
        "response_types_supported": [],
        "revocation_endpoint": "https://auth.example/revoke",
        "revocation_endpoint_auth_methods_supported": with_none,
        "introspection_endpoint": "https://auth.example/introspect",
        "introspection_endpoint_auth_methods_supported": with_none[..2],
        "jwks_uri": "https://auth.example/keys",
        "scopes_supported": ["read", "write"],
    });
    assert_eq!(body(&response), expected);
    let error =
        ServerMetadata::new("https://auth.example").and_then(|m| m.token_endpoint("https://auth.example/t", &[]));
    assert!(error.expect_err("no grant").to_string().contains("GrantKind::RefreshToken"));
}

/// RFC 9728 §2, §3.2.
#[test]
fn a_resource_says_who_issues_its_tokens() {
    let metadata = ResourceMetadata::new("https://api.example", &["https://auth.example"]).expect("good");
    assert_eq!(metadata.path(), "/.well-known/oauth-protected-resource");
    let expected = json!({
        "resource": "https://api.example",
        "authorization_servers": ["https://auth.example"],
        "bearer_methods_supported": ["header"],
    });
    assert_eq!(body(&metadata.respond(&get())), expected);
    assert_eq!(body(&metadata.scopes(&["read"]).respond(&get()))["scopes_supported"], json!(["read"]));
    let alone = ResourceMetadata::new("https://api.example/v1/", &[]).expect("good").scopes(&[]);
    assert_eq!(alone.path(), "/.well-known/oauth-protected-resource/v1");
    let names: Vec<String> = body(&alone.respond(&get())).as_object().expect("an object").keys().cloned().collect();
    assert_eq!(names, ["bearer_methods_supported", "resource"], "empty lists are left out");
}

#[test]
fn addresses_are_https_but_on_the_loopback_interface() {
    for good in [
        "https://auth.example",
        "https://auth.example:8443/a",
        "http://localhost:3000",
        "http://127.0.0.1",
        "http://[::1]:80",
    ] {
        assert!(ServerMetadata::new(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "auth.example",
        "/token",
        "http://auth.example",
        "ftp://auth.example",
        "https://",
        "https://a.example?x=1",
        "https://a.example#x",
        "https://user:pw@a.example",
        "http://localhost.mallory.example",
        "https://a example",
    ] {
        let error = ServerMetadata::new(bad).expect_err(bad).to_string();
        assert!(error.contains(&format!("`{bad}`")), "{error}");
        assert!(ResourceMetadata::new("https://api.example", &[bad]).is_err(), "{bad}");
        assert!(ServerMetadata::new("https://a.example").and_then(|m| m.jwks_uri(bad)).is_err(), "{bad}");
    }
}

/// RFC 7517 §5, §9.3: private parts and shared secrets are published by nobody.
#[test]
fn a_key_set_has_public_keys_only_and_follows_the_ring() {
    let signed = issuer(JwtAlgorithm::EdDsa, "access");
    let other = issuer(JwtAlgorithm::Es256, "login");
    let shared = issuer(JwtAlgorithm::Hs256, "session");
    let keys = [signed.keys(), other.keys(), shared.keys(), signed.keys()].map(Clone::clone);
    let endpoint = KeySetEndpoint::new(keys);
    let response = endpoint.respond(&get());
    assert_eq!(response.headers()["content-type"], "application/jwk-set+json");
    assert_eq!(response.headers()["cache-control"], "public, max-age=300");
    let set = body(&response);
    let set = set["keys"].as_array().expect("a list");
    assert_eq!(set.len(), 2, "no shared secret, and none twice: {set:?}");
    for key in set {
        for name in ["d", "p", "q", "dp", "dq", "qi", "k", "oth"] {
            assert!(key.get(name).is_none(), "{name} in {key}");
        }
        assert!(key["kid"].is_string() && key["alg"].is_string() && key["kty"].is_string());
    }

    signed.keys().change(|ring| ring.rotate(SigningKey::generate(JwtAlgorithm::EdDsa).expect("a key"))).expect("new");
    assert_eq!(body(&endpoint.respond(&get()))["keys"].as_array().map(Vec::len), Some(3), "at once");
    let briefly = endpoint.with_max_age(Duration::from_secs(30)).respond(&get());
    assert_eq!(briefly.headers()["cache-control"], "public, max-age=30");
}

#[test]
fn documents_are_read_and_nothing_else() {
    let keys = KeySetEndpoint::new([issuer(JwtAlgorithm::EdDsa, "access").keys().clone()]);
    let server = ServerMetadata::new("https://auth.example").expect("good");
    let resource = ResourceMetadata::new("https://api.example", &[]).expect("good");
    for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "get"] {
        let mut request = get();
        *request.method_mut() = Method::from_bytes(method.as_bytes()).expect("a method");
        for response in [keys.respond(&request), server.respond(&request), resource.respond(&request)] {
            if matches!(method, "GET" | "HEAD") {
                assert_eq!(response.status(), 200, "{method}");
            } else {
                assert_eq!(
                    (response.status().as_u16(), &response.headers()["allow"]),
                    (405, &"GET, HEAD".parse().expect("a value"))
                );
                assert_eq!(response.headers()["cache-control"], "no-store");
            }
        }
    }
}
