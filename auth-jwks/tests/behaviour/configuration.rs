//! Mistakes that are found when the program starts. Each text names the value and the fix.

use std::time::Duration;

use auth_core::jwt::JwtAlgorithm;
use auth_core::{ConfigError, ConfigErrorKind};
use auth_jwks::introspection::IntrospectionVerifierBuilder;
use auth_jwks::keys::RemoteKeySetBuilder;
use auth_jwks::{IntrospectionVerifier, RemoteKeySet};

use crate::support::{Fake, seconds};

const ADDRESS: &str = "https://issuer.example/jwks";

fn set(builder: RemoteKeySetBuilder) -> Result<RemoteKeySet, ConfigError> {
    builder.algorithms([JwtAlgorithm::EdDsa]).fetch(Fake::failing()).build()
}

fn complaint<T: std::fmt::Debug>(result: Result<T, ConfigError>, kind: ConfigErrorKind, parts: &[&str]) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    for part in parts {
        assert!(error.to_string().contains(part), "`{part}` is missing: {error}");
    }
}

#[test]
fn addresses_have_to_be_https() {
    let https = "use one like `https://issuer.example/jwks.json`";
    complaint(
        set(RemoteKeySet::at("http://issuer.example/x")),
        ConfigErrorKind::Address,
        &["`http://issuer.example/x`", "is not `https`", https],
    );
    complaint(
        set(RemoteKeySet::at("issuer.example/x")),
        ConfigErrorKind::Address,
        &["`issuer.example/x`", "not an absolute URL", https],
    );
    complaint(set(RemoteKeySet::at("")), ConfigErrorKind::Address, &["not an absolute URL", https]);
    complaint(set(RemoteKeySet::at("file:///etc/keys")), ConfigErrorKind::Address, &["`file:///etc/keys`", https]);
    assert!(set(RemoteKeySet::at("http://127.0.0.1:8080/x").with_insecure_http()).is_ok());
    complaint(set(RemoteKeySet::at("ftp://127.0.0.1/x").with_insecure_http()), ConfigErrorKind::Address, &["neither"]);
}

#[test]
fn issuers_have_to_be_https_and_without_query() {
    complaint(
        set(RemoteKeySet::discover("http://issuer.example")),
        ConfigErrorKind::Issuer,
        &["`http://issuer.example`", "`https://issuer.example`"],
    );
    complaint(set(RemoteKeySet::discover("https://issuer.example?a=b")), ConfigErrorKind::Issuer, &["has a query"]);
    complaint(set(RemoteKeySet::discover("https://issuer.example#a")), ConfigErrorKind::Issuer, &["has a fragment"]);
    assert!(set(RemoteKeySet::discover("https://issuer.example/realms/a")).is_ok());
}

#[test]
fn a_password_in_an_address_is_refused_and_not_quoted() {
    let error = set(RemoteKeySet::at("https://user:hush@issuer.example/x")).unwrap_err();
    assert!(error.to_string().contains("a user or a password") && !error.to_string().contains("hush"), "{error}");
}

#[test]
fn algorithms_have_to_be_named_and_asymmetric() {
    let build = |algorithms: &[JwtAlgorithm]| {
        RemoteKeySet::at(ADDRESS).algorithms(algorithms.iter().copied()).fetch(Fake::failing()).build()
    };
    complaint(build(&[]), ConfigErrorKind::Algorithm, &["no algorithm", ".algorithms([JwtAlgorithm::Rs256])"]);
    for secret in [JwtAlgorithm::Hs256, JwtAlgorithm::Hs384, JwtAlgorithm::Hs512] {
        complaint(
            build(&[JwtAlgorithm::Rs256, secret]),
            ConfigErrorKind::Algorithm,
            &[secret.as_str(), "shared secret"],
        );
    }
    for algorithm in JwtAlgorithm::ALL.into_iter().filter(|algorithm| !algorithm.as_str().starts_with("HS")) {
        assert!(build(&[algorithm]).is_ok(), "{algorithm}");
    }
}

#[test]
fn ages_have_bounds() {
    let build =
        |refresh: Duration, stale: Duration| set(RemoteKeySet::at(ADDRESS).refresh_after(refresh).max_stale(stale));
    let day = seconds(24 * 3_600);
    complaint(build(seconds(59), day), ConfigErrorKind::Limit, &["`refresh_after` of 59 s", "at least 60 s"]);
    complaint(
        build(seconds(60), day + Duration::from_millis(500)),
        ConfigErrorKind::Limit,
        &["`max_stale` of 86400.5 s", "at most 86400 s"],
    );
    complaint(
        build(seconds(60), seconds(60)),
        ConfigErrorKind::Limit,
        &["`max_stale` of 60 s", "not longer than `refresh_after`"],
    );
    assert!(build(seconds(60), seconds(61)).is_ok());
    assert!(build(seconds(24 * 3_600 - 1), day).is_ok());
}

