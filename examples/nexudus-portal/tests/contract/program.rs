//! The server as a program: start, stores, two processes, secrets, `curl` lines.

use systems::testing::{
    Program, Request, Response, Running, assert_absent, assert_help_runs, assert_readme_runs, basic, form, json_of,
    postgres,
};

use super::{JANE, NEW_PASSWORD, PASSWORD, RESET, member};

const CLIENT: &str = "client_id: nexudus.portal.jane.doe@example.com";

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_nexudus-portal"))
}

fn sign_in(server: &Running, user: &str, password: &str) -> Response {
    let fields = [("grant_type", "password"), ("username", user), ("password", password)];
    server.send(&form("/api/token", &fields).header(CLIENT))
}

fn refresh(server: &Running, token: &str) -> Response {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
    server.send(&form("/api/token", &fields).header(CLIENT))
}

fn profile(server: &Running, token: &str) -> u16 {
    server.get("/api/public/billing/customer", &[&format!("Authorization: Bearer {token}")]).status
}

fn complete(server: &Running, token: &str) -> Response {
    let body = serde_json::json!({ "Token": token, "Password": NEW_PASSWORD, "BusinessId": 1 });
    server.send(&Request::new("POST", "/api/sys/users/completePasswordReset").json(body.to_string()))
}

fn exchange(server: &Running, token: &str) -> Response {
    let path = format!("/api/sys/users/exchange?token={token}&validForInMinutes=1440");
    server.send(&Request::new("POST", &path))
}

#[test]
fn starts_as_all_five_do() {
    systems::testing::start_up(&program());
}

#[test]
fn the_lines_of_the_help_work() {
    assert_help_runs(&program());
}

#[test]
fn the_lines_of_the_readme_work() {
    assert_readme_runs(&program(), concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
}

/// The whole of the contract's way, at one server and at another, which may be the same.
fn assert_state_is_shared(one: &Running, two: &Running) {
    let pair = sign_in(one, JANE, PASSWORD);
    let (access, token) = (member(&pair, "access_token"), member(&pair, "refresh_token"));
    assert_eq!(profile(two, &access), 200);
    let next = refresh(two, &token);
    assert_eq!(next.status, 200, "{next:?}");
    assert_eq!(refresh(one, &token).status, 400, "spent at the other");
    assert_eq!(refresh(two, &member(&next, "refresh_token")).status, 400, "the chain is dead everywhere");
    let reset = member(&sign_in(one, RESET, PASSWORD), "error_description");
    let exchangeable = member(&complete(two, &reset), "Value");
    assert_eq!(complete(one, &reset).status, 400);
    let pair = exchange(one, &exchangeable);
    assert_eq!((pair.status, exchange(two, &exchangeable).status), (200, 401));
    assert_eq!(profile(two, &member(&pair, "token")), 200);
    let wrong = |server: &Running| sign_in(server, JANE, "wrong").status;
    for at in 0..10 {
        assert_eq!(wrong(if at % 2 == 0 { one } else { two }), 400);
    }
    assert_eq!((wrong(one), wrong(two)), (429, 429), "counted together");
}

#[test]
fn memory_and_sqlite_keep_the_state_rules() {
    for store in ["memory:", "sqlite:./portal.db"] {
        let server = program().start(&["--store", store]);
        assert_state_is_shared(&server, &server);
    }
}

#[test]
fn two_processes_on_one_postgres_behave_as_one() {
    let Some(database) = postgres() else { return };
    let program = program();
    let arguments = ["--store", database.url()];
    let (one, two) = (program.start(&arguments), program.start(&arguments));
    let token = member(&sign_in(&one, JANE, PASSWORD), "refresh_token");
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> =
            [&one, &two, &one, &two].map(|server| scope.spawn(|| refresh(server, &token).status)).into();
        tries.into_iter().map(|attempt| attempt.join().expect("an answer")).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400, 400, 400], "rule 9, over both");
    assert_state_is_shared(&one, &two);
}

#[test]
fn a_kept_store_keeps_tokens_over_a_kill() {
    let program = program();
    let server = program.start(&[]);
    let pair = sign_in(&server, JANE, PASSWORD);
    server.kill();
    let server = program.start(&[]);
    assert_eq!(profile(&server, &member(&pair, "access_token")), 200);
    assert_eq!(refresh(&server, &member(&pair, "refresh_token")).status, 200);
}

#[test]
fn with_memory_and_kept_keys_only_ids_of_the_file_outlive_a_restart() {
    let program = program();
    let file = program.write(
        "accounts.toml",
        "[[account]]\nlogin = \"jane.doe@example.com\"\npassword = \"S3cur3P@ss\"\n[[account]]\nid = 7\nlogin = \"fixed@example.com\"\npassword = \"S3cur3P@ss\"\n",
    );
    let arguments = ["--store", "memory:", "--accounts", &file];
    let server = program.start(&arguments);
    let [chosen, fixed] =
        [JANE, "fixed@example.com"].map(|user| member(&sign_in(&server, user, PASSWORD), "access_token"));
    server.kill();
    let server = program.start(&arguments);
    assert_eq!((profile(&server, &chosen), profile(&server, &fixed)), (401, 200));
}

#[test]
fn planted_secrets_are_nowhere() {
    let program = program();
    let server = program.start_with(&[], &[("RUST_LOG", "trace")]);
    let pair = sign_in(&server, JANE, PASSWORD);
    let (access, token) = (member(&pair, "access_token"), member(&pair, "refresh_token"));
    let next = member(&refresh(&server, &token), "refresh_token");
    let reset = member(&sign_in(&server, RESET, PASSWORD), "error_description");
    let once = member(&complete(&server, &reset), "Value");
    assert_eq!(exchange(&server, &once).status, 200);
    assert_eq!(sign_in(&server, "planted-name@example.com", "planted-password").status, 400);
    let fields =
        [("grant_type", "password"), ("username", "twofa@example.com"), ("password", PASSWORD), ("totp", "918273")];
    assert_eq!(json_of(&server.send(&form("/api/token", &fields)))["error"], "two_factor_auth_check");
    let basic = basic(JANE, "planted-basic-password");
    assert_eq!(server.get("/api/public/teams/my?t=planted-in-query", &[&basic]).status, 401);
    assert_eq!(exchange(&server, "planted-exchange-token").status, 401);
    let otp = "/api/sys/users/sendOtp?email=planted-name%40example.com&businessId=1";
    assert_eq!(server.get(otp, &[]).status, 200);
    let (code, log) = server.stop();
    assert_eq!(code, Some(0));
    assert!(log.contains("/api/sys/users/exchange") && log.contains("wrong_password"), "the log is there: {log}");
    let signature = |token: &str| token.rsplit('.').next().expect("a signature").to_owned();
    let (access, once) = (signature(&access), signature(&once));
    let basic = basic.rsplit(' ').next().expect("a value");
    let secrets = [
        PASSWORD,
        NEW_PASSWORD,
        &access,
        &token,
        &next,
        &reset,
        &once,
        "planted-name",
        "planted-password",
        "918273",
        basic,
        "planted-basic-password",
        "planted-in-query",
        "planted-exchange-token",
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
        "12345678901234567890",
    ];
    assert_absent(&secrets, &log, &[program.directory()]);
}
