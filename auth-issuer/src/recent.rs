//! Proof that the owner was there a moment ago.

use std::time::{Duration, SystemTime};

use auth_core::Facts;

use crate::accounts::Account;
use crate::sign_in::Granted;

/// Proof that somebody signed in to an account a short time ago: what a change of factors, or of anything else that a
/// stolen session must not reach, demands.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use auth_core::{Factor, Facts};
/// use auth_issuer::RecentSignIn;
///
/// let now = SystemTime::now();
/// let facts = |secs| {
///     let at = now - Duration::from_secs(secs);
///     Facts::new("1").with_factor(Factor::new("pwd").at(at)).with_auth_time(at)
/// };
/// assert!(RecentSignIn::of(&facts(60), RecentSignIn::LIMIT, now).is_some());
/// assert!(RecentSignIn::of(&facts(601), RecentSignIn::LIMIT, now).is_none());
/// ```
#[derive(Clone, Debug)]
pub struct RecentSignIn {
    account: String,
    has_second_factor: bool,
}

impl RecentSignIn {
    /// How long ago it may have been, unless another limit is chosen: 10 minutes.
    pub const LIMIT: Duration = Duration::from_mins(10);

    /// The proof that lies in the facts of a request, if its owner proved who it is at most `within` before `now`. An
    /// API key is not such a proof, since it has neither a time nor factors.
    #[must_use]
    pub fn of(facts: &Facts, within: Duration, now: SystemTime) -> Option<Self> {
        let recent = |method: &str| facts.has_factor(method, Some(within), now);
        let has_second_factor = recent("otp");
        let is_recent = has_second_factor || facts.factors.iter().any(|factor| recent(&factor.method));
        is_recent.then(|| Self { account: facts.subject.to_string(), has_second_factor })
    }

    /// The proof of a sign-in of this very request.
    #[must_use]
    pub fn just_now(granted: &Granted) -> Self {
        let has_second_factor = granted.factors.iter().any(|factor| factor.method == "otp");
        Self { account: granted.account.id().to_owned(), has_second_factor }
    }

    /// The id of the account.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// Whether the second factor was used too.
    #[must_use]
    pub fn has_second_factor(&self) -> bool {
        self.has_second_factor
    }

    /// Whether it is of this account, with the second factor if the account has one.
    pub(crate) fn is_enough_for(&self, account: &Account) -> bool {
        self.account == account.id() && (self.has_second_factor || !account.has_second_factor())
    }
}