#[test]
fn an_algorithm_that_is_named_twice_counts_once() {
    let keys = set(RemoteKeySet::at(ADDRESS).algorithms([JwtAlgorithm::EdDsa, JwtAlgorithm::EdDsa])).unwrap();
    assert!(format!("{keys:?}").contains("algorithms: [EdDsa]"), "{keys:?}");
}

fn introspection(address: &str) -> IntrospectionVerifierBuilder {
    IntrospectionVerifier::at(address).client("api", "hush").fetch(Fake::failing())
}

#[test]
fn introspection_needs_an_https_address() {
    let build = |address| introspection(address).audience("api.example").build();
    complaint(
        build("http://issuer.example/i"),
        ConfigErrorKind::Address,
        &["`http://issuer.example/i`", "is not `https`", "`https://issuer.example/introspect`"],
    );
    complaint(build("https://u:hush@issuer.example/i"), ConfigErrorKind::Address, &["a user or a password"]);
    assert!(introspection("http://127.0.0.1:1/i").audience("a").with_insecure_http().build().is_ok());
}

#[test]
fn introspection_needs_a_client_with_a_secret() {
    let build = |builder: IntrospectionVerifierBuilder| builder.audience("api.example").fetch(Fake::failing()).build();
    let fix = ".client(\"api\", secret)";
    complaint(build(IntrospectionVerifier::at(ADDRESS)), ConfigErrorKind::Client, &[fix]);
    complaint(build(IntrospectionVerifier::at(ADDRESS).client("", "hush")), ConfigErrorKind::Client, &[fix]);
    complaint(build(IntrospectionVerifier::at(ADDRESS).client("api", "")), ConfigErrorKind::Client, &[fix]);
}

#[test]
fn introspection_needs_an_audience() {
    let fix = ".audience(\"api.example\")";
    complaint(introspection(ADDRESS).build(), ConfigErrorKind::Audience, &["no audience", fix]);
    complaint(
        introspection(ADDRESS).with_insecure_absent_audience().build(),
        ConfigErrorKind::Audience,
        &["no audience", fix],
    );
    complaint(introspection(ADDRESS).audience(" ").build(), ConfigErrorKind::Audience, &[fix]);
    complaint(introspection(ADDRESS).audience("a").issuer("").build(), ConfigErrorKind::Issuer, &["is not an issuer"]);
}

#[test]
fn introspection_has_bounds() {
    let good = || introspection(ADDRESS).audience("api.example");
    complaint(good().leeway(seconds(301)).build(), ConfigErrorKind::Leeway, &["301 s", "at most 300 s"]);
    complaint(good().cache_for(seconds(61)).build(), ConfigErrorKind::Limit, &["`cache_for` of 61 s", "at most 60 s"]);
    complaint(
        good().roles_at("realm_access..roles").build(),
        ConfigErrorKind::ClaimName,
        &["`realm_access..roles`", "name one, like `roles`, or a path, like `realm_access.roles`"],
    );
    assert!(good().leeway(seconds(300)).cache_for(seconds(60)).cache_capacity(1).build().is_ok());
}

#[test]
fn nothing_shows_a_secret() {
    let builder = introspection("https://issuer.example/i?key=hush").audience("api.example");
    let shown = format!("{builder:?}");
    let verifier = builder.build().unwrap();
    let keys = set(RemoteKeySet::at("https://issuer.example/jwks?key=hush")).unwrap();
    for shown in [shown, format!("{verifier:?}"), format!("{keys:?}")] {
        assert!(!shown.contains("hush"), "{shown}");
    }
    assert!(format!("{keys:?}").contains("https://issuer.example/jwks"));
}

#[cfg(not(feature = "http-client"))]
#[test]
fn without_the_http_client_one_has_to_be_brought() {
    let built = RemoteKeySet::at(ADDRESS).algorithms([JwtAlgorithm::EdDsa]).build();
    complaint(built, ConfigErrorKind::HttpClient, &["`http-client`", ".fetch(client)"]);
}

#[cfg(feature = "http-client")]
#[test]
fn with_the_http_client_none_has_to_be_brought() {
    assert!(RemoteKeySet::at(ADDRESS).algorithms([JwtAlgorithm::EdDsa]).build().is_ok());
}
