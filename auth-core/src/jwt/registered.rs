//! One walk over a payload: the claims that facts are made of (RFC 7519 §4.1), and whether all of it is strict.

use std::borrow::Cow;
use std::fmt;

use serde_core::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use super::glance::{Glance, Glancing};
use super::json::{self, NotStrictJson, TextSeed, refuse_reserved};
use super::names::Names;
use super::plain::{NotPlain, Plain};
use crate::claims::Claims;

/// The claims that every token is asked for. Nothing of them is believed yet. Large: it is filled where it lies.
#[derive(Default)]
#[cfg_attr(test, derive(Debug, PartialEq))]
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
    /// Those among claims that were read before.
    pub(super) fn of(claims: &'t Claims) -> Self {
        let mut found = Self::default();
        for (name, value) in claims.iter() {
            match found.claim(name.as_bytes()) {
                Some(claim) => *claim = Some(Glance::of(value)),
                None => found.mark(name.as_bytes()),
            }
        }
        found
    }

    pub(super) fn is_read(&self) -> bool {
        !self.payload.is_empty()
    }

    /// Reads a payload as strictly as [`Claims::from_json`] does. Nothing may be read before.
    pub(super) fn read(&mut self, payload: &'t str) -> Result<(), NotStrictJson> {
        if let Err(NotPlain) = self.read_plain(payload) {
            // Nothing stays of what was found until then.
            *self = Self::default();
            json::read(payload, Walk { found: self })?;
        }
        self.payload = payload;
        Ok(())
    }

    /// The same walk as [`Walk`]'s over plain text, for every request that brings a new token: without a detour for each
    /// value.
    fn read_plain(&mut self, payload: &'t str) -> Result<(), NotPlain> {
        let mut plain = Plain::new(payload);
        let mut members = plain.members()?;
        let mut others = Names::default();
        while let Some(name) = members.next_name()? {
            let is_new = if let Some(claim) = self.claim(name) {
                let value = members.value().text_or(|text| Glance::Text(Cow::Borrowed(text)), Glancing::CLAIM)?;
                claim.replace(value).is_none()
            } else {
                self.note(name)?;
                members.value().text_or(|_| Glance::Other, Glancing::REST)?;
                others.insert_bytes(Cow::Borrowed(name))
            };
            if !is_new {
                return Err(NotPlain);
            }
        }
        plain.end()
    }

    /// Where the claim of that name is kept.
    #[inline]
    fn claim(&mut self, name: &[u8]) -> Option<&mut Option<Glance<'t>>> {
        Some(match name {
            b"iss" => &mut self.issuer,
            b"aud" => &mut self.audience,
            b"sub" => &mut self.subject,
            b"exp" => &mut self.expires_at,
            b"nbf" => &mut self.not_before,
            b"iat" => &mut self.issued_at,
            b"jti" => &mut self.id,
            b"scope" => &mut self.scope,
            b"roles" => &mut self.roles,
            b"amr" => &mut self.methods,
            b"auth_time" => &mut self.auth_time,
            _ => return None,
        })
    }

    /// Notes what the presence of another claim says.
    fn note<E: Error>(&mut self, name: &[u8]) -> Result<(), E> {
        refuse_reserved(name)?;
        self.mark(name);
        Ok(())
    }

    fn mark(&mut self, name: &[u8]) {
        self.is_id_token |= matches!(name, b"nonce" | b"at_hash" | b"c_hash");
        self.is_bound |= name == b"cnf";
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
        let found = self.found;
        let mut others = Names::default();
        while let Some(name) = members.next_key_seed(TextSeed)? {
            let is_new = if let Some(claim) = found.claim(name.as_bytes()) {
                claim.replace(members.next_value_seed(Glancing::CLAIM)?).is_none()
            } else {
                found.note(name.as_bytes())?;
                members.next_value_seed(Glancing::REST)?;
                others.insert(name)
            };
            if !is_new {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::NUMBER;
    use super::*;

    #[test]
    fn nothing_stays_of_what_the_first_reader_found() {
        // It gives up at the white space, behind `sub`, and the second one does not find that twice.
        let mut registered = Registered::default();
        assert!(registered.read(r#"{"sub":"a" ,"iss":"\u0062"}"#).is_ok());
        let is = |claim: &Option<Glance<'_>>, text: &str| matches!(claim, Some(Glance::Text(found)) if found == text);
        assert!(is(&registered.subject, "a") && is(&registered.issuer, "b") && registered.audience.is_none());
    }

    /// Texts that differ from a plain one in one character, or lack one: where the walk over plain text comes to its end, the
    /// other one finds the same. So does whoever looks at claims that were read as a whole.
    #[test]
    fn both_walks_find_the_same() {
        let plain = concat!(
            r#"{"iss":"https://issuer.example","aud":["a","bé"],"sub":"5d1c","exp":1900000000,"nbf":0,"iat":17,"#,
            r#""jti":"","scope":"one two","roles":["x"],"amr":[],"auth_time":123456789012345678,"cnf":{"jkt":null},"#,
            r#""nonce":true,"other":[1,{"a":[]}],"x":"y"}"#
        );
        let (mut count, mut plain_ones, mut strict) = (0, 0, 0);
        let mut put = |text: &str| {
            let (mut one, mut other) = (Registered::default(), Registered::default());
            let is_strict = json::read(text, Walk { found: &mut other }).is_ok();
            if is_strict {
                let claims = Claims::from_json(text.as_bytes()).expect("strict");
                assert_eq!(Registered::of(&claims), other, "{text}");
            }
            if one.read_plain(text).is_ok() {
                assert!(is_strict, "{text}");
                assert_eq!(one, other, "{text}");
                plain_ones += 1;
            }
            (count, strict) = (count + 1, strict + usize::from(is_strict));
        };
        put(plain);
        for (at, old) in plain.char_indices() {
            let (before, rest) = plain.split_at(at);
            let after = rest.strip_prefix(old).expect("it stands there");
            put(&format!("{before}{after}"));
            for new in "\0\u{1f} \t\"\\/{}[],:-+.eE019asnxé\u{2028}".chars() {
                put(&format!("{before}{new}{after}"));
                put(&format!("{before}{new}{old}{after}"));
            }
        }
        assert!(plain_ones > 1_000 && strict > plain_ones && count > strict + 1_000, "{plain_ones}, {strict}, {count}");
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
