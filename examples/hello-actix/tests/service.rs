//! Drives the real program over real sockets.

use demo::suite::{Program, Suite};

#[test]
fn the_demo_service_to_the_letter() {
    Suite::of(&Program::new(env!("CARGO_BIN_EXE_hello-actix")))
        .impossible(
            "refusals::nobody_is_asked_for_a_body_that_is_refused",
            "actix-web says `100 Continue` before the application sees the request",
        )
        .run();
}
