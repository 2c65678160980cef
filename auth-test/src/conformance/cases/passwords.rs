//! Names and passwords (RFC 7617): every case that is not a success looks like a wrong password.

use super::{BASIC, Cases, PASSWORD, With as _, get, post};
use crate::conformance::expect::{Expect, ok, plainly, refused};
use crate::conformance::fixture::ZOE_PASSWORD;
use crate::conformance::wire::RawRequest;

pub(super) fn add(cases: &mut Cases) {
    add_passwords(cases);
    add_origins(cases);
}

/// Browsers add a password that they keep to requests of any page.
fn add_origins(cases: &mut Cases) {
    let target = || post("/basic/post");
    let post = || target().account("alice");
    let upgrade = || get("/basic").account("alice").header("Connection", "Upgrade").header("Upgrade", "websocket");
    let served = || ok("alice basic");
    cases.add("basic_on_post_of_no_browser_passes", post(), served());
    cases.add("basic_on_post_with_any_origin_of_no_browser_passes", post().header("Origin", "null"), served());
    for (rule, site) in [("the_same_origin", "same-origin"), ("no_page", "none")] {
        cases.add(format!("basic_on_post_from_{rule}_passes"), post().header("Sec-Fetch-Site", site), served());
    }
    for (rule, site) in [
        ("another_site", "cross-site"),
        ("a_sibling_host", "same-site"),
        ("a_list_of_sites", "same-origin, cross-site"),
    ] {
        let from = |request: RawRequest| request.header("Sec-Fetch-Site", site);
        cases.add(format!("basic_on_post_from_{rule}_is_403"), from(post()), plainly(403));
        cases.add(
            format!("basic_on_post_from_{rule}_and_another_origin_is_403"),
            from(post()).header("Origin", "https://evil.example"),
            plainly(403),
        );
        cases.add(
            format!("basic_on_post_from_{rule}_at_a_configured_origin_passes"),
            from(post()).header("Origin", "https://app.example"),
            served(),
        );
        cases.add(format!("basic_on_get_from_{rule}_passes"), from(get("/basic").account("alice")), served());
        cases.add(format!("basic_on_an_upgrade_from_{rule}_is_403"), from(upgrade()), plainly(403));
    }
    cases.add("basic_on_an_upgrade_of_no_browser_passes", upgrade(), served());
    cases.add(
        "basic_on_post_from_another_site_is_403_whatever_the_password",
        target().header("Sec-Fetch-Site", "cross-site").password("alice", "guessed"),
        plainly(403),
    );
}

fn add_passwords(cases: &mut Cases) {
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
