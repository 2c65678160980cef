//! The program: start, stores, several processes, documents, secrets.

use std::time::{Duration, Instant};

use systems::testing::{
    Program, Request, Response, Running, assert_absent, assert_help_runs, assert_readme_runs, form, json_of,
};

use crate::mail;
use crate::support::{JANE, PASSWORD, admin, bearer, cookie, sign_in, value};

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_nexudus-users"))
}

#[test]
fn start_and_end() {
    systems::testing::start_up(&program());
    for set in ["reveal_unknown=maybe", "login_ends_bearer=1", "expire_in=absolute", "lenient_json=true"] {
        assert_eq!(program().run(&["--store", "memory:", "--set", set]).code, Some(2), "{set}");
    }
    let twice = ["--store", "memory:", "--set", "reveal_unknown=true", "--set", "reveal_unknown=false"];
    assert_eq!(program().run(&twice).code, Some(2));
    assert!(program().run(&["--help"]).stdout.contains("127.0.0.1:8003"));
}

#[test]
fn curl_lines_of_the_help() {
    assert_help_runs(&program());
}

#[test]
fn curl_lines_of_the_readme() {
    assert_readme_runs(&program(), concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
}

/// Section E, row U.
#[track_caller]
fn walk(server: &Running, other: &Running) {
    let wrong = server.send(&sign_in(JANE, "wrong"));
    assert_eq!((wrong.status, json_of(&wrong)["Status"].as_u64()), (200, Some(500)));
    assert!(json_of(&wrong).get("Value").is_none());
    let body = format!(r#"{{"Email":"{JANE}","Password":"{PASSWORD}","validityInMinutes":"30"}}"#);
    let token = value(&server.send(&Request::new("POST", "/sys/users/token").json(body)));
    let refresh = |header: &str| other.send(&Request::new("POST", "/sys/users/42/token/refresh").header(header));
    value(&refresh(&admin()));
    assert_eq!(refresh(&bearer(&token)).status, 401);
    let path = format!("/en/user/login?t={token}");
    assert_eq!(server.get(&format!("{path}&redirectUrl=//evil"), &[]).status, 400);
    assert_eq!(server.send(&Request::new("HEAD", &path)).status, 405);
    let servers = [server, other];
    let answers: Vec<Response> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            servers.iter().cycle().take(6).map(|server| scope.spawn(|| server.get(&path, &[]))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let winners: Vec<&Response> = answers.iter().filter(|answer| answer.status == 302).collect();
    assert_eq!(winners.len(), 1, "{answers:?}");
    assert!(answers.iter().all(|answer| matches!(answer.status, 302 | 401)), "{answers:?}");
    let session = cookie(winners[0]);
    for server in servers {
        assert_eq!(server.get(&path, &[]).status, 401);
        assert_eq!(server.get("/en/", &[&session]).status, 200);
        assert_eq!(server.get("/en/profile?_resource=Coworker", &[&bearer(&token)]).status, 401);
    }
    let logout = Request::new("POST", "/en/user/logout").headers(&[&session, "Sec-Fetch-Site: same-origin"]);
    assert_eq!(other.send(&logout).status, 303);
    assert_eq!(server.get("/en/", &[&session]).status, 401);
}

#[test]
fn one_process_on_each_store() {
    let postgres = systems::testing::postgres();
    let mut stores = vec!["memory:", "sqlite:./own.db"];
    if let Some(database) = &postgres {
        stores.push(database.url());
    }
    for store in stores {
        let server = program().start(&["--store", store]);
        walk(&server, &server);
        assert_eq!(server.stop().0, Some(0));
    }
}

#[test]
fn what_is_kept_survives_a_restart() {
    let program = program();
    let server = program.start(&["--store", "sqlite:./own.db"]);
    let (spent, kept) = (value(&server.send(&sign_in(JANE, PASSWORD))), value(&server.send(&sign_in(JANE, PASSWORD))));
    let session = cookie(&server.get(&format!("/en/user/login?t={spent}"), &[]));
    assert_eq!(server.stop().0, Some(0));
    let server = program.start(&["--store", "sqlite:./own.db"]);
    assert_eq!(server.get(&format!("/en/user/login?t={spent}"), &[]).status, 401);
    assert_eq!(server.get("/en/", &[&session]).status, 200);
    assert_eq!(server.get(&format!("/en/user/login?t={kept}"), &[]).status, 302);
}

#[test]
fn two_processes_on_one_postgresql_behave_as_one() {
    let Some(database) = systems::testing::postgres() else { return };
    let program = program();
    let arguments = ["--store", database.url()];
    let (one, other) = (program.start(&arguments), program.start(&arguments));
    walk(&one, &other);
    walk(&other, &one);
    for server in [&one, &other].into_iter().cycle().take(9) {
        assert_eq!(server.send(&sign_in("nobody@example.com", "wrong")).status, 200);
    }
    assert_eq!(other.send(&sign_in("nobody@example.com", "wrong")).status, 200, "the tenth");
    assert_eq!(one.send(&sign_in("nobody@example.com", "wrong")).status, 429, "the eleventh");
}

#[test]
fn planted_secrets_are_nowhere_in_logs_and_files() {
    let program = program();
    let server = program.start_with(&["--store", "sqlite:./own.db"], &[("RUST_LOG", "trace")]);
    let (wrong, unknown, new) = ("planted-wrong-password", "planted-unknown@example.com", "planted new password");
    let token = value(&server.send(&sign_in(JANE, PASSWORD)));
    for (email, password) in [(JANE, wrong), (unknown, wrong)] {
        assert_eq!(server.send(&sign_in(email, password)).status, 200);
    }
    let session = cookie(&server.get(&format!("/en/user/login?t={token}&redirectUrl=%2Fplanted-target"), &[]));
    let session = session.split_once('=').unwrap().1.to_owned();
    assert_eq!(server.get(&format!("/en/user/login?t={token}"), &[]).status, 401);
    assert_eq!(server.get("/en/", &[&format!("Cookie: __Host-nx_session={session}")]).status, 200);
    let fields = [("grant_type", "password"), ("username", "admin@example.com"), ("password", PASSWORD)];
    let rest = json_of(&server.send(&form("/api/token", &fields)));
    let (access, refresh) = (rest["access_token"].as_str().unwrap(), rest["refresh_token"].as_str().unwrap());
    let by_admin = value(&server.send(&Request::new("POST", "/sys/users/42/token/refresh").header(&bearer(access))));
    assert_eq!(server.get("/en/profile", &[&bearer(&by_admin)]).status, 200);
    assert_eq!(server.get(&format!("/en/user/resetPassword?email={unknown}"), &[]).status, 404);
    assert_eq!(server.get("/en/user/resetPassword?email=jane.doe%40example.com", &[]).status, 200);
    let outbox = program.directory().join("nexudus-users-outbox");
    let begin = Instant::now();
    let mail = loop {
        match mail::read(&outbox).pop() {
            Some(mail) => break mail,
            None => assert!(begin.elapsed() < Duration::from_mins(1), "no mail"),
        }
        std::thread::yield_now();
    };
    let link = mail::link(&mail, &server.address);
    let secret = link.split_once("?token=").unwrap().1.to_owned();
    assert_eq!(server.get(&link, &[]).status, 200);
    let fields = [("token", secret.as_str()), ("password", new), ("confirmation", new)];
    assert_eq!(server.send(&form("/en/user/newPassword", &fields)).status, 200);
    let (code, log) = server.stop();
    assert_eq!(code, Some(0));
    assert!(log.contains("authn_login_success") && log.contains("/{language}/user/login"), "the log is alive: {log}");
    // The outbox is where mails are: what is in there is no leak.
    std::fs::remove_dir_all(&outbox).unwrap();
    let signature = |token: &str| token.rsplit_once('.').unwrap().1.to_owned();
    let (token, by_admin, access) = (signature(&token), signature(&by_admin), signature(access));
    let secrets =
        [PASSWORD, wrong, unknown, new, &token, &by_admin, &access, refresh, &session, &secret, "planted-target"];
    assert_absent(&secrets, &log, &[program.directory()]);
}
