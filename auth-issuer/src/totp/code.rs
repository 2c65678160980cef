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

    use serde_json::Value;
    use totp_rs::Algorithm;

    use super::*;

    fn vectors() -> Value {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/rfc/otp.json");
        serde_json::from_slice(&std::fs::read(path).expect("the file")).expect("JSON")
    }

    fn unhex(text: &str) -> Vec<u8> {
        let pairs = text.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).expect("ASCII"));
        pairs.map(|pair| u8::from_str_radix(pair, 16).expect("hex")).collect()
    }

    #[test]
    fn computes_the_codes_of_both_rfcs() {
        let vectors = vectors();
        for case in vectors["hotp"].as_array().expect("cases") {
            let secret = unhex(case["secret_hex"].as_str().expect("hex"));
            let time = case["counter"].as_u64().expect("a number") * STEP_SECONDS;
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(time);
            let window = TotpWindow { past: 0, future: 0 };
            let code = case["code"].as_str().expect("a code");
            assert_eq!(matching_step(&secret, code, window, now), case["counter"].as_u64(), "{case}");
        }
        for case in vectors["totp"].as_array().expect("cases") {
            let algorithm = match case["alg"].as_str() {
                Some("SHA256") => Algorithm::SHA256,
                Some("SHA512") => Algorithm::SHA512,
                _ => Algorithm::SHA1,
            };
            let secret = Secret::from(unhex(case["secret_hex"].as_str().expect("hex")));
            let totp =
                Builder::new().with_algorithm(algorithm).with_digits(8).with_secret(secret).build().expect("good");
            let time = case["time"].as_u64().expect("a number");
            assert!(totp.check(case["code"].as_str().expect("a code"), time).is_some(), "{case}");
        }
    }

    /// The cases of replay are held by the tests of the service.
    #[test]
    fn decides_every_behaviour_as_expected() {
        let vectors = vectors();
        for case in vectors["totp_behaviour"].as_array().expect("cases") {
            let text = |name: &str| case[name].as_str().expect("a text");
            let secret = Secret::try_from_base32(text("secret_base32")).expect("base32");
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(case["now"].as_u64().expect("a number"));
            if case.get("after_success_of").is_some() {
                continue;
            }
            let is_accepted = matching_step(secret.as_bytes(), text("given"), TotpWindow::default(), now).is_some();
            match text("expect") {
                "accept" => assert!(is_accepted, "{}", text("name")),
                "reject" => assert!(!is_accepted, "{}", text("name")),
                other => assert_eq!(other, "either"),
            }
        }
    }

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
