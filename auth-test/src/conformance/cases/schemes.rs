//! The wire table, row by row, for each scheme alone and for all three together.

use super::{API_KEY, BASIC, BEARER, Cases, INVALID_REQUEST, INVALID_TOKEN, With as _, get, insufficient_scope};
use crate::conformance::expect::{Answer, ok, plainly, refused};
use crate::conformance::wire::RawRequest;
use crate::mint::{basic, bearer};

/// What the rows need of one scheme.
struct Row {
    scheme: &'static str,
    /// The last part of the paths of its routes.
    path: &'static str,
    plain: &'static str,
    tried: &'static str,
    is_bearer: bool,
    /// Adds credentials to a request.
    present: fn(RawRequest, &str) -> RawRequest,
    /// Credentials: alice's, root's, refused, malformed, and such that the store does not answer.
    alice: String,
    root: String,
    refused: String,
    malformed: String,
    store_down: String,
}

pub(super) fn add(cases: &mut Cases) {
    for row in rows(cases) {
        add_row(cases, &row, &Place::alone(&row));
        add_row(cases, &row, &Place::among_three(&row));
    }
    add_outages(cases);
    add_orders(cases);
    add_pairs(cases);
}

fn rows(cases: &Cases) -> [Row; 3] {
    let keys = &cases.credentials.keys;
    let authorization: fn(RawRequest, &str) -> RawRequest = |request, value| request.authorization(value);
    [
        Row {
            scheme: "bearer",
            path: "bearer",
            plain: BEARER,
            tried: INVALID_TOKEN,
            is_bearer: true,
            present: authorization,
            alice: bearer(&cases.alice().mint()),
            root: bearer(&cases.root().mint()),
            refused: bearer(&cases.alice().signed_with(b"somebody else's secret, as long as ours").mint()),
            malformed: "Bearer not a token".to_owned(),
            store_down: bearer("fault.store-down"),
        },
        Row {
            scheme: "basic",
            path: "basic",
            plain: BASIC,
            tried: BASIC,
            is_bearer: false,
            present: authorization,
            alice: basic("alice", super::PASSWORD),
            root: basic("root", super::PASSWORD),
            refused: basic("alice", "wrong"),
            malformed: "Basic !".to_owned(),
            store_down: basic("fault.store-down", "any"),
        },
        Row {
            scheme: "api_key",
            path: "api-key",
            plain: API_KEY,
            tried: API_KEY,
            is_bearer: false,
            present: |request, value| request.key(value),
            alice: keys.alice.clone(),
            root: keys.root.clone(),
            refused: keys.unknown.clone(),
            malformed: "conf_too-short".to_owned(),
            store_down: keys.store_down.clone(),
        },
    ]
}

/// The routes that a row is put to, and what their policies make of it.
struct Place {
    name: &'static str,
    route: String,
    scope: String,
    role: String,
    challenges: Vec<&'static str>,
    tried: Vec<&'static str>,
    has_bearer: bool,
}

impl Place {
    fn alone(row: &Row) -> Self {
        Self {
            name: "alone",
            route: format!("/{}", row.path),
            scope: format!("/scope/{}", row.path),
            role: format!("/role/{}", row.path),
            challenges: vec![row.plain],
            tried: vec![row.tried],
            has_bearer: row.is_bearer,
        }
    }

    fn among_three(row: &Row) -> Self {
        Self {
            name: "among_three",
            route: "/all".to_owned(),
            scope: "/scope/all".to_owned(),
            role: "/role/all".to_owned(),
            challenges: vec![BEARER, BASIC, API_KEY],
            tried: vec![if row.is_bearer { INVALID_TOKEN } else { BEARER }, BASIC, API_KEY],
            has_bearer: true,
        }
    }
}

fn add_row(cases: &mut Cases, row: &Row, place: &Place) {
    let rule = |rule: &str| format!("{}_{}_{rule}", row.scheme, place.name);
    let with = |path: &str, credentials: &str| (row.present)(get(path), credentials);
    // A credential outside of `Authorization` makes the answer private.
    let served = |subject: &str| -> Answer {
        let answer = ok(&format!("{subject} {}", row.scheme));
        if row.scheme == "api_key" { answer.private() } else { answer }
    };
    let route = place.route.as_str();

    if place.name == "alone" {
        cases.add(
            rule("without_credentials_is_challenged_without_error"),
            get(route),
            refused(401, place.challenges.clone()),
        );
    }
    cases.add(rule("good_credentials_reach_the_handler"), with(route, &row.alice), served("alice"));
    for (what, credentials) in [("refused", &row.refused), ("malformed", &row.malformed)] {
        cases.add(
            rule(&format!("{what}_credentials_are_401")),
            with(route, credentials),
            refused(401, place.tried.clone()),
        );
    }
    let ambiguous: Vec<_> = place.has_bearer.then_some(INVALID_REQUEST).into_iter().collect();
    for (what, second) in [("equal", &row.alice), ("different", &row.root), ("good_and_malformed", &row.malformed)] {
        cases.add(
            rule(&format!("two_{what}_values_are_400")),
            (row.present)(with(route, &row.alice), second),
            refused(400, ambiguous.clone()),
        );
    }
    let scope: Vec<_> = place.has_bearer.then(|| insufficient_scope("items:write")).into_iter().collect();
    cases.add(rule("missing_scope_is_403"), with(&place.scope, &row.alice), refused(403, scope));
    cases.add(rule("held_scope_reaches_the_handler"), with(&place.scope, &row.root), served("root"));
    cases.add(rule("missing_role_is_403_without_challenge"), with(&place.role, &row.alice), plainly(403));
    cases.add(rule("held_role_reaches_the_handler"), with(&place.role, &row.root), served("root"));
    cases.add(rule("without_an_answer_of_the_store_is_503"), with(route, &row.store_down), plainly(503));
}

