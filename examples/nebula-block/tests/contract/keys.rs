//! Section 3: API keys.

use std::collections::BTreeSet;

use serde_json::json;

use super::*;

const CREATED: &str = "API key successfully created";
const LISTED: &str = "API keys successfully retrieved";
const DELETED: &str = "API key successfully deleted";

fn list(server: &InProcess, header: &str) -> Vec<Value> {
    let data = succeeded(&server.get("/api/v1/api-keys", &[header]), LISTED);
    data.as_array().expect("a list").clone()
}

#[test]
fn post_200_shows_id_key_name_description_once() {
    let server = server();
    let jwt = guest(&server);
    let answer = new_key(&server, &jwt, r#"{"name":"test-api-key","description":"This is a test API key"}"#);
    let data = succeeded(&answer, CREATED);
    let (id, key) = (data["id"].as_u64().expect("a number"), data["key"].as_str().expect("a text"));
    assert!((1..1 << 53).contains(&id), "a number that every client can read: {id}");
    let expected = json!({"id": id, "key": key, "name": "test-api-key", "description": "This is a test API key"});
    assert_eq!(data, expected);
    let secret = key.strip_prefix("ak_").expect("the prefix");
    assert!(secret.len() == 43 && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    assert_eq!(credits(&server, &[&bearer(key)]).status, 200);
    let listed = server.get("/api-keys", &[&jwt]);
    assert!(!listed.body.contains(secret));
    let expected = json!([{
        "id": id, "name": "test-api-key", "description": "This is a test API key", "partial_key_data": "ak_...",
    }]);
    assert_eq!(succeeded(&listed, LISTED), expected);
}

/// As the documents print it: curl says it is a form.
#[test]
fn post_with_a_trailing_comma_and_without_json_in_its_type() {
    let server = server();
    let jwt = guest(&server);
    let body = "{\n    \"name\": \"test-api-key\",\n    \"description\": \"This is a test API key\",\n}";
    for kind in [&["Content-Type: application/x-www-form-urlencoded"][..], &[]] {
        let request = Request::new("POST", "/api-keys").header(&jwt).headers(kind).body(body);
        assert_eq!(succeeded(&server.send(&request), CREATED)["name"], "test-api-key");
    }
    let form = form("/api-keys", &[("name", "by form")]).header(&jwt);
    assert_eq!(succeeded(&server.send(&form), CREATED)["description"], "");
    let strict = InProcess::start(NebulaBlock, &["lenient_json=false"]);
    let request = Request::new("POST", "/api-keys").header(&guest(&strict)).body(body);
    failed(&strict.send(&request), 422, "name is required", &[]);
}

#[test]
fn post_422_without_name_or_with_one_over_100_characters() {
    let server = server();
    let jwt = guest(&server);
    for body in ["{}", r#"{"name":""}"#, r#"{"name":null}"#, r#"{"name":5}"#, r#"{"description":"x"}"#] {
        failed(&new_key(&server, &jwt, body), 422, "name is required", &[]);
    }
    failed(&server.send(&Request::new("POST", "/api-keys").header(&jwt)), 422, "name is required", &[]);
    for (name, status) in [("n".repeat(100), 200), ("\u{1f511}".repeat(100), 200), ("n".repeat(101), 422)] {
        assert_eq!(new_key(&server, &jwt, &json!({ "name": name }).to_string()).status, status);
    }
    for body in
        [r#"{"name":"a\u0000b"}"#, r#"{"name":"a","description":"\u0000"}"#, r#"{"name":"a","description":["b"]}"#]
    {
        failed_somehow(&new_key(&server, &jwt, body), 422, "a\u{0}b", &[]);
    }
    assert_eq!(list(&server, &jwt).len(), 2);
}

#[test]
fn absent_description_is_empty_and_names_need_not_be_unique() {
    let server = server();
    let jwt = guest(&server);
    for body in [r#"{"name":"same"}"#, r#"{"name":"same","description":null}"#] {
        assert_eq!(succeeded(&new_key(&server, &jwt, body), CREATED)["description"], "");
    }
    let ids: BTreeSet<_> = list(&server, &jwt).iter().filter_map(|key| key["id"].as_u64()).collect();
    assert_eq!(ids.len(), 2);
}

#[test]
fn post_400_unparsable_or_repeated_415_other_type_413_too_long() {
    let server = server();
    let jwt = guest(&server);
    for body in ["{", "[]", "", r#"{"name":"a","name":"a"}"#] {
        failed(&new_key(&server, &jwt, body), 400, "Malformed request body", &[]);
    }
    let request = Request::new("POST", "/api-keys").header(&jwt).header("Content-Type: text/plain").body("name=x");
    failed(&server.send(&request), 415, "Unsupported content type", &[]);
    let long = json!({"name": "x", "description": "y".repeat(16 * 1024)}).to_string();
    failed(&new_key(&server, &jwt, &long), 413, "Request body too large", &[("connection", "close")]);
}

#[test]
fn at_most_50_keys_a_user_409() {
    let server = server();
    let jwt = guest(&server);
    let ids: Vec<u64> = (0..50).map(|_| key(&server, &jwt).0).collect();
    failed(&new_key(&server, &jwt, r#"{"name":"51"}"#), 409, "At most 50 API keys", &[]);
    key(&server, &admin(&server));
    assert_eq!(list(&server, &jwt).len(), 50);
    succeeded(&delete(&server, &jwt, ids[0]), DELETED);
    key(&server, &jwt);
    failed(&new_key(&server, &jwt, r#"{"name":"51"}"#), 409, "At most 50 API keys", &[]);
}

#[test]
fn many_at_once_do_not_exceed_50() {
    let server = server();
    let jwt = guest(&server);
    for _ in 0..45 {
        key(&server, &jwt);
    }
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| assert!([200, 409].contains(&new_key(&server, &jwt, r#"{"name":"x"}"#).status)));
        }
    });
    assert!(list(&server, &jwt).len() <= 50);
}

#[test]
fn both_spellings_at_both_paths_for_all_three() {
    let server = server();
    let jwt = guest(&server);
    for base in ["/api-keys", "/api_keys", "/api/v1/api-keys", "/api/v1/api_keys"] {
        let made = server.send(&Request::new("POST", base).header(&jwt).json(r#"{"name":"n"}"#));
        let id = succeeded(&made, CREATED)["id"].as_u64().expect("an id");
        assert_eq!(succeeded(&server.get(base, &[&jwt]), LISTED)[0]["id"], id);
        let answer = server.send(&Request::new("DELETE", &format!("{base}/{id}")).header(&jwt));
        assert_eq!(succeeded(&answer, DELETED), json!({}));
        assert_eq!(succeeded(&server.get(base, &[&jwt]), LISTED), json!([]));
    }
    failed(&server.get("/keys", &[&jwt]), 404, "Not found", &[]);
}

#[test]
fn either_kind_may_make_list_and_delete() {
    let server = server();
    let (first, by_key) = key(&server, &guest(&server));
    let (second, _) = key(&server, &by_key);
    let ids: BTreeSet<_> = list(&server, &by_key).iter().filter_map(|key| key["id"].as_u64()).collect();
    assert_eq!(ids, BTreeSet::from([first, second]));
    succeeded(&delete(&server, &by_key, second), DELETED);
}

#[test]
fn delete_is_immediate_also_for_the_key_that_made_the_call() {
    let server = server();
    let (id, key) = key(&server, &guest(&server));
    assert_eq!(credits(&server, &[&key]).status, 200);
    succeeded(&delete(&server, &key, id), DELETED);
    let challenge = [("www-authenticate", INVALID_TOKEN)];
    failed(&credits(&server, &[&key]), 401, "Could not validate credentials", &challenge);
    failed(&delete(&server, &key, id), 401, "Could not validate credentials", &challenge);
    failed(
        &new_key(&server, &key, r#"{"name":"x"}"#),
        401,
        "Could not validate credentials",
        &[("www-authenticate", INVALID_TOKEN), ("connection", "close")],
    );
}

#[test]
fn keys_created_with_a_deleted_key_are_deleted_with_it_transitively() {
    let server = server();
    let jwt = guest(&server);
    let (first, by_first) = key(&server, &jwt);
    let (_, by_second) = key(&server, &by_first);
    let (_, by_third) = key(&server, &by_second);
    let (other, by_other) = key(&server, &jwt);
    succeeded(&delete(&server, &jwt, first), DELETED);
    for header in [&by_first, &by_second, &by_third] {
        assert_eq!(credits(&server, &[header]).status, 401);
    }
    assert_eq!(credits(&server, &[&by_other]).status, 200);
    let ids: Vec<_> = list(&server, &jwt).iter().filter_map(|key| key["id"].as_u64()).collect();
    assert_eq!(ids, [other]);
}

#[test]
fn delete_404_unknown_or_anothers_422_not_an_integer() {
    let server = server();
    let (jwt, other) = (guest(&server), admin(&server));
    let (id, key) = key(&server, &jwt);
    for unknown in [format!("{id}0"), format!("-{id}"), format!("0{id}"), "5".to_owned(), "9".repeat(40)] {
        failed(&delete(&server, &jwt, unknown), 404, "API key not found", &[]);
    }
    failed(&delete(&server, &other, id), 404, "API key not found", &[]);
    for no_integer in ["five", "5.0", "+5", "5e1", "%20", "%00", "%ff", "ak_x"] {
        failed_somehow(&delete(&server, &jwt, no_integer), 422, "five", &[]);
    }
    let nobody = server.send(&Request::new("DELETE", "/api-keys/five"));
    failed(&nobody, 401, "Not authenticated", &[("www-authenticate", CHALLENGE)]);
    assert_eq!(credits(&server, &[&key]).status, 200);
}

#[test]
fn keys_of_others_are_not_listed() {
    let server = server();
    key(&server, &guest(&server));
    assert_eq!(list(&server, &admin(&server)), Vec::<Value>::new());
}
