//! Drives the real program over real sockets.

use demo::suite::{Program, Suite};

#[test]
fn the_demo_service_to_the_letter() {
    Suite::of(&Program::new(env!("CARGO_BIN_EXE_hello-salvo")))
        .impossible("refusals::a_slash_at_the_end_makes_another_path", "salvo takes `/me/` for `/me`")
        .run();
}
