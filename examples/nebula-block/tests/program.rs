//! The program as it is started: options, documents, stores, processes beside each other, what it writes down.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

use std::process::Command;

use systems::testing::{self, Program, Request, Response, Running, assert_absent, form, json_of};

const GUEST: [(&str, &str); 2] = [("username", "testemail@gmail.com"), ("password", "123456789")];

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_nebula-block"))
}

fn login(server: &Running, fields: &[(&str, &str)]) -> Response {
    server.send(&form("/api/v1/login", fields))
}

/// The header line of a token for the guest.
#[track_caller]
fn guest(server: &Running) -> String {
    let answer = login(server, &GUEST);
    format!("Authorization: Bearer {}", json_of(&answer)["data"]["jwtToken"].as_str().expect("a token"))
}

/// Makes a key: its id and the header line that presents it.
#[track_caller]
fn new_key(server: &Running, header: &str) -> (String, String) {
    let answer = server.send(&Request::new("POST", "/api-keys").header(header).json(r#"{"name":"app"}"#));
    assert_eq!(answer.status, 200, "{answer:?}");
    let data = &json_of(&answer)["data"];
    (data["id"].to_string(), format!("Authorization: Bearer {}", data["key"].as_str().expect("a key")))
}

fn credits(server: &Running, header: &str) -> u16 {
    server.get("/users/credits", &[header]).status
}

fn delete(server: &Running, header: &str, id: &str) -> u16 {
    server.send(&Request::new("DELETE", &format!("/api-keys/{id}")).header(header)).status
}

#[test]
fn start_and_end() {
    testing::start_up(&program());
}

#[test]
fn help_lines_run() {
    testing::assert_help_runs(&program());
}

#[test]
fn readme_lines_run() {
    testing::assert_readme_runs(&program(), concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
}

/// The client lines of the contract, with the sign-in as the vendor prints it.
#[test]
fn documented_command_lines_run_as_printed() {
    if Command::new("curl").arg("--version").output().is_err() {
        assert!(!std::env::var("CI").is_ok_and(|value| value == "true" || value == "1"), "curl is missing");
        eprintln!("skipped: curl is missing");
        return;
    }
    let server = program().start(&["--store", "memory:"]);
    let script = r#"
set -e
field() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"; }
curl() { command curl --fail --max-time 60 --noproxy '*' "$@"; }
B=http://$ADDRESS/api/v1
curl -sS $B/login --data-urlencode username=testemail@gmail.com --data-urlencode password=123456789 > /dev/null
JWT=$(curl -sS -X POST $B/login -H 'Content-Type: application/x-www-form-urlencoded' -d '{
    "username": "testemail@gmail.com",
    "password": "123456789",
}' | field jwtToken)
curl -sS -H "Authorization: Bearer $JWT" $B/users/credits
AK=$(curl -sS -X POST $B/api-keys -H "Authorization: Bearer $JWT" -d '{ "name": "test-api-key", "description": "This is a test API key", }' | field key)
curl -sS -H "Authorization: Bearer $AK" $B/users/credits
ID=$(curl -sS -H "Authorization: Bearer $AK" $B/api_keys | field id)
curl -sS -X DELETE -H "Authorization: Bearer $JWT" $B/api-keys/$ID
"#;
    let output = Command::new("sh").args(["-c", script]).env("ADDRESS", &server.address).output().expect("a shell");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{} {}", text(&output.stdout), text(&output.stderr));
    let answered = text(&output.stdout);
    assert_eq!(answered.matches("User credit balance successfully retrieved").count(), 2, "{answered}");
    assert!(answered.ends_with(r#"{"data":{},"message":"API key successfully deleted","status":"success"}"#));
}

/// The whole way on each store: sign-in, a key made by a key, both lists, deletion.
#[test]
fn every_store_keeps_the_rules() {
    let database = testing::postgres();
    let mut stores = vec!["memory:", "sqlite:./rules.db"];
    if let Some(database) = &database {
        stores.push(database.url());
    }
    for store in stores {
        let server = program().start(&["--store", store]);
        let jwt = guest(&server);
        let (first, by_first) = new_key(&server, &jwt);
        let (_, by_second) = new_key(&server, &by_first);
        let (other, by_other) = new_key(&server, &jwt);
        for path in ["/api-keys", "/api_keys"] {
            let listed = json_of(&server.get(path, &[&by_second]));
            assert_eq!(listed["data"].as_array().map(Vec::len), Some(3), "{store}: {listed}");
        }
        assert_eq!(delete(&server, &by_second, &first), 200, "{store}");
        let statuses = [&by_first, &by_second, &by_other, &jwt].map(|header| credits(&server, header));
        assert_eq!(statuses, [401, 401, 200, 200], "{store}");
        assert_eq!((delete(&server, &jwt, &first), delete(&server, &jwt, &other)), (404, 200), "{store}");
        for at in 0..50 {
            let (id, _) = new_key(&server, &jwt);
            assert!(id.parse::<u64>().is_ok(), "{store} {at}: {id}");
        }
        let more = Request::new("POST", "/api-keys").header(&jwt).json(r#"{"name":"51"}"#);
        assert_eq!(server.send(&more).status, 409, "{store}");
        let admin = login(&server, &[("username", "admin@example.com"), ("password", "S3cur3P@ss")]);
        let admin = format!("Authorization: Bearer {}", json_of(&admin)["data"]["jwtToken"].as_str().expect("a token"));
        let users = json_of(&server.get("/admin/users", &[&admin]));
        assert_eq!(users["data"].as_array().map(Vec::len), Some(3), "{store}: {users}");
        assert_eq!(server.get("/admin/users", &[&jwt]).status, 403, "{store}");
    }
}

#[test]
fn settings_of_this_system() {
    let server = program().start(&["--store", "memory:", "--set", "lenient_json=false"]);
    let body = r#"{"username":"testemail@gmail.com","password":"123456789",}"#;
    assert_eq!(server.send(&Request::new("POST", "/login").body(body)).status, 422);
    let twice = &["--set", "lenient_json=true", "--set", "lenient_json=true"][..];
    for bad in [&["--set", "lenient_json=yes"][..], &["--set", "expire_in=duration"], twice, &["--mode", "single"]] {
        let ended = program().run(&[&["--store", "memory:"], bad].concat());
        assert_eq!((ended.code, ended.stderr.lines().count()), (Some(2), 1), "{bad:?}: {}", ended.stderr);
    }
}

#[test]
fn roles_of_an_accounts_file() {
    let program = program();
    let file = program.write(
        "accounts.toml",
        "[[account]]\nid = 7\nlogin = \"boss\"\npassword = \"S3cur3P@ss\"\nroles = [\"admin\"]\n",
    );
    let server = program.start(&["--store", "memory:", "--accounts", &file]);
    let data = &json_of(&login(&server, &[("username", "BOSS"), ("password", "S3cur3P@ss")]))["data"];
    assert_eq!((&data["id"], &data["name"], &data["is_staff"]), (&7.into(), &"boss".into(), &true.into()));
    let header = format!("Authorization: Bearer {}", data["jwtToken"].as_str().expect("a token"));
    assert_eq!(server.get("/admin/users", &[&header]).status, 200);
}

#[test]
fn what_is_stored_outlives_the_process_and_is_no_secret() {
    let database = testing::postgres();
    let stores = ["sqlite:./own.db".to_owned()].into_iter().chain(database.iter().map(|store| store.url().to_owned()));
    for store in stores {
        let program = program();
        let first = program.start_with(&["--store", &store], &[("RUST_LOG", "trace")]);
        let jwt = guest(&first);
        let (_, key) = new_key(&first, &jwt);
        let (gone, dead) = new_key(&first, &jwt);
        assert_eq!(delete(&first, &jwt, &gone), 200);
        let planted = [("username", "planted@example.com"), ("password", "planted-password")];
        assert_eq!(login(&first, &planted).status, 401);
        let body = "{\"username\": \"planted-in-json\", \"password\": \"planted-in-json\",}";
        assert_eq!(first.send(&Request::new("POST", "/login").body(body)).status, 401);
        let header = "Authorization: Bearer ak_planted-key-that-is-of-no-good-length";
        assert_eq!(first.get("/users/credits?t=planted-in-query", &[header]).status, 401);
        let (code, log) = first.stop();
        assert_eq!(code, Some(0));
        assert!(log.contains("/api/v1/login"), "the log is there: {log}");

        let second = program.start(&["--store", &store]);
        assert_eq!((credits(&second, &jwt), credits(&second, &key), credits(&second, &dead)), (200, 200, 401));
        let log = log + &second.stop().1;
        let signature = jwt.rsplit('.').next().expect("a signature");
        let [key, dead] = [&key, &dead].map(|header| header.split_once("ak_").expect("a key").1);
        let secrets = [
            signature,
            key,
            dead,
            "planted@example.com",
            "planted-password",
            "planted-in-json",
            "planted-in-query",
            "planted-key",
            "S3cur3P@ss",
        ];
        assert_absent(&secrets, &log, &[program.directory()]);
        assert!(!log.contains("123456789"), "the demo password");
    }
}

#[test]
fn two_processes_on_one_postgresql_behave_as_one() {
    let Some(database) = testing::postgres() else { return };
    let program = program();
    let [one, two] = [(); 2].map(|()| program.start(&["--store", database.url()]));
    let jwt = guest(&one);
    let (id, key) = new_key(&one, &jwt);
    let (_, made) = new_key(&two, &key);
    for header in [&jwt, &key, &made] {
        assert_eq!((credits(&one, header), credits(&two, header)), (200, 200));
    }
    assert_eq!(delete(&two, &jwt, &id), 200);
    for header in [&key, &made] {
        assert_eq!((credits(&one, header), credits(&two, header)), (401, 401), "dead in both at once");
    }
    assert_eq!(delete(&one, &jwt, &id), 404);
    for at in 0..50 {
        new_key(if at % 2 == 0 { &one } else { &two }, &jwt);
    }
    for server in [&one, &two] {
        let more = Request::new("POST", "/api-keys").header(&jwt).json(r#"{"name":"51"}"#);
        assert_eq!(server.send(&more).status, 409, "counted together");
    }
    let wrong = [("username", "admin@example.com"), ("password", "wrong")];
    for at in 0..10 {
        assert_eq!(login(if at % 2 == 0 { &one } else { &two }, &wrong).status, 401, "{at}");
    }
    let right = [("username", "admin@example.com"), ("password", "S3cur3P@ss")];
    assert_eq!((login(&one, &right).status, login(&two, &right).status), (429, 429), "failures are counted together");
}

/// With kept keys and a store in memory, who has a random id is gone after a restart.
#[test]
fn a_token_from_before_the_restart_of_a_memory_store() {
    let program = program();
    for (start, status) in [("[[account]]\nid = 7\n", 200), ("[[account]]\n", 401)] {
        let text = format!("{start}login = \"testemail@gmail.com\"\npassword = \"123456789\"\n");
        let file = program.write("accounts.toml", &text);
        let first = program.start(&["--store", "memory:", "--accounts", &file]);
        let jwt = guest(&first);
        let (_, key) = new_key(&first, &jwt);
        first.kill();
        let second = program.start(&["--store", "memory:", "--accounts", &file]);
        assert_eq!((credits(&second, &jwt), credits(&second, &key)), (status, 401), "{start}");
    }
}
