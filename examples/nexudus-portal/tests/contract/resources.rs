//! Section 3: what a customer sees.

use systems::testing::{Request, basic, json_of};

use super::{APP, JANE, PASSWORD, member, profile, server, sign_in};

const PATHS: [&str; 2] = ["/api/public/billing/customer", "/api/public/teams/my"];

#[test]
fn the_customer_and_the_teams() {
    let server = server();
    let access = member(&sign_in(&server, JANE, APP), "access_token");
    let customer = json_of(&profile(&server, &access));
    assert_eq!((customer["Id"].as_u64(), customer["FullName"].as_str()), (Some(42), Some("Jane Doe")));
    assert_eq!((customer["Email"].as_str(), customer["Active"].as_bool()), (Some(JANE), Some(true)));
    assert_eq!(customer["UniqueId"].as_str().map(str::len), Some(36));
    let teams = json_of(&server.get(PATHS[1], &[&format!("Authorization: bearer  {access}")]));
    assert!(teams[0]["Id"].is_u64() && teams[0]["UniqueId"].is_string() && teams[0]["Name"].is_string(), "{teams}");
}

#[test]
fn without_a_token_401_empty_and_a_challenge_without_error() {
    let server = server();
    for path in PATHS {
        for answer in
            [server.send(&Request::get(path)), server.send(&Request::get(path).header(&basic(JANE, PASSWORD)))]
        {
            assert_eq!((answer.status, answer.body.len()), (401, 0), "{answer:?}");
            assert_eq!(answer.all("www-authenticate"), [r#"Bearer realm="nexudus-portal""#]);
        }
    }
}

#[test]
fn a_bad_or_expired_token_is_invalid_token() {
    let server = server();
    let access = member(&sign_in(&server, JANE, APP), "access_token");
    server.clock.advance(std::time::Duration::from_hours(8 * 24));
    for token in [access.as_str(), "abc", ""] {
        let answer = profile(&server, token);
        assert_eq!((answer.status, answer.body.len()), (401, 0), "{answer:?}");
        assert_eq!(answer.all("www-authenticate"), [r#"Bearer realm="nexudus-portal", error="invalid_token""#]);
    }
}

#[test]
fn two_authorization_lines_are_400() {
    let server = server();
    let line = format!("Authorization: Bearer {}", member(&sign_in(&server, JANE, APP), "access_token"));
    let answer = server.get(PATHS[0], &[&line, &line]);
    assert_eq!(answer.status, 400);
    assert_eq!(answer.all("www-authenticate"), [r#"Bearer realm="nexudus-portal", error="invalid_request""#]);
}
