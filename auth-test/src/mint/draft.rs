//! One token on its way: good at first, then spoiled as the test needs it.

use std::fmt;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;

/// A token that is being put together. [`mint`](Self::mint) signs it.
///
/// Nothing is checked: that is what it is for.
#[derive(Clone)]
#[must_use]
pub struct TokenDraft {
    header: Members,
    payload: Members,
    secret: Vec<u8>,
    now: u64,
    signature: Option<String>,
}

/// The members of a JSON object in order, or a text in its place.
#[derive(Clone, Debug, Default)]
struct Members {
    members: Vec<(String, String)>,
    raw: Option<Vec<u8>>,
}

impl TokenDraft {
    pub(super) fn new(secret: &[u8], now: u64) -> Self {
        let draft = Self {
            header: Members::default(),
            payload: Members::default(),
            secret: secret.to_vec(),
            now,
            signature: None,
        };
        draft.header("alg", "HS256").header("typ", "JWT")
    }

    /// Sets a claim, in the place of the one that is there.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.payload.set(name, &value.into().to_string());
        self
    }

    /// Adds a claim in JSON as it stands, also a second one of a name, or a number that no type holds.
    pub fn claim_json(mut self, name: &str, json: &str) -> Self {
        self.payload.members.push((name.to_owned(), json.to_owned()));
        self
    }

    /// Removes a claim.
    pub fn without(mut self, name: &str) -> Self {
        self.payload.remove(name);
        self
    }

    /// Sets what the token permits: the claim `scope`, a list with spaces.
    pub fn scopes<const N: usize>(self, scopes: [&str; N]) -> Self {
        self.claim("scope", scopes.join(" "))
    }

    /// Sets what the party is: the claim `roles`.
    pub fn roles<const N: usize>(self, roles: [&str; N]) -> Self {
        self.claim("roles", roles.map(str::to_owned).to_vec())
    }

    /// Sets how the party proved who it is, and how many seconds ago: the claims `amr` and `auth_time`.
    pub fn factors<const N: usize>(self, methods: [&str; N], seconds_ago: i64) -> Self {
        let at = self.seconds_from_now(seconds_ago.saturating_neg());
        self.claim("amr", methods.map(str::to_owned).to_vec()).claim("auth_time", at)
    }

    /// Sets the claim `exp`, in seconds from now; negative: in the past.
    pub fn expires_in(self, seconds: i64) -> Self {
        let at = self.seconds_from_now(seconds);
        self.claim("exp", at)
    }

    /// Sets a time claim, in seconds from now; a fraction is kept.
    pub fn time(self, name: &str, from_now: f64) -> Self {
        let now = self.seconds_from_now(0);
        let whole = from_now.floor();
        let fraction = format!("{:.3}", from_now - whole);
        #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "tests use small numbers")]
        let seconds = now.saturating_add(whole as i64);
        let json = format!("{seconds}{}", fraction.trim_start_matches('0'));
        self.without(name).claim_json(name, &json)
    }

    /// Sets a member of the header, in the place of the one that is there.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.set(name, &value.into().to_string());
        self
    }

    /// Adds a member of the header in JSON as it stands.
    pub fn header_json(mut self, name: &str, json: &str) -> Self {
        self.header.members.push((name.to_owned(), json.to_owned()));
        self
    }

    /// Removes a member of the header.
    pub fn without_header(mut self, name: &str) -> Self {
        self.header.remove(name);
        self
    }

    /// Puts a text in the place of the payload, JSON or not.
    pub fn raw_payload(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.payload.raw = Some(text.into());
        self
    }

    /// Puts a text in the place of the header, JSON or not.
    pub fn raw_header(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.header.raw = Some(text.into());
        self
    }

    /// Signs with another secret.
    pub fn signed_with(mut self, secret: &[u8]) -> Self {
        self.secret = secret.to_vec();
        self
    }

    /// Puts a text in the place of the signature.
    pub fn signature(mut self, text: impl Into<String>) -> Self {
        self.signature = Some(text.into());
        self
    }

    /// The token in its compact form (RFC 7515 §7.1), signed with HMAC-SHA-256 whatever the header says.
    #[must_use]
    pub fn mint(&self) -> String {
        let message = format!("{}.{}", encode(self.header.text()), encode(self.payload.text()));
        let signature = self.signature.clone().unwrap_or_else(|| self.sign(&message));
        format!("{message}.{signature}")
    }

    fn sign(&self, message: &str) -> String {
        // HMAC takes keys of any length, so there is always one.
        Hmac::<Sha256>::new_from_slice(&self.secret)
            .map_or_else(|_| String::new(), |mac| encode(mac.chain_update(message).finalize().into_bytes()))
    }

    fn seconds_from_now(&self, seconds: i64) -> i64 {
        i64::try_from(self.now).unwrap_or(i64::MAX).saturating_add(seconds)
    }
}

/// Neither the secret, which may come from the environment, nor a signature, which makes a credential of the rest.
impl fmt::Debug for TokenDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { header, payload, .. } = self;
        f.debug_struct("TokenDraft").field("header", header).field("payload", payload).finish_non_exhaustive()
    }
}

impl Members {
    fn set(&mut self, name: &str, json: &str) {
        self.remove(name);
        self.members.push((name.to_owned(), json.to_owned()));
    }

    fn remove(&mut self, name: &str) {
        self.members.retain(|(known, _)| known != name);
    }

    fn text(&self) -> Vec<u8> {
        self.raw.clone().unwrap_or_else(|| {
            let members: Vec<_> =
                self.members.iter().map(|(name, json)| format!("{}:{json}", Value::from(name.as_str()))).collect();
            format!("{{{}}}", members.join(",")).into_bytes()
        })
    }
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7515 appendix A.1.
    #[test]
    fn signs_as_rfc_7515_shows() {
        let secret = BASE64_URL_SAFE_NO_PAD
            .decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
            .expect("as printed");
        let token = TokenDraft::new(&secret, 0)
            .raw_header("{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}")
            .raw_payload("{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}")
            .mint();
        assert_eq!(
            token,
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
             eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
             dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        );
    }

    #[test]
    fn members_stand_once_unless_they_are_added_as_json() {
        let draft = TokenDraft::new(b"", 100).claim("a", 1).claim("a", "x").claim_json("a", "2").expires_in(-1);
        assert_eq!(draft.payload.text(), br#"{"a":"x","a":2,"exp":99}"#);
        assert_eq!(draft.without("a").time("exp", 0.5).payload.text(), br#"{"exp":100.500}"#);
    }

    #[test]
    fn prints_no_secret() {
        let draft = TokenDraft::new(b"s3cr3t", 0).claim("sub", "ada").signature("s1gnature");
        for draft in [&draft, &draft.clone().signed_with(b"other s3cr3t")] {
            let printed = format!("{draft:?}");
            assert!(printed.contains("ada") && printed.ends_with(", .. }"), "{printed}");
            // As a text, and as the bytes that a derived `Debug` writes.
            for hidden in ["s3cr3t", "115, 51, 99", "s1gnature"] {
                assert!(!printed.contains(hidden), "{hidden}: {printed}");
            }
        }
    }

    #[test]
    fn fractions_count_back_from_now() {
        let draft = TokenDraft::new(b"", 100).time("exp", -0.25).time("nbf", 2.0);
        assert_eq!(draft.payload.text(), br#"{"exp":99.750,"nbf":102.000}"#);
    }
}
