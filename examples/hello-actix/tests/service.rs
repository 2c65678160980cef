//! Drives the real program over real sockets.

use demo::suite::{Program, Suite};

#[test]
fn the_demo_service_to_the_letter() {
    Suite::of(&Program::new(env!("CARGO_BIN_EXE_hello-actix")))
        .impossible(
            "refusals::nobody_is_asked_for_a_body_that_is_refused",
            "actix-web says `100 Continue` before the application sees the request",
        )
        .impossible("paths::a_path_in_escapes_is_another_path", "actix-web takes `/%6de` for `/me`")
        // Source: `conn_type` in actix-http 3.20's `h1/codec.rs`, `not_pipelined` in its `h1/dispatcher.rs`.
        .impossible(
            "paths::after_a_connection_is_said_to_close_nothing_is_answered",
            "actix-http keeps a connection if the next request, which it has read already, wants it kept",
        )
        .run();
}
