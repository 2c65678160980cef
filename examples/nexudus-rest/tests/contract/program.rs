//! The server as a program: start, stores, two processes, secrets, `curl` lines.

use systems::testing::{
    Program, Request, Running, assert_absent, assert_help_runs, assert_readme_runs, basic, form, json_of, postgres,
};

use super::{ADMIN, PASSWORD};

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_nexudus-rest"))
}

#[track_caller]
fn tokens(server: &Running) -> (String, String) {
    let fields = [("grant_type", "password"), ("username", ADMIN), ("password", PASSWORD)];
    let body = json_of(&server.send(&form("/api/token", &fields)));
    let text = |name: &str| body[name].as_str().expect(name).to_owned();
    (text("access_token"), text("refresh_token"))
}

fn refresh(token: &str) -> Request {
    form("/api/token", &[("grant_type", "refresh_token"), ("refresh_token", token)])
        .header("client_id: admin@example.com")
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

#[test]
fn a_kept_store_keeps_tokens_over_a_kill() {
    let program = program();
    let server = program.start(&[]);
    let (access, token) = tokens(&server);
    server.kill();
    let server = program.start(&[]);
    assert_eq!(server.get("/api/sys/coworkers", &[&format!("Authorization: Bearer {access}")]).status, 200);
    assert_eq!(server.send(&refresh(&token)).status, 200);
    assert_eq!(server.send(&refresh(&token)).status, 400);
}

#[test]
fn with_memory_and_kept_keys_an_old_token_is_refused() {
    let program = program();
    let server = program.start(&["--store", "memory:"]);
    let (access, _) = tokens(&server);
    server.kill();
    let server = program.start(&["--store", "memory:"]);
    assert_eq!(server.get("/api/sys/coworkers", &[&format!("Authorization: Bearer {access}")]).status, 401);
}

#[test]
fn two_processes_on_one_postgres_behave_as_one() {
    let Some(database) = postgres() else { return };
    let program = program();
    let arguments = ["--store", database.url()];
    let (one, two) = (program.start(&arguments), program.start(&arguments));
    let (access, token) = tokens(&one);
    assert_eq!(two.get("/api/sys/coworkers", &[&format!("Authorization: Bearer {access}")]).status, 200);
    assert_eq!(two.send(&refresh(&token)).status, 200);
    assert_eq!(one.send(&refresh(&token)).status, 400, "spent at the other");
    let wrong = form("/api/token", &[("grant_type", "password"), ("username", ADMIN), ("password", "wrong")]);
    for at in 0..10 {
        assert_eq!(if at % 2 == 0 { &one } else { &two }.send(&wrong).status, 400);
    }
    assert_eq!((one.send(&wrong).status, two.send(&wrong).status), (429, 429), "counted together");
}

#[test]
fn planted_secrets_are_nowhere() {
    let program = program();
    let server = program.start_with(&[], &[("RUST_LOG", "trace")]);
    let (access, token) = tokens(&server);
    let fields =
        [("grant_type", "password"), ("username", "planted-name@example.com"), ("password", "planted-password")];
    assert_eq!(server.send(&form("/api/token", &fields)).status, 400);
    let header = basic(ADMIN, "planted-basic-password");
    assert_eq!(server.get("/api/sys/coworkers?t=planted-in-query", &[&header]).status, 401);
    assert_eq!(
        server.get("/api/sys/coworkers?t=planted-in-query", &[&format!("Authorization: Bearer {access}")]).status,
        200
    );
    let (code, log) = server.stop();
    assert_eq!(code, Some(0));
    let signature = access.rsplit('.').next().expect("a signature");
    let secrets = [
        PASSWORD,
        &token,
        signature,
        "planted-name",
        "planted-password",
        "planted-basic-password",
        "planted-in-query",
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
        header.rsplit(' ').next().expect("a value"),
    ];
    assert!(log.contains("/api/token") && log.contains("wrong_password"), "the log is there: {log}");
    assert_absent(&secrets, &log, &[program.directory()]);
}
