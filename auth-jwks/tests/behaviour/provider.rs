//! The HTTP client and what is built on it, against a provider on the loopback that does as providers do.

use std::error::Error as _;

use auth_core::jwt::{JwtAlgorithm, JwtKeySource as _, KeyLookup};
use auth_core::{Reason, VerifyErrorKind};
use auth_jwks::fetch::{ClientCredentials, Fetch as _, FetchError, FetchErrorKind, HttpFetch};
use auth_jwks::keys::{KeySetError, KeySetErrorKind};
use auth_jwks::{IntrospectionVerifier, RemoteKeySet};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::mock::{Mock, Serve, answer, json as json_page, redirect};
use crate::support::{AUDIENCE, ISSUER, Signer, check, check_now, jwks, verifier, wanted};

fn keys_at(address: impl Into<String>) -> RemoteKeySet {
    RemoteKeySet::at(address).algorithms([JwtAlgorithm::EdDsa]).with_insecure_http().build().unwrap()
}

fn fetch_error(error: &KeySetError) -> FetchErrorKind {
    assert_eq!(error.kind(), KeySetErrorKind::Unreachable);
    error.source().unwrap().downcast_ref::<FetchError>().unwrap().kind()
}

#[tokio::test]
async fn fetches_keys_and_asks_as_it_should() {
    let signer = Signer::new("one");
    let mut mock = Mock::start().await;
    mock.serve("/jwks?v=1", json_page(jwks([&signer])));
    let keys = keys_at(mock.at("/jwks?v=1"));
    check(&verifier(&keys), &signer.token()).await.unwrap();
    let request = mock.requests.recv().await.unwrap().to_ascii_lowercase();
    assert!(request.starts_with("get /jwks?v=1 http/1.1\r\n"), "{request}");
    assert!(request.contains("\r\naccept: application/json, application/jwk-set+json\r\n"), "{request}");
    for absent in ["authorization:", "cookie:", "referer:", "accept-encoding:"] {
        assert!(!request.contains(absent), "{request}");
    }
}

#[tokio::test]
async fn a_provider_that_says_nothing_is_unavailable_after_two_seconds() {
    let mock = Mock::start().await;
    mock.serve("/jwks", Serve::Silent);
    let keys = keys_at(mock.at("/jwks"));
    let unavailable = check(&verifier(&keys), &Signer::new("one").token()).await.unwrap_err();
    assert_eq!((unavailable.kind(), unavailable.reason()), (VerifyErrorKind::Unavailable, Reason::KEY_SERVER));
}

#[tokio::test]
async fn a_provider_that_says_something_now_and_then_is_cut_off() {
    let mock = Mock::start().await;
    mock.serve("/jwks", Serve::Drip);
    let error = keys_at(mock.at("/jwks")).refresh().await.unwrap_err();
    assert_eq!(fetch_error(&error), FetchErrorKind::TimedOut, "the time is for the whole answer");
    let error = HttpFetch::new_insecure().unwrap().get(&mock.at("/jwks")).await.unwrap_err();
    assert_eq!(error.kind(), FetchErrorKind::TimedOut, "the client stops by itself");
}

#[tokio::test]
async fn a_provider_that_is_down_or_hangs_up_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}/jwks", listener.local_addr().unwrap());
    drop(listener);
    let error = keys_at(nobody).refresh().await.unwrap_err();
    assert_eq!(fetch_error(&error), FetchErrorKind::Transport);

    let mock = Mock::start().await;
    mock.serve("/jwks", Serve::HangUp);
    let keys = keys_at(mock.at("/jwks"));
    assert_eq!(fetch_error(&keys.refresh().await.unwrap_err()), FetchErrorKind::Transport);
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"keys\":[";
    mock.serve("/jwks", Serve::Raw(cut.to_owned()));
    assert_eq!(fetch_error(&keys.refresh().await.unwrap_err()), FetchErrorKind::Transport);
    mock.serve("/jwks", Serve::Raw("SSH-2.0-OpenSSH_9.9\r\n".to_owned()));
    assert_eq!(fetch_error(&keys.refresh().await.unwrap_err()), FetchErrorKind::Transport);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let signer = Signer::new("one");
    let (mock, elsewhere) = (Mock::start().await, Mock::start().await);
    mock.serve("/good", json_page(jwks([&signer])));
    elsewhere.serve("/good", json_page(jwks([&signer])));
    let keys = keys_at(mock.at("/jwks"));
    let codes = [
        (301, "301 Moved"),
        (302, "302 Found"),
        (303, "303 See Other"),
        (307, "307 Temporary"),
        (308, "308 Permanent"),
    ];
    for (code, status) in codes {
        for target in [mock.at("/good"), elsewhere.at("/good")] {
            mock.serve("/jwks", redirect(status, &target));
            let before = mock.hits();
            assert_eq!(fetch_error(&keys.refresh().await.unwrap_err()), FetchErrorKind::Status(code));
            assert_eq!((mock.hits(), elsewhere.hits()), (before + 1, 0));
        }
    }
}

