//! An application that installs a provider of its own after tokens were verified: it still can, and nobody asks it.

mod attacks;
mod bearer;
mod deviations;
mod provider;

#[test]
fn a_provider_can_still_be_installed_afterwards_and_is_never_asked() {
    attacks::every_case_is_decided_as_published();
    assert!(provider::UNWANTED.install_default().is_ok(), "verifying leaves the process-wide provider alone");
    attacks::every_case_is_decided_as_published();
}
