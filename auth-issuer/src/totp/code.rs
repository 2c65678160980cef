//! Codes of an authenticator (RFC 6238).

use std::time::SystemTime;

use totp_rs::{Builder, Secret, Totp};

use crate::time::seconds;

/// The length of a time step.
pub(super) const STEP_SECONDS: u64 = 30;
/// The digits of a code.
const DIGITS: usize = 6;

/// Which time steps are accepted around the current one, for slow hands and clocks that differ.
///
/// # Examples
///
/// ```
/// use auth_issuer::totp::TotpWindow;
///
/// assert_eq!(TotpWindow::default(), TotpWindow { past: 1, future: 1 });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "two numbers")]
pub struct TotpWindow {
    /// Steps before the current one; at most 10 count.
    pub past: u8,
    /// Steps after the current one; at most 10 count.
    pub future: u8,
}

/// One step each way (RFC 6238 §5.2).
impl Default for TotpWindow {
    fn default() -> Self {
        Self { past: 1, future: 1 }
    }
}

impl TotpWindow {
    fn steps(self, now: SystemTime) -> std::ops::RangeInclusive<u64> {
        let current = seconds(now) / STEP_SECONDS;
        let [past, future] = [self.past, self.future].map(|steps| u64::from(steps.min(10)));
        current.saturating_sub(past)..=current.saturating_add(future)
    }
}

/// The time step that `code` is of, the latest if it is of several. All steps of the window are computed, whichever it
/// is.
pub(super) fn matching_step(secret: &[u8], code: &str, window: TotpWindow, now: SystemTime) -> Option<u64> {
    if code.len() != DIGITS || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let totp = authenticator(secret)?;
    let is_of = |step: u64| totp.check(code, step.saturating_mul(STEP_SECONDS)).is_some();
    window.steps(now).fold(None, |found, step| if is_of(step) { Some(step) } else { found })
}

fn authenticator(secret: &[u8]) -> Option<Totp> {
    Builder::new().with_secret(Secret::new(secret.into())).with_skew(0).build().ok()
}

/// What an authenticator has to learn, as a URL (Key Uri Format), and the secret alone, in base32.
pub(super) fn enrolment_texts(secret: &[u8], issuer: &str, account: &str) -> Option<(String, String)> {
    // A colon would end the label; nothing else is lost.
    let (issuer, account) = (issuer.replace(':', " "), account.replace(':', " "));
    let totp = Builder::new()
        .with_secret(Secret::new(secret.into()))
        .with_account_name(account)
        .with_issuer((!issuer.is_empty()).then_some(issuer))
        .build()
        .ok()?;
    Some((totp.to_url().ok()?, Secret::new(secret.into()).to_base32()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_window_may_reach_back_only() {
        let at = |secs| SystemTime::UNIX_EPOCH + Duration::from_secs(secs);
        let secret = b"12345678901234567890";
        let back = TotpWindow { past: 1, future: 0 };
        assert_eq!(matching_step(secret, "287082", back, at(59)), Some(1));
        assert_eq!(matching_step(secret, "287082", back, at(89)), Some(1), "the step before");
        assert_eq!(matching_step(secret, "287082", back, at(90)), None);
        assert_eq!(matching_step(secret, "287082", back, at(29)), None, "none ahead");
        assert_eq!(matching_step(secret, "287082", TotpWindow::default(), at(29)), Some(1));
    }

    #[test]
    fn an_url_names_issuer_and_account() {
        let (url, secret) = enrolment_texts(b"12345678901234567890", "Acme: Ltd", "a@b.example").expect("texts");
        assert!(url.starts_with("otpauth://totp/") && url.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{url}");
        assert_eq!(secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }
}
