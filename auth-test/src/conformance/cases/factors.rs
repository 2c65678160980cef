//! Factors and their freshness (RFC 9470).

use super::{BEARER, Cases, With as _, get, post};
use crate::conformance::expect::{Answer, ok, plainly, refused};

/// The only challenge of a missing factor, in the realm `conformance`.
fn step_up(parameters: &str) -> Answer {
    let challenge = format!(r#"{BEARER}, error="insufficient_user_authentication"{parameters}"#);
    refused(401, [challenge]).in_any_order()
}

const OTP: &str = r#", acr_values="urn:example:otp""#;
const OTP_IN_TEN_MINUTES: &str = r#", max_age="600", acr_values="urn:example:otp""#;

pub(super) fn add(cases: &mut Cases) {
    let alice = cases.alice();
    let keys = cases.credentials.keys.clone();

    cases.add("factor_held_passes", get("/factor").token(&alice.clone().factors(["otp"], 0)), ok("alice bearer"));
    let old = alice.clone().factors(["pwd", "otp"], 100_000);
    cases.add("factor_without_a_limit_never_ages", get("/factor").token(&old), ok("alice bearer"));
    let undated = alice.clone().factors(["otp"], 0).without("auth_time");
    cases.add("factor_without_a_limit_needs_no_time", get("/factor").token(&undated), ok("alice bearer"));
    cases.add("factor_missing_asks_for_it_without_max_age", get("/factor").token(&alice), step_up(OTP));
    let other = alice.clone().factors(["pwd", "OTP"], 0);
    cases.add("factors_compare_with_case", get("/factor").token(&other), step_up(OTP));

    let fresh = |seconds_ago| get("/factor/fresh").token(&alice.clone().factors(["otp"], seconds_ago));
    cases.add("factor_of_now_is_fresh", fresh(0), ok("alice bearer"));
    cases.add("factor_at_its_limit_is_fresh", fresh(600), ok("alice bearer"));
    cases.add("factor_over_its_limit_asks_for_max_age", fresh(601), step_up(OTP_IN_TEN_MINUTES));
    cases.add("factor_up_to_60_seconds_ahead_counts_as_now", fresh(-60), ok("alice bearer"));
    cases.add("factor_further_ahead_is_not_fresh", fresh(-61), step_up(OTP_IN_TEN_MINUTES));
    let request = get("/factor/fresh").token(&undated);
    cases.add("factor_without_a_time_is_not_fresh", request, step_up(OTP_IN_TEN_MINUTES));
    let request = get("/factor/fresh").token(&alice.clone().factors(["pwd"], 0));
    cases.add("fresh_authentication_by_another_factor_is_not_enough", request, step_up(OTP_IN_TEN_MINUTES));
    let request = get("/factor/unmapped").token(&alice);
    cases.add("factor_that_the_realm_does_not_map_has_no_acr_values", request, step_up(r#", max_age="3600""#));

    cases.add("factor_missing_is_asked_for_through_bearer_alone", get("/factor/all").token(&alice), step_up(OTP));
    cases.add("factor_missing_of_a_password_asks_through_bearer", get("/factor/all").account("alice"), step_up(OTP));
    cases.add("factor_missing_of_a_key_asks_through_bearer", get("/factor/all").key(&keys.alice), step_up(OTP));
    cases.add(
        "factor_missing_without_bearer_in_the_policy_is_403",
        get("/factor/basic").account("alice"),
        plainly(403),
    );
    cases.add("factor_missing_of_a_key_alone_is_403", get("/factor/api-key").key(&keys.alice), plainly(403));
    cases.add("a_password_is_the_factor_pwd_of_now", get("/factor/password").account("alice"), ok("alice basic"));
    cases.add(
        "factor_missing_is_asked_for_by_an_own_scheme_with_a_bearer_challenge",
        get("/factor/nebula").authorization("Bearer ak_alice"),
        step_up(OTP),
    );
    cases.add("factor_missing_leaves_the_body_unread", post("/body/factor").token(&alice).body("unread"), step_up(OTP));
}