/// 429 and 503, never 401 and never 200.
fn add_outages(cases: &mut Cases) {
    for (route, place) in [("/basic", "alone"), ("/all", "among_three")] {
        let throttled = get(route).account("fault.throttled");
        cases.add(format!("basic_{place}_throttled_is_429"), throttled, plainly(429).retry_after("7"));
        let full = get(route).account("fault.queue-full");
        cases.add(format!("basic_{place}_with_a_full_hash_queue_is_503"), full, plainly(503));
    }
    cases.add(
        "retry_after_is_in_whole_seconds_rounded_up",
        get("/basic").account("fault.throttled-fraction"),
        plainly(429).retry_after("2"),
    );
    for (route, place) in [("/bearer", "alone"), ("/all", "among_three")] {
        let throttled = get(route).authorization(bearer("fault.throttled"));
        cases.add(format!("bearer_{place}_throttled_is_429"), throttled, plainly(429).retry_after("7"));
        let down = get(route).authorization(bearer("fault.key-server-down"));
        cases.add(format!("bearer_{place}_without_an_answer_of_the_key_server_is_503"), down, plainly(503));
    }
}

fn add_orders(cases: &mut Cases) {
    cases.add(
        "no_credentials_challenges_every_scheme_in_policy_order",
        get("/all"),
        refused(401, [BEARER, BASIC, API_KEY]),
    );
    cases.add("policy_order_is_not_realm_order", get("/reversed"), refused(401, [API_KEY, BASIC, BEARER]));
    cases.add(
        "refused_token_names_its_error_in_its_place",
        get("/reversed").authorization("Bearer x"),
        refused(401, [API_KEY, BASIC, INVALID_TOKEN]),
    );
    cases.add(
        "refused_password_leaves_the_bearer_challenge_without_error",
        get("/reversed").password("alice", "wrong"),
        refused(401, [API_KEY, BASIC, BEARER]),
    );
    let alice = cases.alice();
    let key = cases.credentials.keys.alice.clone();
    cases.add("order_does_not_decide_who_wins_bearer", get("/reversed").token(&alice), ok("alice bearer"));
    cases.add("order_does_not_decide_who_wins_basic", get("/reversed").account("alice"), ok("alice basic"));
    cases.add("order_does_not_decide_who_wins_api_key", get("/reversed").key(&key), ok("alice api_key").private());
}

/// Two explicit methods that the policy accepts.
fn add_pairs(cases: &mut Cases) {
    let token = bearer(&cases.alice().mint());
    let expired = bearer(&cases.alice().expires_in(-1).mint());
    let password = basic("alice", super::PASSWORD);
    let wrong = basic("alice", "wrong");
    let key = cases.credentials.keys.alice.clone();
    let unknown = cases.credentials.keys.unknown.clone();
    let pairs: [(&str, &str, &str); 8] = [
        ("token_and_key", &token, &key),
        ("password_and_key", &password, &key),
        ("refused_token_and_good_key", &expired, &key),
        ("refused_password_and_good_key", &wrong, &key),
        ("good_token_and_refused_key", &token, &unknown),
        ("good_token_and_empty_key", &token, ""),
        ("malformed_token_and_good_key", "Bearer", &key),
        ("good_password_and_malformed_key", &password, "x"),
    ];
    for (what, authorization, key) in pairs {
        cases.add(
            format!("{what}_are_two_methods_so_400"),
            get("/all").authorization(authorization).key(key),
            refused(400, [INVALID_REQUEST]),
        );
    }
    cases.add(
        "a_method_that_the_policy_does_not_accept_is_none_of_two_key",
        get("/bearer").authorization(&token).key(&key),
        ok("alice bearer"),
    );
    cases.add(
        "a_method_that_the_policy_does_not_accept_is_none_of_two_password",
        get("/api-key").authorization(&password).key(&key),
        ok("alice api_key").private(),
    );
    cases.add(
        "two_authorization_lines_are_400_where_no_accepted_scheme_reads_them",
        get("/api-key").authorization(&token).authorization(&password).key(&key),
        plainly(400),
    );
    cases.add(
        "two_methods_without_bearer_in_the_policy_are_400_without_challenge",
        get("/basic").authorization(&password).authorization(&token),
        plainly(400),
    );
}
