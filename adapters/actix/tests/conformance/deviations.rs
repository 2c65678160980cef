//! What comes out otherwise than the suite wants: the reason, and the cases.

pub(crate) const DEVIATIONS: &[(&str, &[&str])] = &[
    (
        "the server says `100 Continue` before the application sees the request",
        &["body_is_not_asked_for_without_credentials", "body_is_not_asked_for_without_the_scope"],
    ),
    (
        "the server takes what follows a request with `Upgrade` for its body, so it closes the connection",
        &[
            "cookie_on_an_upgrade_without_an_origin_is_403",
            "cookie_on_an_upgrade_from_another_site_is_403",
            "cookie_on_an_upgrade_from_another_origin_is_403",
            "basic_on_an_upgrade_from_another_site_is_403",
            "basic_on_an_upgrade_from_a_sibling_host_is_403",
            "basic_on_an_upgrade_from_a_list_of_sites_is_403",
        ],
    ),
];
