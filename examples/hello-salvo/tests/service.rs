//! Drives the real program over real sockets.

use demo::suite::{Program, Suite, alice, root, token};

const PROGRAM: &str = env!("CARGO_BIN_EXE_hello-salvo");

#[test]
fn the_demo_service_to_the_letter() {
    Suite::of(&Program::new(PROGRAM))
        .impossible("refusals::hidden_is_an_unknown_path_to_those_who_may_not_see_it", "salvo takes `/me/` for `/me`")
        .run();
}

/// What remains of the case that is impossible.
#[test]
fn hidden_is_an_unknown_path_to_those_who_may_not_see_it() {
    let server = Program::new(PROGRAM).start();
    let alice = alice().header();
    let unknown = server.get("/no/such/path", &[&alice]);
    unknown.assert_refusal(404, &[], &[]);
    for (path, headers) in [
        ("/hidden", vec![alice.clone()]),
        ("/hidden", vec![token().claim("scope", "admin").header()]),
        ("/hiddem", vec![]),
        ("/%00", vec![]),
        ("/no?access_token=x", vec![]),
    ] {
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        assert_eq!(server.get(path, &headers), unknown, "{path}");
    }
    assert_eq!(server.get("/hidden", &[]).status, 401);
    assert_eq!(server.get("/me/", &[&root().header()]).status, 200);
}
