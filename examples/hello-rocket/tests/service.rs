//! Drives the real program over real sockets.

use demo::suite::{Program, Suite};

#[test]
fn the_demo_service_to_the_letter() {
    Suite::of(&Program::new(env!("CARGO_BIN_EXE_hello-rocket")))
        .impossible("refusals::a_slash_at_the_end_makes_another_path", "Rocket takes `/me/` for `/me`")
        .impossible("paths::a_path_with_more_slashes_or_dots_is_another_path", "Rocket takes `//me` for `/me`")
        .impossible("paths::a_path_in_escapes_is_another_path", "Rocket takes `/%6de` for `/me`")
        .impossible(
            "refusals::unknown_paths_have_one_answer_for_all_methods",
            "Rocket answers 400 to methods that it does not know, before it looks for a route",
        )
        .impossible(
            "refusals::other_methods_are_told_the_right_ones",
            "Rocket has no 405: a path without a route for the method is an unknown path",
        )
        .impossible(
            "refusals::the_decision_comes_before_the_body",
            "Rocket waits for the first bytes of a body before it looks for a route",
        )
        .impossible(
            "refusals::nobody_is_asked_for_a_body_that_is_refused",
            "Rocket waits for the first bytes of a body before it looks for a route",
        )
        .run();
}