#[tokio::test]
async fn every_status_but_200_is_a_failure() {
    let signer = Signer::new("one");
    let good = jwks([&signer]);
    let mock = Mock::start().await;
    let keys = keys_at(mock.at("/jwks"));
    for code in [201, 202, 203, 206, 226, 300, 400, 401, 403, 404, 410, 429, 500, 502, 503, 504] {
        mock.serve("/jwks", answer(&format!("{code} Whatever"), &good));
        assert_eq!(fetch_error(&keys.refresh().await.unwrap_err()), FetchErrorKind::Status(code));
    }
    mock.serve("/jwks", Serve::Raw("HTTP/1.1 204 No Content\r\n\r\n".to_owned()));
    assert_eq!(fetch_error(&keys.refresh().await.unwrap_err()), FetchErrorKind::Status(204));
    assert!(!keys.status().is_ready);
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off_at_256_kib() {
    let (mock, mut taken) = Mock::start_with_taken().await;
    mock.serve("/jwks", Serve::Endless);
    let error = keys_at(mock.at("/jwks")).refresh().await.unwrap_err();
    assert_eq!(fetch_error(&error), FetchErrorKind::TooLong);
    // What the sockets held is lost, and no more: the client has hung up.
    let taken = taken.recv().await.unwrap();
    assert!(taken < 64 * 1_024 * 1_024, "{taken} bytes went out");
}

#[tokio::test]
async fn an_answer_of_256_kib_passes_and_the_first_byte_more_does_not() {
    let signer = Signer::new("one");
    let mock = Mock::start().await;
    let keys = keys_at(mock.at("/jwks"));
    let padded = |length: usize| {
        let good = jwks([&signer]);
        let padding = " ".repeat(length - good.len());
        json_page(format!("{good}{padding}"))
    };
    mock.serve("/jwks", padded(256 * 1_024 + 1));
    assert_eq!(fetch_error(&keys.refresh().await.unwrap_err()), FetchErrorKind::TooLong);
    mock.serve("/jwks", padded(256 * 1_024));
    keys.refresh().await.unwrap();
}

#[tokio::test]
async fn html_symmetric_keys_and_compressed_keys_are_no_set() {
    let signer = Signer::new("one");
    let mock = Mock::start().await;
    let keys = keys_at(mock.at("/jwks"));
    let secret = json!({"keys": [{"kty": "oct", "kid": "one", "alg": "HS256", "k": "MHNGM2t6UDlxTG0yWHdUN3lCbkQ1dlJqOEdoQzFhRXU"}]});
    let gzip =
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\nconnection: close\r\n\r\n\u{1f}\u{b}\u{8}\0";
    for page in
        [json_page("<html><title>Sign in</title></html>"), json_page(secret.to_string()), Serve::Raw(gzip.to_owned())]
    {
        mock.serve("/jwks", page);
        assert_eq!(keys.refresh().await.unwrap_err().kind(), KeySetErrorKind::Unusable);
    }
    mock.serve("/jwks", json_page(jwks([&signer])));
    keys.refresh().await.unwrap();
}

#[tokio::test]
async fn a_provider_that_lies_about_an_id_vouches_for_nobody() {
    let (honest, other) = (Signer::new("one"), Signer::new("two"));
    let mock = Mock::start().await;
    mock.serve(
        "/jwks",
        json_page(json!({"keys": [other.jwk_as(Some("one")), honest.jwk_as(Some("two"))]}).to_string()),
    );
    let keys = keys_at(mock.at("/jwks"));
    let verifier = verifier(&keys);
    for token in [honest.token(), other.token()] {
        let refused = check(&verifier, &token).await.unwrap_err();
        assert_eq!((refused.kind(), refused.reason()), (VerifyErrorKind::Refused, Reason::SIGNATURE));
    }
    assert_eq!(mock.hits(), 1);
}

#[tokio::test]
async fn a_provider_that_rotates_is_followed_and_known_keys_outlive_its_outage() {
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let mock = Mock::start().await;
    mock.serve("/jwks", json_page(jwks([&old])));
    let keys = keys_at(mock.at("/jwks"));
    let verifier = verifier(&keys);
    check(&verifier, &old.token()).await.unwrap();
    mock.serve("/jwks", json_page(jwks([&new, &old])));
    keys.refresh().await.unwrap();
    check(&verifier, &new.token()).await.unwrap();
    mock.serve("/jwks", answer("500 Oops", "<html>"));
    keys.refresh().await.unwrap_err();
    for token in [old.token(), new.token()] {
        assert!(check_now(&verifier, &token).expect("an answer at once").is_ok());
    }
    mock.serve("/jwks", json_page(jwks([&new])));
    keys.refresh().await.unwrap();
    assert_eq!(check(&verifier, &old.token()).await.unwrap_err().reason(), Reason::UNKNOWN_KEY);
}

#[tokio::test]
async fn discovery_believes_the_issuer_that_was_asked_and_no_other() {
    let signer = Signer::new("one");
    let mock = Mock::start().await;
    mock.serve("/jwks", json_page(jwks([&signer])));
    let discovered =
        || RemoteKeySet::discover(&mock.origin).algorithms([JwtAlgorithm::EdDsa]).with_insecure_http().build().unwrap();
    let document = "/.well-known/openid-configuration";
    let page = |issuer: &str| json_page(json!({"issuer": issuer, "jwks_uri": mock.at("/jwks")}).to_string());

    mock.serve(document, page(ISSUER));
    assert_eq!(discovered().refresh().await.unwrap_err().kind(), KeySetErrorKind::Discovery);
    mock.serve(document, page(&format!("{}/", mock.origin)));
    assert_eq!(discovered().refresh().await.unwrap_err().kind(), KeySetErrorKind::Discovery);
    assert_eq!(mock.hits(), 2, "its keys were not asked for");

    mock.serve(document, page(&mock.origin));
    let keys = discovered();
    keys.refresh().await.unwrap();
    check(&verifier(&keys), &signer.token()).await.unwrap();
    assert_eq!(mock.hits(), 4);
}

#[tokio::test]
async fn ten_thousand_random_ids_cause_one_request_a_minute() {
    let (signer, stranger) = (Signer::new("one"), Signer::new("x"));
    let mock = Mock::start().await;
    mock.serve("/jwks", json_page(jwks([&signer])));
    let keys = keys_at(mock.at("/jwks"));
    let verifier = verifier(&keys);
    let known = wanted("EdDSA", Some("one"));
    let began = Instant::now();
    for number in 0..10_000 {
        let token = stranger.token_as(Some(&format!("random-{number}")));
        let refused = check(&verifier, &token).await.unwrap_err();
        assert_eq!((refused.kind(), refused.reason()), (VerifyErrorKind::Refused, Reason::UNKNOWN_KEY));
        assert!(matches!(keys.find_now(&known), KeyLookup::Found(_)), "nobody with a known key waits");
    }
    assert!(check_now(&verifier, &signer.token()).expect("an answer at once").is_ok());
    let minutes = usize::try_from(began.elapsed().as_secs() / 60).unwrap();
    assert!(
        mock.hits() <= 1 + minutes,
        "{} requests; one for each minute that this machine took is allowed",
        mock.hits()
    );
}

#[tokio::test]
async fn introspection_posts_a_form_as_the_client() {
    let mut mock = Mock::start().await;
    mock.serve("/introspect", json_page(json!({"active": true, "sub": "alice", "aud": AUDIENCE}).to_string()));
    let verifier = IntrospectionVerifier::at(mock.at("/introspect"))
        .client("a:b", "s p")
        .audience(AUDIENCE)
        .with_insecure_http()
        .build()
        .unwrap();
    check(&verifier, "a+b/c~d==").await.unwrap();
    let request = mock.requests.recv().await.unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /introspect HTTP/1.1\r\n"), "{head}");
    for line in [
        "authorization: Basic YSUzQWI6cytw",
        "accept: application/json",
        "content-type: application/x-www-form-urlencoded",
    ] {
        assert!(head.split("\r\n").any(|found| found.eq_ignore_ascii_case(line)), "{line}: {head}");
    }
    assert_eq!(body, "token=a%2Bb%2Fc%7Ed%3D%3D&token_type_hint=access_token");

    for page in [
        answer("500 Oops", "{}"),
        answer("401 Unauthorized", r#"{"active":false}"#),
        redirect("307 Temporary", &mock.at("/introspect")),
    ] {
        mock.serve("/introspect", page);
        assert_eq!(check(&verifier, "another").await.unwrap_err().kind(), VerifyErrorKind::Unavailable);
    }
    mock.serve("/introspect", json_page(r#"{"active":false}"#));
    assert_eq!(check(&verifier, "another").await.unwrap_err().kind(), VerifyErrorKind::Refused);
}

#[tokio::test]
async fn the_client_for_https_sends_nothing_in_clear() {
    let mock = Mock::start().await;
    mock.serve("/jwks", json_page("{}"));
    let https = HttpFetch::new().unwrap();
    let client = ClientCredentials::new("api", "hush");
    let errors = [https.get(&mock.at("/jwks")).await, https.post_form(&mock.at("/jwks"), &client, &[]).await];
    for error in errors {
        assert_eq!(error.unwrap_err().kind(), FetchErrorKind::Address);
    }
    assert_eq!(mock.hits(), 0);
}
