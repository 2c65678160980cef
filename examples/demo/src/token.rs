//! Bearer tokens for the printed `curl` lines. In a real system an issuer elsewhere signs them.

use std::fmt;
use std::time::{Duration, SystemTime};

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;

use crate::accounts::DemoAccount;
use crate::realm::{AUDIENCE, ISSUER};

/// How long a token is good.
const LIFETIME: Duration = Duration::from_hours(24);

/// Signs tokens with HS256 (RFC 7518 §3.2).
pub struct TokenSigner(Hmac<Sha256>);

impl TokenSigner {
    /// A signer with that secret; HMAC takes secrets of every length.
    pub(crate) fn new(secret: &[u8]) -> Result<Self, hmac::digest::InvalidLength> {
        Hmac::new_from_slice(secret).map(Self)
    }

    /// A token for the account, with all that the account has, good for a day from `now`.
    #[must_use]
    pub fn sign(&self, account: &DemoAccount, now: SystemTime) -> String {
        let since_epoch = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let claims = json!({
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": account.name,
            "exp": since_epoch.saturating_add(LIFETIME).as_secs(),
            "scope": account.scopes.join(" "),
            "roles": account.roles,
        });
        let header = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
        let payload = BASE64_URL_SAFE_NO_PAD.encode(claims.to_string());
        let message = format!("{header}.{payload}");
        let signature = self.0.clone().chain_update(&message).finalize().into_bytes();
        format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Shows nothing: what it holds can sign.
impl fmt::Debug for TokenSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSigner(..)")
    }
}
