//! Public keys as JSON, and their thumbprints (RFC 7638).

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use sha2::{Digest as _, Sha256};

/// The members that a key type requires, in the order of their names: what the thumbprint is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PublicMembers(Vec<(&'static str, String)>);

impl PublicMembers {
    pub(super) fn rsa(modulus: &[u8], exponent: &[u8]) -> Self {
        Self(vec![("e", encode(exponent)), ("kty", "RSA".to_owned()), ("n", encode(modulus))])
    }

    pub(super) fn elliptic(curve: &str, x: &[u8], y: &[u8]) -> Self {
        Self(vec![("crv", curve.to_owned()), ("kty", "EC".to_owned()), ("x", encode(x)), ("y", encode(y))])
    }

    pub(super) fn edwards(x: &[u8]) -> Self {
        Self(vec![("crv", "Ed25519".to_owned()), ("kty", "OKP".to_owned()), ("x", encode(x))])
    }

    /// RFC 7638 §3: SHA-256 over the required members, without white space.
    pub(super) fn thumbprint(&self) -> String {
        encode(&Sha256::digest(self.to_json(&[]).as_bytes()))
    }

    /// The key as JSON, with further members after its own. No value needs an escape.
    pub(super) fn to_json(&self, more: &[(&str, &str)]) -> String {
        let own = self.0.iter().map(|(name, value)| (*name, value.as_str()));
        let members: Vec<String> =
            own.chain(more.iter().copied()).map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
        format!("{{{}}}", members.join(","))
    }
}

fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7638 §3.1.
    #[test]
    fn rsa_thumbprint_is_that_of_the_rfc() {
        let modulus = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        let modulus = BASE64_URL_SAFE_NO_PAD.decode(modulus).unwrap();
        assert_eq!(
            PublicMembers::rsa(&modulus, &[1, 0, 1]).thumbprint(),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
    }

    /// RFC 8037 A.3.
    #[test]
    fn edwards_thumbprint_is_that_of_the_rfc() {
        let x = BASE64_URL_SAFE_NO_PAD.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
        assert_eq!(PublicMembers::edwards(&x).thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }
}
