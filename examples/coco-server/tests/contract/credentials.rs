//! Sections 2 and 3: which credential counts; section 4: the profile.

use auth_issuer::AccountState;
use auth_issuer::accounts::AccountAdmin as _;

use crate::server::{Options, Server};

const CHALLENGE: &str = r#"Bearer realm="coco""#;
const INVALID_TOKEN: &str = r#"Bearer realm="coco", error="invalid_token""#;
const INVALID_REQUEST: &str = r#"Bearer realm="coco", error="invalid_request""#;

#[tokio::test]
async fn profile_by_bearer_whatever_the_case_of_the_scheme() {
    let server = Server::new().await;
    let token = server.jdoe().await;
    for scheme in ["Bearer ", "bearer ", "BEARER  "] {
        let answer = server.profile(&[("AUTHORIZATION", &format!("{scheme}{token}"))]).await;
        let profile =
            r#"{"id":"2","name":"jdoe","email":"jdoe@example.com","roles":[],"permissions":["coco:document:read"]}"#;
        assert_eq!((answer.status, answer.text.as_str()), (200, profile));
        assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    }
    let admin = server.profile(&[("authorization", &format!("Bearer {}", server.admin().await))]).await;
    assert_eq!(admin.json()["permissions"], serde_json::json!(["*"]));
}

