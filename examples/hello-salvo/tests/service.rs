//! Drives the real program over real sockets.

use demo::suite::{Program, Suite};

#[test]
fn the_demo_service_to_the_letter() {
    Suite::of(&Program::new(env!("CARGO_BIN_EXE_hello-salvo")))
        .impossible("refusals::a_slash_at_the_end_makes_another_path", "salvo takes `/me/` for `/me`")
        .impossible("paths::a_path_with_more_slashes_or_dots_is_another_path", "salvo takes `//me` for `/me`")
        .impossible("paths::a_path_in_escapes_is_another_path", "salvo takes `/%6de` for `/me`")
        .run();
}
