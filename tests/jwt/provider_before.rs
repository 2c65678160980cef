//! An application that has installed a provider of its own before: nobody asks it, and nothing else is accepted.

mod attacks;
mod bearer;
mod deviations;
mod provider;

#[test]
fn a_provider_that_is_installed_before_is_never_asked() {
    assert!(provider::UNWANTED.install_default().is_ok());
    attacks::every_case_is_decided_as_published();
}
