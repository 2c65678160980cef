//! Section 5: API tokens.

use std::time::{Duration, SystemTime};

use auth_issuer::accounts::AccountAdmin as _;

use crate::server::{Options, Server, fresh_file};

const YEAR: u64 = 365 * 86_400;
const UNKNOWN: &str = "access token not found";

#[tokio::test]
async fn post_access_token_is_shown_once_and_valid_365_days() {
    let server = Server::new().await;
    let token = server.admin().await;
    let before = unix_now();
    let answer =
        server.json("POST", "/auth/access_token", &token, r#"{"name":"my-app-token","description":"d"}"#).await;
    let (id, text) = (answer.text_at("_id"), answer.text_at("access_token"));
    let expire_in = answer.json()["expire_in"].as_u64().unwrap();
    assert!((before + YEAR..=unix_now() + YEAR).contains(&expire_in), "{expire_in}");
    let expected = format!(r#"{{"_id":"{id}","access_token":"{text}","expire_in":{expire_in},"status":"ok"}}"#);
    assert_eq!((answer.status, answer.text.as_str()), (200, expected.as_str()));
    answer.uncached();
    let (uuid, random) = text.split_once('_').unwrap();
    assert_eq!((uuid, random.len()), (id.as_str(), 64));
    assert!(random.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
    let search = server.json("GET", "/auth/access_token/_search", &token, "").await;
    assert!(!search.text.contains(random), "the value is shown once");
}

#[tokio::test]
async fn an_empty_body_is_an_empty_object_and_a_missing_name_is_made_up() {
    let server = Server::new().await;
    let token = server.admin().await;
    let bearer = format!("Bearer {token}");
    let none = server.send("POST", "/auth/access_token", &[("authorization", &bearer)], "").await;
    assert_eq!(none.status, 200, "{}", none.text);
    for body in ["", "{}", r#"{"name":""}"#, r#"{"name":null,"permissions":null}"#] {
        assert_eq!(server.json("POST", "/auth/access_token", &token, body).await.status, 200, "{body}");
    }
    let search = server.json("GET", "/auth/access_token/_search", &token, "").await.json();
    assert_eq!(search["hits"]["total"]["value"], 5);
    for hit in search["hits"]["hits"].as_array().unwrap() {
        let name = hit["_source"]["name"].as_str().unwrap();
        let parts: Vec<&str> = name.split('_').collect();
        assert!(
            parts.len() == 3 && parts[0] == "token" && parts[1].parse::<u64>().is_ok() && parts[2].len() == 8,
            "{name}"
        );
    }
}

#[tokio::test]
async fn malformed_body() {
    let server = Server::new().await;
    let token = server.admin().await;
    let bad = [
        "{",
        "[]",
        "null",
        r#"{"name":7}"#,
        r#"{"description":[]}"#,
        r#"{"permissions":"x"}"#,
        r#"{"permissions":[1]}"#,
        r#"{"name":"a","name":"b"}"#,
        r#"{"name":"\u0000"}"#,
        r#"{"description":"a\u0000b"}"#,
    ];
    for body in bad {
        server.json("POST", "/auth/access_token", &token, body).await.refused(400, "invalid token");
    }
    let bearer = format!("Bearer {token}");
    for headers in
        [vec![("authorization", bearer.as_str())], vec![("authorization", &bearer), ("content-type", "text/plain")]]
    {
        let answer = server.send("POST", "/auth/access_token", &headers, r#"{"name":"x"}"#).await;
        answer.refused(415, "unsupported content type");
    }
}

#[tokio::test]
async fn requested_permissions_must_be_a_subset_of_the_callers() {
    let server = Server::new().await;
    let (admin, jdoe) = (server.admin().await, server.jdoe().await);
    // jdoe has no permission to make tokens at all.
    let refused = server.json("POST", "/auth/access_token", &jdoe, "{}").await;
    refused.refused(403, "permission [[generic#security:auth:api-token/create]] not allowed");
    let create = r#"{"permissions":["generic#security:auth:api-token/create","coco:document:read"]}"#;
    let (_, maker) = server.new_key(&admin, create).await;
    for (permissions, status) in [
        (r#"["coco:document:read"]"#, 200),
        ("[]", 200),
        (r#"["coco:document:write"]"#, 403),
        (r#"["*"]"#, 403),
        (r#"["coco:document:read","coco:document:write"]"#, 403),
    ] {
        let answer =
            server.by_key("POST", "/auth/access_token", &maker, &format!(r#"{{"permissions":{permissions}}}"#)).await;
        assert_eq!(answer.status, status, "{permissions}: {}", answer.text);
        if status == 403 {
            answer.refused(403, "invalid permissions");
        }
    }
}

#[tokio::test]
async fn a_token_may_manage_tokens_only_with_the_permission_for_it() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let (victim, _) = server.new_key(&admin, "{}").await;
    let calls = [
        ("create", "POST", "/auth/access_token".to_owned(), "{}"),
        ("search", "GET", "/auth/access_token/_search".to_owned(), ""),
        ("update", "PUT", format!("/auth/access_token/{victim}"), r#"{"name":"x"}"#),
        ("delete", "DELETE", format!("/auth/access_token/{victim}"), ""),
    ];
    let (_, nothing) = server.new_key(&admin, "{}").await;
    let (_, everything) = server.new_key(&admin, r#"{"permissions":["*"]}"#).await;
    for (name, method, path, body) in &calls {
        let permission = format!("generic#security:auth:api-token/{name}");
        let refused = server.by_key(method, path, &nothing, body).await;
        refused.refused(403, &format!("permission [[{permission}]] not allowed"));
        let (_, key) = server.new_key(&admin, &format!(r#"{{"permissions":["{permission}"]}}"#)).await;
        for (other, method, path, body) in &calls {
            let allowed = if name == other { 200 } else { 403 };
            if name != other || *name != "delete" {
                assert_eq!(server.by_key(method, path, &key, body).await.status, allowed, "{name} for {other}");
            }
        }
    }
    for (name, method, path, body) in &calls {
        assert_eq!(server.by_key(method, path, &everything, body).await.status, 200, "{name}");
    }
}

#[tokio::test]
async fn a_token_can_never_widen_itself() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let (id, key) = server.new_key(&admin, r#"{"permissions":["generic#security:auth:api-token/update"]}"#).await;
    let wider = r#"{"name":"x","permissions":["generic#security:auth:api-token/update","coco:document:read"]}"#;
    let path = format!("/auth/access_token/{id}");
    server.by_key("PUT", &path, &key, wider).await.refused(403, "invalid permissions");
    assert_eq!(server.json("PUT", &path, &admin, wider).await.status, 200, "its owner may");
    assert_eq!(
        server.by_key("GET", "/account/profile", &key, "").await.json()["permissions"].as_array().unwrap().len(),
        2
    );
}

#[tokio::test]
async fn search_shows_the_callers_own_tokens_masked() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let (id, _) = server.new_key(&admin, r#"{"name":"my-app-token","permissions":["a","b"]}"#).await;
    for name in ["other", "My-App-2"] {
        server.new_key(&admin, &format!(r#"{{"name":"{name}"}}"#)).await;
    }
    let search = |query: &'static str| {
        let (server, admin) = (&server, admin.clone());
        async move { server.json("GET", &format!("/auth/access_token/_search{query}"), &admin, "").await }
    };
    let answer = search("?query=my-app-token").await;
    let found = answer.json();
    assert!(found["took"].is_u64());
    assert_eq!(found["hits"]["total"], serde_json::json!({"value": 1, "relation": "eq"}));
    assert_eq!(found["hits"]["max_score"], 0);
    let hit = &found["hits"]["hits"][0];
    let source = &hit["_source"];
    assert_eq!((&hit["_id"], &source["id"]), (&id.as_str().into(), &id.as_str().into()));
    assert_eq!((&source["name"], &source["type"]), (&"my-app-token".into(), &"general".into()));
    assert_eq!((&source["access_token"], &source["permissions"]), (&"***".into(), &serde_json::json!(["a", "b"])));
    for time in ["created", "updated"] {
        let text = source[time].as_str().unwrap();
        assert!(text.len() == 20 && text.ends_with('Z') && text.as_bytes()[10] == b'T', "{text}");
    }
    assert!(source["expire_in"].as_u64().unwrap() > unix_now() + YEAR - 60);
    for (query, total, shown) in [
        ("", 3, 3),
        ("?query=MY-app", 2, 2),
        ("?query=nothing", 0, 0),
        ("?from=1&size=1", 3, 1),
        ("?from=9", 3, 0),
        ("?size=0", 3, 0),
        ("?unknown=1&query=", 3, 3),
    ] {
        let found = search(query).await.json();
        let hits = found["hits"]["hits"].as_array().unwrap().len();
        assert_eq!((&found["hits"]["total"]["value"], hits), (&total.into(), shown), "{query}");
    }
    for bad in [
        "?from=-1",
        "?size=-1",
        "?from=x",
        "?size=1.5",
        "?size=1001",
        "?from=99999999999999999999",
        "?size=1&size=1",
        "?query=%",
    ] {
        assert_eq!(search(bad).await.status, 400, "{bad}");
    }
}

#[tokio::test]
async fn put_renames_and_delete_is_immediate() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let (id, key) = server.new_key(&admin, r#"{"name":"old","permissions":["a"]}"#).await;
    let path = format!("/auth/access_token/{id}");
    let renamed = server.json("PUT", &path, &admin, r#"{"name":"new"}"#).await;
    assert_eq!((renamed.status, renamed.text), (200, format!(r#"{{"_id":"{id}","result":"updated"}}"#)));
    let found = server.json("GET", "/auth/access_token/_search?query=new", &admin, "").await.json();
    assert_eq!(found["hits"]["hits"][0]["_source"]["permissions"], serde_json::json!(["a"]), "absent leaves them");
    for body in ["", "{}", r#"{"name":""}"#, r#"{"name":null}"#] {
        server.json("PUT", &path, &admin, body).await.refused(400, "name is required");
    }
    for body in ["{", r#"{"name":"\u0000"}"#, r#"{"name":"a","description":"\u0000"}"#] {
        server.json("PUT", &path, &admin, body).await.refused(400, "invalid token");
    }
    assert_eq!(server.by_key("GET", "/account/profile", &key, "").await.status, 200);
    let deleted = server.json("DELETE", &path, &admin, "").await;
    assert_eq!((deleted.status, deleted.text), (200, format!(r#"{{"_id":"{id}","result":"deleted"}}"#)));
    server.by_key("GET", "/account/profile", &key, "").await.refused(401, "invalid login");
    server.json("DELETE", &path, &admin, "").await.refused(404, UNKNOWN);
}

#[tokio::test]
async fn unknown_or_anothers_token() {
    let server = Server::with(Options::default()).await;
    let admin = server.admin().await;
    assert!(server.store.set_permissions("2", &["admin".to_owned()], &[]).await.unwrap());
    let jdoe = server.jdoe().await;
    let (theirs, _) = server.new_key(&jdoe, r#"{"name":"theirs"}"#).await;
    for id in [theirs.as_str(), "00000000-0000-4000-8000-000000000000", "x", "%00"] {
        let path = format!("/auth/access_token/{id}");
        for body in ["{}", r#"{"name":"x"}"#, "{"] {
            server.json("PUT", &path, &admin, body).await.refused(404, UNKNOWN);
        }
        server.json("DELETE", &path, &admin, "").await.refused(404, UNKNOWN);
    }
    let found = server.json("GET", "/auth/access_token/_search", &admin, "").await.json();
    assert_eq!(found["hits"]["total"]["value"], 0, "administrators see their own too");
}

/// A token that was made with another dies with it, and does not outlive it.
#[tokio::test]
async fn a_token_made_by_a_token_lives_no_longer() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let (id, maker) = server.new_key(&admin, r#"{"permissions":["generic#security:auth:api-token/create"]}"#).await;
    let made = server.by_key("POST", "/auth/access_token", &maker, "{}").await;
    assert_eq!(made.status, 200, "{}", made.text);
    assert!(made.json()["expire_in"].as_u64().unwrap() <= unix_now() + YEAR);
    server.json("DELETE", &format!("/auth/access_token/{id}"), &admin, "").await;
    assert_eq!(server.by_key("GET", "/account/profile", &made.text_at("access_token"), "").await.status, 401);
}

/// What the owner takes from a token is taken from those that were made with it.
#[tokio::test]
async fn a_token_made_by_a_token_is_narrowed_with_it() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let create =
        r#"{"permissions":["generic#security:auth:api-token/create","generic#security:auth:api-token/search"]}"#;
    let (id, maker) = server.new_key(&admin, create).await;
    let made = server.by_key("POST", "/auth/access_token", &maker, create).await.text_at("access_token");
    let search = async |key: &str| server.by_key("GET", "/auth/access_token/_search", key, "").await.status;
    assert_eq!((search(&maker).await, search(&made).await), (200, 200));
    let nothing = r#"{"name":"leaked","permissions":[]}"#;
    assert_eq!(server.json("PUT", &format!("/auth/access_token/{id}"), &admin, nothing).await.status, 200);
    assert_eq!((search(&maker).await, search(&made).await), (403, 403));
}

#[tokio::test]
async fn two_servers_on_one_store_behave_as_one() {
    let file = fresh_file("two-servers");
    let database = auth_test::postgres::database().await;
    let urls =
        [Some(format!("sqlite:{}", file.display())), database.as_ref().map(|database| database.url().to_owned())];
    for url in urls.into_iter().flatten() {
        let options = || Options { store: url.clone(), ..Options::default() };
        let (one, two) = (Server::with(options()).await, Server::with(options()).await);
        let token = one.admin().await;
        let (id, key) = one.new_key(&token, "{}").await;
        assert_eq!(two.json("GET", "/account/profile", &token, "").await.status, 200);
        assert_eq!(two.by_key("GET", "/account/profile", &key, "").await.status, 200);
        assert_eq!(two.json("DELETE", &format!("/auth/access_token/{id}"), &token, "").await.status, 200);
        one.by_key("GET", "/account/profile", &key, "").await.refused(401, "invalid login");
        assert_eq!(two.json("POST", "/account/logout", &token, "").await.status, 200);
        one.json("GET", "/account/profile", &token, "").await.refused(401, "invalid login");
    }
    let _ = std::fs::remove_file(&file).is_ok();
}

fn unix_now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}
