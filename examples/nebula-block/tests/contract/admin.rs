//! Section 2, the row "not allowed by role", and `GET /admin/users`.

use auth_issuer::accounts::AccountAdmin as _;
use serde_json::json;

use super::*;

const MISSING: &str = r#"Bearer realm="nebula-block", error="insufficient_scope", scope="ADMIN""#;

#[test]
fn not_allowed_by_role_403_insufficient_scope() {
    let server = server();
    let jwt = guest(&server);
    let (_, key) = key(&server, &jwt);
    for header in [&jwt, &key] {
        for path in ["/admin/users", "/api/v1/admin/users"] {
            failed(&server.get(path, &[header]), 403, "Permission denied", &[("www-authenticate", MISSING)]);
        }
    }
    failed(&server.get("/admin/users", &[]), 401, "Not authenticated", &[("www-authenticate", CHALLENGE)]);
}

#[test]
fn admin_users_lists_id_email_roles_by_either_kind() {
    let server = server();
    let jwt = admin(&server);
    let (_, key) = key(&server, &jwt);
    for header in [&jwt, &key] {
        let data = succeeded(&server.get("/admin/users", &[header]), "Users successfully retrieved");
        let users = data.as_array().expect("a list");
        assert_eq!(users[0], json!({"id": 18, "email": GUEST, "roles": ["GUEST"]}));
        let of = |email: &str| users.iter().find(|user| user["email"] == email).expect("a user").clone();
        assert_eq!((of(ADMIN)["roles"].clone(), of(ADMIN)["id"].is_u64()), (json!(["ADMIN"]), true));
        assert_eq!(of(INACTIVE)["roles"], json!(["GUEST"]), "none is GUEST");
        assert_eq!(users.len(), 3);
    }
}

#[test]
fn roles_are_read_anew_and_in_upper_case() {
    let server = server();
    let jwt = guest(&server);
    let (_, key) = key(&server, &jwt);
    let roles = |roles: &[&str]| {
        let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
        assert!(server.block_on(server.context.store.set_permissions("18", &roles, &[])).expect("a store"));
    };
    roles(&["admin", "guest"]);
    for header in [&jwt, &key] {
        assert_eq!(server.get("/admin/users", &[header]).status, 200);
    }
    let answer = sign_in(&server, GUEST, GUEST_PASSWORD);
    assert_eq!(succeeded(&answer, "Login successful")["is_staff"], true);
    assert_eq!(tokens::claims(&token(&answer))["roles"], json!(["ADMIN", "GUEST"]));
    roles(&[]);
    for header in [&jwt, &key, &bearer(&token(&answer))] {
        assert_eq!(server.get("/admin/users", &[header]).status, 403);
    }
}
