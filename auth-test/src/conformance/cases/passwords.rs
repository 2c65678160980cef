//! Names and passwords (RFC 7617): every case that is not a success looks like a wrong password.

use super::{BASIC, Cases, PASSWORD, With as _, get};
use crate::conformance::expect::{Expect, ok, refused};
use crate::conformance::fixture::ZOE_PASSWORD;

pub(super) fn add(cases: &mut Cases) {
    for (rule, user, password, subject) in [
        ("a_password_of_other_scripts_with_colons", "zo\u{eb}", ZOE_PASSWORD, "zo\u{eb}"),
        ("a_name_in_another_case", "ALICE", PASSWORD, "alice"),
        ("a_name_in_another_normal_form", "zoe\u{308}", ZOE_PASSWORD, "zo\u{eb}"),
        ("a_password_of_1024_bytes", "long", &"p".repeat(1024), "long"),
    ] {
        cases.add(
            format!("basic_{rule}_is_accepted"),
            get("/basic").password(user, password),
            ok(&format!("{subject} basic")),
        );
    }
    for (rule, user, password) in [
        ("a_wrong_password", "alice", "wrong"),
        ("an_empty_password", "alice", ""),
        ("a_password_in_another_case", "alice", "Correct horse battery staple"),
        ("a_password_with_a_space_more", "alice", "correct horse battery staple "),
        ("a_password_in_another_normal_form", "zo\u{eb}", "pa\u{308}ssw\u{f6}rd: \u{65e5}\u{672c} \u{1f642}"),
        ("an_unknown_name", "nobody", PASSWORD),
        ("an_empty_name", "", PASSWORD),
        ("empty_credentials", "", ""),
        ("a_name_with_a_space_before", " alice", PASSWORD),
        ("a_suspended_account", "suspended", PASSWORD),
        ("an_account_that_has_to_reset_its_password", "must-reset", PASSWORD),
        ("an_account_with_a_second_factor", "second-factor", PASSWORD),
        ("an_account_without_a_password", "passwordless", PASSWORD),
        ("an_account_without_a_password_and_an_empty_one", "passwordless", ""),
        ("a_password_over_1024_bytes", "long", &"p".repeat(1025)),
        ("a_control_character_in_the_name", "ali\u{0}ce", PASSWORD),
        ("a_control_character_in_the_password", "alice", "correct horse\r\n"),
    ] {
        cases.add(
            format!("basic_{rule}_looks_like_a_wrong_password"),
            get("/basic").password(user, password),
            Expect::Same(Box::new(get("/basic").password("alice", "guessed")), refused(401, [BASIC])),
        );
    }
}