#[tokio::test]
async fn profile_of_single_user_mode() {
    let server = Server::with(Options::single()).await;
    let token = server.login(r#"{"password":"mypassword"}"#).await.text_at("access_token");
    let answer = server.json("GET", "/account/profile", &token, "").await;
    let profile = answer.json();
    assert_eq!((&profile["id"], &profile["name"]), (&"coco-default-user".into(), &"coco-default-user".into()));
    assert_eq!((&profile["email"], &profile["permissions"]), (&"".into(), &serde_json::json!(["*"])));
}

#[tokio::test]
async fn profile_by_api_token_shows_what_that_permits() {
    let server = Server::new().await;
    let token = server.maker().await;
    for (permissions, shown) in
        [(r#"["coco:document:read"]"#, vec!["coco:document:read"]), ("[]", vec![]), ("null", vec![])]
    {
        let (_, key) = server.new_key(&token, &format!(r#"{{"permissions":{permissions}}}"#)).await;
        let answer = server.profile(&[("x-api-token", &key), ("X-OS-NAME", "web"), ("X-APP-VER", "1")]).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.json()["permissions"], serde_json::json!(shown));
    }
}

#[tokio::test]
async fn no_or_bad_credential() {
    let server = Server::new().await;
    let token = server.admin().await;
    let (_, key) = server.new_key(&token, "{}").await;
    let bearer = |token: &str| ("authorization", format!("Bearer {token}"));
    let other = Server::with(Options { secret: *b"f4AcP9uGs1JhM7eVdK5bYnT3xLw8rZ0q", ..Options::default() })
        .await
        .admin()
        .await;
    let rows = [
        (vec![], CHALLENGE),
        (vec![("authorization", String::new())], CHALLENGE),
        (vec![("authorization", token.clone())], CHALLENGE),
        (vec![("authorization", "Basic YTpi".to_owned())], CHALLENGE),
        (vec![("authorization", "Bearer".to_owned())], INVALID_TOKEN),
        (vec![("authorization", format!("Bearer\t{token}"))], INVALID_TOKEN),
        (vec![bearer("x.y.z")], INVALID_TOKEN),
        (vec![bearer(&format!("{token}x"))], INVALID_TOKEN),
        (vec![bearer(&format!("{token} more"))], INVALID_TOKEN),
        // Of another system, which has keys of its own.
        (vec![bearer(&other)], INVALID_TOKEN),
        (vec![bearer(&format!("ak_{}", "A".repeat(43)))], INVALID_TOKEN),
        // Each slot takes its own kind only.
        (vec![bearer(&key)], INVALID_TOKEN),
        (vec![("x-api-token", token.clone())], CHALLENGE),
        (vec![("x-api-token", String::new())], CHALLENGE),
        (vec![("x-api-token", "a1b2c3d4-5678-90ab-cdef-1234567890ab_randomchars".to_owned())], CHALLENGE),
        (vec![("x-api-token", format!("{key}0"))], CHALLENGE),
        (vec![("x-api-token", key.to_uppercase())], CHALLENGE),
    ];
    for (headers, challenge) in rows {
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = server.profile(&headers).await;
        answer.refused(401, "invalid login");
        assert_eq!(answer.challenges(), [challenge], "{headers:?}");
    }
}

#[tokio::test]
async fn two_explicit_credentials_or_two_values_of_one() {
    let server = Server::new().await;
    let token = server.admin().await;
    let (_, key) = server.new_key(&token, "{}").await;
    let bearer = ("authorization", format!("Bearer {token}"));
    let (basic, key) = (("authorization", "Basic YTpi".to_owned()), ("x-api-token", key));
    for pair in [[&bearer, &key], [&bearer, &bearer], [&key, &key], [&basic, &key], [&basic, &bearer]] {
        let answer = server.profile(&pair.map(|(name, value)| (*name, value.as_str()))).await;
        answer.refused(400, "more than one credential");
        assert_eq!(answer.challenges(), [INVALID_REQUEST], "{pair:?}");
    }
}

#[tokio::test]
async fn cookie_counts_only_when_alone_and_a_stale_one_is_skipped() {
    let server = Server::new().await;
    let (admin, jdoe) = (server.admin().await, server.jdoe().await);
    let cookie = format!("theme=dark; INFINI-SESSION-coco={admin}");
    assert_eq!(server.profile(&[("cookie", &cookie)]).await.json()["id"], "1");
    let both = server.profile(&[("cookie", &cookie), ("authorization", &format!("Bearer {jdoe}"))]).await;
    assert_eq!(both.json()["id"], "2", "the explicit credential wins");
    for explicit in [("authorization", "Bearer x"), ("authorization", "Basic YTpi"), ("x-api-token", "x")] {
        server.profile(&[("cookie", &cookie), explicit]).await.refused(401, "invalid login");
    }
    for stale in ["INFINI-SESSION-coco=x", "INFINI-SESSION-coco=", &format!("{cookie}; INFINI-SESSION-coco={jdoe}")] {
        let answer = server.profile(&[("cookie", stale)]).await;
        answer.refused(401, "invalid login");
        assert_eq!(answer.challenges(), [CHALLENGE]);
        let beside = server.profile(&[("cookie", stale), ("authorization", &format!("Bearer {jdoe}"))]).await;
        assert_eq!(beside.status, 200);
    }
}

#[tokio::test]
async fn another_site_cannot_use_the_cookie() {
    let server = Server::new().await;
    let cookie = format!("INFINI-SESSION-coco={}", server.admin().await);
    let send = |extra: Vec<(&'static str, &'static str)>| {
        let (server, cookie) = (&server, cookie.clone());
        async move {
            let mut headers = vec![("cookie", cookie.as_str()), ("content-type", "application/json")];
            headers.extend(extra);
            server.send("POST", "/auth/access_token", &headers, "{}").await.status
        }
    };
    assert_eq!(send(vec![("sec-fetch-site", "cross-site")]).await, 403);
    assert_eq!(send(vec![("origin", "https://evil.example")]).await, 403);
    assert_eq!(send(vec![("sec-fetch-site", "same-origin")]).await, 200);
    assert_eq!(send(vec![("origin", "https://app.example")]).await, 200, "a configured origin");
}

#[tokio::test]
async fn user_gone() {
    let server = Server::new().await;
    let token = server.maker().await;
    let (_, key) = server.new_key(&token, "{}").await;
    assert!(server.store.delete_account("2").await.unwrap());
    let answer = server.json("GET", "/account/profile", &token, "").await;
    answer.refused(401, "user not found");
    assert_eq!(answer.challenges(), [INVALID_TOKEN]);
    assert_eq!(server.by_key("GET", "/account/profile", &key, "").await.status, 401);
}

#[tokio::test]
async fn owner_disabled_is_dead_and_rights_are_read_anew() {
    let server = Server::new().await;
    let token = server.maker().await;
    let (_, key) = server.new_key(&token, r#"{"permissions":["coco:document:read"]}"#).await;
    assert!(server.store.set_permissions("2", &[], &["other".to_owned()]).await.unwrap());
    let by_key = server.by_key("GET", "/account/profile", &key, "").await;
    assert_eq!(by_key.json()["permissions"], serde_json::json!([]), "the token's and the owner's current ones");
    let by_bearer = server.json("GET", "/account/profile", &token, "").await;
    assert_eq!(by_bearer.json()["permissions"], serde_json::json!(["other"]));
    let _epoch = server.store.set_state("2", AccountState::Suspended).await.unwrap();
    assert_eq!(server.by_key("GET", "/account/profile", &key, "").await.status, 401);
    assert_eq!(server.json("GET", "/account/profile", &token, "").await.status, 401);
    server.login(r#"{"email":"jdoe@example.com","password":"mypassword"}"#).await.refused(403, "failed to login");
}
