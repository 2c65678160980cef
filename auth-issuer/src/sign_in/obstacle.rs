//! What the right password of an account can run into, and what of it an endpoint shows.

use crate::accounts::{Account, AccountState};

/// What keeps the right password of an account from signing its owner in. Each is an outcome of the same name.
///
/// [`SignIn::show_only`](super::SignIn::show_only) says which of them a client is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Obstacle {
    /// [`SignInOutcome::Inactive`](super::SignInOutcome::Inactive).
    Inactive,
    /// [`SignInOutcome::MustResetPassword`](super::SignInOutcome::MustResetPassword).
    MustResetPassword,
    /// [`SignInOutcome::SecondFactorNeeded`](super::SignInOutcome::SecondFactorNeeded).
    SecondFactorNeeded,
    /// [`SignInOutcome::Suspended`](super::SignInOutcome::Suspended).
    Suspended,
}

/// The obstacles that an endpoint shows.
#[derive(Clone, Debug)]
pub(super) struct Shown(Vec<Obstacle>);

impl Shown {
    pub(super) fn all() -> Self {
        use Obstacle::{Inactive, MustResetPassword, SecondFactorNeeded, Suspended};

        Self(vec![Inactive, MustResetPassword, SecondFactorNeeded, Suspended])
    }

    /// Hides every other one.
    pub(super) fn keep(&mut self, obstacles: &[Obstacle]) {
        self.0.retain(|obstacle| obstacles.contains(obstacle));
    }

    pub(super) fn has(&self, obstacle: Obstacle) -> bool {
        self.0.contains(&obstacle)
    }

    /// The hidden obstacle that the right password of an account is sure to run into.
    pub(super) fn hidden(&self, account: &Account, is_code_checked: bool) -> Option<Obstacle> {
        let is_hidden = |obstacle: &Obstacle| !self.has(*obstacle);
        let code = (account.has_second_factor() && !is_code_checked).then_some(Obstacle::SecondFactorNeeded);
        match account.state() {
            AccountState::Active => code.filter(is_hidden),
            AccountState::Inactive => Some(Obstacle::Inactive).filter(is_hidden),
            AccountState::Suspended => Some(Obstacle::Suspended).filter(is_hidden),
            // A code would lead to nothing else, so it is not asked for.
            AccountState::MustReset => Some(Obstacle::MustResetPassword).filter(is_hidden).or(code.filter(is_hidden)),
        }
    }
}
