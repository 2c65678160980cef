//! One walk over a payload: the claims that facts are made of (RFC 7519 §4.1), and whether all of it is strict.

use std::fmt;

use serde_core::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};

use super::glance::{Glance, Glancing};
use super::json::{self, NotStrictJson, TextSeed, refuse_reserved};
use super::names::Names;
use super::plain::{self, NotPlain};

/// The claims that every token is asked for. Nothing of them is believed yet. Large: it is filled where it lies.
#[derive(Default)]
pub(super) struct Registered<'t> {
    pub(super) issuer: Option<Glance<'t>>,
    pub(super) audience: Option<Glance<'t>>,
    pub(super) subject: Option<Glance<'t>>,
    pub(super) expires_at: Option<Glance<'t>>,
    pub(super) not_before: Option<Glance<'t>>,
    pub(super) issued_at: Option<Glance<'t>>,
    pub(super) id: Option<Glance<'t>>,
    pub(super) scope: Option<Glance<'t>>,
    /// What stands in `roles`, where a verifier does not look for roles elsewhere.
    pub(super) roles: Option<Glance<'t>>,
    pub(super) methods: Option<Glance<'t>>,
    pub(super) auth_time: Option<Glance<'t>>,
    /// Whether there is a mark of an ID token, which is for the client and not for us.
    pub(super) is_id_token: bool,
    /// Whether the token is bound to a key, which whoever merely bears it does not show (RFC 7800 §3.1).
    pub(super) is_bound: bool,
    /// All of it; empty until it is read.
    pub(super) payload: &'t str,
}

impl<'t> Registered<'t> {
    pub(super) fn is_read(&self) -> bool {
        !self.payload.is_empty()
    }

    /// Reads a payload as strictly as [`Claims::from_json`](crate::Claims::from_json) does. Nothing may be read before.
    pub(super) fn read(&mut self, payload: &'t str) -> Result<(), NotStrictJson> {
        if let Err(NotPlain) = plain::read_plain(payload, Walk { found: self }) {
            // Nothing stays of what was found until then.
            *self = Self::default();
            json::read(payload, Walk { found: self })?;
        }
        self.payload = payload;
        Ok(())
    }
}

struct Walk<'w, 't> {
    found: &'w mut Registered<'t>,
}

impl<'de> DeserializeSeed<'de> for Walk<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("claims")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let twice = || A::Error::custom("a name stands twice");
        let found = self.found;
        let mut others = Names::default();
        while let Some(name) = members.next_key_seed(TextSeed)? {
            let claim = match name.as_bytes() {
                b"iss" => &mut found.issuer,
                b"aud" => &mut found.audience,
                b"sub" => &mut found.subject,
                b"exp" => &mut found.expires_at,
                b"nbf" => &mut found.not_before,
                b"iat" => &mut found.issued_at,
                b"jti" => &mut found.id,
                b"scope" => &mut found.scope,
                b"roles" => &mut found.roles,
                b"amr" => &mut found.methods,
                b"auth_time" => &mut found.auth_time,
                other => {
                    refuse_reserved(&name)?;
                    found.is_id_token |= matches!(other, b"nonce" | b"at_hash" | b"c_hash");
                    found.is_bound |= other == b"cnf";
                    members.next_value_seed(Glancing::REST)?;
                    if !others.insert(name) {
                        return Err(twice());
                    }
                    continue;
                }
            };
            if claim.replace(members.next_value_seed(Glancing::CLAIM)?).is_some() {
                return Err(twice());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::NUMBER;
    use super::*;
    use crate::claims::Claims;

    #[test]
    fn nothing_stays_of_what_the_first_reader_found() {
        // It gives up at the white space, behind `sub`, and the second one does not find that twice.
        let mut registered = Registered::default();
        assert!(registered.read(r#"{"sub":"a" ,"iss":"\u0062"}"#).is_ok());
        let is = |claim: &Option<Glance<'_>>, text: &str| matches!(claim, Some(Glance::Text(found)) if found == text);
        assert!(is(&registered.subject, "a") && is(&registered.issuer, "b") && registered.audience.is_none());
    }

    /// What is read twice has to be accepted twice: once for facts, once for whoever wants the claims.
    #[test]
    fn accepts_what_a_reader_of_all_claims_accepts() {
        let nested = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
        let mut texts: Vec<String> = [31, 32, 33, 4_000].map(nested).into();
        let objects = |levels: usize| format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels));
        texts.extend([31, 32, 33].map(objects));
        let values = [
            "null",
            "true",
            "-1",
            "18446744073709551616",
            "1.5",
            "1e400",
            "01",
            "NaN",
            "\"x\"",
            "\"\\u0061\"",
            "\"\\ud800\"",
            "\"\n\"",
            "[]",
            "[1,]",
            "[\"a\",\"b\"]",
            "[\"a\",1]",
            "{}",
            "{\"a\":1,\"a\":2}",
            "{\"a\":1,\"\\u0061\":2}",
            "[{\"a\":1,\"b\":{\"c\":1,\"c\":1}}]",
            "{\"a\":[{\"b\":1}],\"b\":2}",
            "",
        ];
        for value in values {
            for name in ["sub", "roles", "exp", "other", NUMBER] {
                texts.push(format!("{{\"{name}\":{value}}}"));
                texts.push(format!("{{\"{name}\":{value},\"{name}\":{value}}}"));
                texts.push(format!("{{\"a\":1,\"{name}\":{value},\"b\":2}}"));
            }
        }
        let others = (0..20).map(|at| format!("\"n{at}\":{at}")).collect::<Vec<_>>().join(",");
        texts.push(format!("{{{others}}}"));
        texts.push(format!("{{{others},\"n0\":1}}"));
        texts.push(format!("{{{others},\"n19\":1}}"));
        texts.extend(["", "null", "[]", "{}", "{}x", " {} ", "\u{feff}{}", "{\"a\":1}{}"].map(str::to_owned));
        let mut accepted = 0;
        for text in &texts {
            let is_strict = Claims::from_json(text.as_bytes()).is_ok();
            let mut registered = Registered::default();
            assert_eq!(registered.read(text).is_ok(), is_strict, "{text}");
            assert_eq!(registered.is_read(), is_strict, "{text}");
            accepted += usize::from(is_strict);
        }
        assert!(accepted > 50 && texts.len() - accepted > 50, "{accepted} of {}", texts.len());
    }
}
