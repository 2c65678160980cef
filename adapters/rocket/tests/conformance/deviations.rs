//! What comes out otherwise than the suite wants: the reason, and the cases.

pub(crate) const DEVIATIONS: &[(&str, &[&str])] = &[
    (
        "Rocket reads the first bytes of a body before it looks for a route, so the server says `100 Continue`",
        &["body_is_not_asked_for_without_credentials", "body_is_not_asked_for_without_the_scope"],
    ),
    (
        "Rocket drops fields that are not UTF-8, so such a credential is none and not a malformed one",
        &["bearer_with_bytes_that_are_no_text_is_malformed"],
    ),
    (
        "for the same reason such a field makes a guest, and none that is repeated; no guard can see that it was there",
        &[
            "optional_authorization_that_is_no_text_is_401_without_error",
            "optional_a_second_authorization_line_that_is_no_text_is_400",
        ],
    ),
];
