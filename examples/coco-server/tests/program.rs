//! The program as it is started: options, documents, stores, processes beside each other, what it writes down.
#![expect(clippy::indexing_slicing, reason = "JSON is looked into by index")]

use systems::testing::{self, Program, Request, Running, assert_absent, json_of};

const ADMIN: &str = r#"{"email":"admin@example.com","password":"mypassword"}"#;

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_coco-server"))
}

fn login(server: &Running, body: &str) -> (u16, String) {
    let answer = server.send(&Request::new("POST", "/account/login").json(body));
    let token = json_of(&answer)["access_token"].as_str().unwrap_or_default().to_owned();
    (answer.status, token)
}

fn profile(server: &Running, header: &str) -> u16 {
    server.get("/account/profile", &[header]).status
}

/// Makes an API token: its id and its text.
fn new_key(server: &Running, bearer: &str) -> (String, String) {
    let answer = server.send(&Request::new("POST", "/auth/access_token").header(bearer).json(r#"{"name":"app"}"#));
    assert_eq!(answer.status, 200, "{}", server.log());
    let made = json_of(&answer);
    let text = |name: &str| made[name].as_str().unwrap_or_default().to_owned();
    (text("_id"), text("access_token"))
}

#[test]
fn start_and_end() {
    testing::start_up(&program());
}

#[test]
fn everything_refused_has_the_envelope() {
    let server = program().start(&["--store", "memory:"]);
    let bearer = format!("Authorization: Bearer {}", login(&server, ADMIN).1);
    let paths = [
        "/account/login",
        "/account/logout",
        "/account/profile",
        "/account/password",
        "/auth/access_token",
        "/auth/access_token/_search",
        "/auth/access_token/{x}",
        "/provider/_info",
        "/{x}",
    ];
    testing::assert_own_form(|request| server.send(request), &[&bearer], &paths);
    testing::assert_own_form(|request| server.send(request), &[], &paths);
}

#[test]
fn help_lines_run() {
    testing::assert_help_runs(&program());
}

#[test]
fn readme_lines_run() {
    testing::assert_readme_runs(&program(), concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
}

#[test]
fn single_mode_has_one_account_and_no_name() {
    let program = program();
    let server = program.start(&["--store", "memory:", "--mode", "single"]);
    assert_eq!(login(&server, r#"{"password":"mypassword"}"#).0, 200);
    assert_eq!(login(&server, r#"{"password":"wrong"}"#).0, 403);
    assert_eq!(login(&server, ADMIN).0, 403);
    let account = |login: &str| format!("[[account]]\nlogin = \"{login}\"\npassword = \"a password\"\n");
    for (text, starts) in [(account("a"), true), (account("a") + &account("b"), false)] {
        let program = program.elsewhere();
        let file = program.write("accounts.toml", &text);
        let arguments = ["--store", "memory:", "--mode", "single", "--accounts", &file];
        if starts {
            let server = program.start(&arguments);
            assert_eq!(login(&server, r#"{"password":"a password"}"#).0, 200);
        } else {
            let ended = program.run(&arguments);
            assert_eq!((ended.code, ended.stderr.lines().count()), (Some(2), 1), "{}", ended.stderr);
        }
    }
    for mode in ["", "both", "Single"] {
        assert_eq!(program.elsewhere().run(&["--store", "memory:", "--mode", mode]).code, Some(2), "{mode}");
    }
}

#[test]
fn settings_of_this_system() {
    let server = program().start(&[
        "--store",
        "memory:",
        "--set",
        "expire_in=absolute",
        "--set",
        "cors_origins=https://a.example https://b.example",
    ]);
    let answer = server.send(&Request::new("POST", "/account/login").json(ADMIN));
    assert!(json_of(&answer)["expire_in"].as_u64().unwrap_or_default() > 1_000_000_000);
    for (origin, allowed) in [("https://b.example", true), ("https://c.example", false)] {
        let answer = server.get("/provider/_info", &[&format!("Origin: {origin}")]);
        assert_eq!(answer.all("access-control-allow-origin").len(), usize::from(allowed), "{origin}");
    }
    for bad in ["expire_in=never", "reveal_unknown=true", "cors_origins=*", "cors_origins=a.example"] {
        assert_eq!(program().run(&["--store", "memory:", "--set", bad]).code, Some(2), "{bad}");
    }
}

#[test]
fn what_is_stored_outlives_the_process_and_is_no_secret() {
    let database = testing::postgres();
    let stores = ["sqlite:./own.db".to_owned()].into_iter().chain(database.iter().map(|store| store.url().to_owned()));
    for store in stores {
        let program = program();
        let first = program.start(&["--store", &store]);
        let (_, jwt) = login(&first, ADMIN);
        let (_, gone) = login(&first, ADMIN);
        let bearer = format!("Authorization: Bearer {jwt}");
        let (_, key) = new_key(&first, &bearer);
        let ended = Request::new("POST", "/account/logout").header(&format!("Authorization: Bearer {gone}"));
        assert_eq!(first.send(&ended).status, 200);
        assert_eq!(login(&first, r#"{"email":"planted@example.com","password":"planted-secret"}"#).0, 403);
        first.get("/account/profile?t=planted-query", &["X-API-TOKEN: planted-api-token"]);
        let (code, log) = first.stop();
        assert_eq!(code, Some(0));

        let second = program.start(&["--store", &store]);
        assert_eq!(profile(&second, &bearer), 200, "{store}");
        assert_eq!(profile(&second, &format!("X-API-TOKEN: {key}")), 200, "{store}");
        assert_eq!(profile(&second, &format!("Authorization: Bearer {gone}")), 401, "{store}");
        let random = key.split_once('_').map(|(_, random)| random.to_owned()).unwrap_or_default();
        let planted = ["mypassword", "planted-secret", "planted@example.com", "planted-query", "planted-api-token"];
        let secrets: Vec<&str> = planted.into_iter().chain([jwt.as_str(), gone.as_str(), random.as_str()]).collect();
        assert_absent(&secrets, &(log + &second.stop().1), &[program.directory()]);
    }
}

#[test]
fn two_processes_on_one_postgresql_behave_as_one() {
    let Some(database) = testing::postgres() else { return };
    let program = program();
    let [one, two] = [(); 2].map(|()| program.start(&["--store", database.url()]));
    let (_, jwt) = login(&one, ADMIN);
    let bearer = format!("Authorization: Bearer {jwt}");
    let (id, key) = new_key(&one, &bearer);
    assert_eq!((profile(&two, &bearer), profile(&two, &format!("X-API-TOKEN: {key}"))), (200, 200));
    let delete = Request::new("DELETE", &format!("/auth/access_token/{id}")).header(&bearer);
    assert_eq!(two.send(&delete).status, 200);
    assert_eq!(profile(&one, &format!("X-API-TOKEN: {key}")), 401);
    assert_eq!(two.send(&Request::new("POST", "/account/logout").header(&bearer)).status, 200);
    assert_eq!(profile(&one, &bearer), 401);
    for at in 0..10 {
        let server = if at % 2 == 0 { &one } else { &two };
        assert_eq!(login(server, r#"{"email":"jdoe@example.com","password":"wrong"}"#).0, 403, "{at}");
    }
    assert_eq!(
        login(&one, r#"{"email":"jdoe@example.com","password":"mypassword"}"#).0,
        429,
        "failures are counted together"
    );
}

/// With kept keys and a store in memory, who has a random id is gone after a restart.
#[test]
fn a_token_from_before_the_restart_of_a_memory_store() {
    let program = program();
    for (file, status) in [("[[account]]\nid = 7\n", 200), ("[[account]]\n", 401)] {
        let text = format!("{file}login = \"admin@example.com\"\npassword = \"mypassword\"\n");
        let file = program.write("accounts.toml", &text);
        let first = program.start(&["--store", "memory:", "--accounts", &file]);
        let (_, jwt) = login(&first, ADMIN);
        first.kill();
        let second = program.start(&["--store", "memory:", "--accounts", &file]);
        let answer = second.get("/account/profile", &[&format!("Authorization: Bearer {jwt}")]);
        assert_eq!(answer.status, status);
        if status == 401 {
            assert_eq!(json_of(&answer)["error"]["reason"], "user not found");
        }
    }
}
