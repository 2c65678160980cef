//! The server as a program: start, stores, two processes, `curl` lines.

use systems::testing::{Program, Request, Running, assert_help_runs, assert_readme_runs, form, json_of, postgres};

use super::{JANE, PASSWORD};

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_nexudus-portal"))
}

#[track_caller]
fn tokens(server: &Running) -> (String, String) {
    let fields = [("grant_type", "password"), ("username", JANE), ("password", PASSWORD)];
    let body = json_of(&server.send(&form("/api/token", &fields)));
    let text = |name: &str| body[name].as_str().expect(name).to_owned();
    (text("access_token"), text("refresh_token"))
}

fn refresh(token: &str) -> Request {
    form("/api/token", &[("grant_type", "refresh_token"), ("refresh_token", token)])
        .header(&format!("client_id: {JANE}"))
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
    let bearer = format!("Authorization: Bearer {access}");
    assert_eq!(server.get("/api/public/billing/customer", &[&bearer]).status, 200);
    assert_eq!(server.send(&refresh(&token)).status, 200);
    assert_eq!(server.send(&refresh(&token)).status, 400);
}

#[test]
fn two_processes_on_one_postgres_behave_as_one() {
    let Some(database) = postgres() else { return };
    let program = program();
    let arguments = ["--store", database.url()];
    let (one, two) = (program.start(&arguments), program.start(&arguments));
    let (access, token) = tokens(&one);
    assert_eq!(two.get("/api/public/teams/my", &[&format!("Authorization: Bearer {access}")]).status, 200);
    assert_eq!(two.send(&refresh(&token)).status, 200);
    assert_eq!(one.send(&refresh(&token)).status, 400, "spent at the other");
}
