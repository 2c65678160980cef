//! What a provider says about a token (RFC 7662 §2.2), and what is made of it.

use std::time::{Duration, SystemTime};

use auth_core::claims::{ClaimError, ClaimValue};
use auth_core::jwt::{ClaimRules, Lifetime, RegisteredClaims};
use auth_core::{Claims, Reason, Verified};

use super::{IntrospectionError, IntrospectionErrorKind};

/// What an access token may be called, without case; a refresh token, for one, is called something else.
const ACCESS_TOKEN: [&str; 5] = ["bearer", "access_token", "access", "at+jwt", "jwt"];

/// What an answer is held against.
#[derive(Debug)]
pub(super) struct Expected {
    /// The allowed issuers; empty allows any.
    pub(super) issuers: Vec<String>,
    pub(super) audiences: Vec<String>,
    pub(super) audience_may_be_absent: bool,
    pub(super) rules: ClaimRules,
}

/// A token that is active. Only its times are still to be checked, at each use.
#[cfg_attr(test, derive(Debug))]
pub(super) struct Answer {
    verified: Verified<Claims>,
    lifetime: Lifetime,
}

/// A member that has another type than its standard says. The provider's answer is then no answer.
#[derive(Debug)]
struct Mistyped(String);

impl Answer {
    /// How long the token lasts by its own words, without leeway.
    pub(super) fn time_left(&self, now: SystemTime) -> Duration {
        let expires_at = self.verified.facts().expires_at;
        expires_at.map_or(Duration::MAX, |end| end.duration_since(now).unwrap_or_default())
    }
}

impl Expected {
    /// Reads an answer: a token that is active and for us, or why it is refused.
    ///
    /// The error says that the answer cannot be read. It is not the token's fault then.
    pub(super) fn read(&self, body: &[u8]) -> Result<Result<Answer, Reason>, IntrospectionError> {
        let unusable = |why: String| IntrospectionError::with_source(IntrospectionErrorKind::Unusable, why);
        let claims = Claims::from_json(body).map_err(|error| unusable(format!("it is {error}")))?;
        match claims.value("active") {
            Some(ClaimValue::Bool(true)) => {}
            Some(ClaimValue::Bool(false)) => return Ok(Err(Reason::UNKNOWN_CREDENTIAL)),
            _ => return Err(unusable("its `active` is neither true nor false".to_owned())),
        }
        self.answer(claims).map_err(|Mistyped(why)| unusable(format!("its {why}")))
    }

    fn answer(&self, claims: Claims) -> Result<Result<Answer, Reason>, Mistyped> {
        let registered = RegisteredClaims::of(&claims, &self.rules);
        let (lifetime, is_bound) = (registered.lifetime()?, registered.is_bound());
        let is_for_us = registered.is_for(&self.audiences)?.unwrap_or(self.audience_may_be_absent);
        let facts = registered.into_facts()?;
        let is_access = is_access_token(&claims)?;
        let refused = |reason| Ok(Err(reason));
        if !is_access {
            return refused(Reason::TOKEN_TYPE);
        }
        if is_bound {
            return refused(Reason::SENDER_CONSTRAINED);
        }
        if !self.is_issuer_allowed(facts.issuer.as_deref()) {
            return refused(Reason::ISSUER);
        }
        if !is_for_us {
            return refused(Reason::AUDIENCE);
        }
        if facts.subject.is_empty() {
            return refused(Reason::CLAIMS);
        }
        Ok(Ok(Answer { verified: Verified::new(facts, claims), lifetime }))
    }

    /// RFC 7662 §2.2 leaves `iss` to the provider. An answer without one is of the provider that was asked.
    fn is_issuer_allowed(&self, issuer: Option<&str>) -> bool {
        self.issuers.is_empty() || issuer.is_none_or(|issuer| self.issuers.iter().any(|allowed| allowed == issuer))
    }

    /// Checks the times, which an answer that is kept has to pass anew.
    pub(super) fn admit(&self, answer: &Answer, now: SystemTime) -> Result<Verified<Claims>, Reason> {
        answer.lifetime.check(&self.rules, now)?;
        Ok(answer.verified.clone())
    }
}

/// Providers answer about refresh tokens and ID tokens too.
fn is_access_token(claims: &Claims) -> Result<bool, Mistyped> {
    for name in ["token_type", "token_use", "typ"] {
        let is_access = match claims.value(name) {
            None => true,
            Some(ClaimValue::String(kind)) => ACCESS_TOKEN.iter().any(|access| kind.eq_ignore_ascii_case(access)),
            Some(_) => return Err(Mistyped(format!("`{name}` is not a string"))),
        };
        if !is_access {
            return Ok(false);
        }
    }
    Ok(true)
}

impl From<ClaimError> for Mistyped {
    fn from(error: ClaimError) -> Self {
        Self(error.to_string())
    }
}

#[cfg(test)]
impl Default for Answer {
    fn default() -> Self {
        Self { verified: Verified::new(auth_core::Facts::new("alice"), Claims::new()), lifetime: Lifetime::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn expected() -> Expected {
        Expected {
            issuers: vec!["https://issuer.example".to_owned()],
            audiences: vec!["api.example".to_owned(), "other.example".to_owned()],
            audience_may_be_absent: false,
            rules: ClaimRules::default().with_leeway(Duration::from_secs(10)),
        }
    }

    /// The answer about a token that is good but for `members`, which replace what stands before them.
    fn body(members: &str) -> String {
        let members = if members.is_empty() { String::new() } else { format!(",{members}") };
        format!(r#"{{"active":true,"sub":"alice"{members}}}"#)
    }

    fn read(members: &str) -> Result<Answer, Reason> {
        expected().read(body(members).as_bytes()).unwrap()
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).unwrap()
    }

    #[test]
    fn makes_facts_of_an_answer() {
        let answer = read(&format!(
            r#""iss":"https://issuer.example","aud":["x","api.example"],"scope":"a  b","roles":["user"],
            "amr":["pwd"],"auth_time":{},"exp":{NOW},"jti":"t-1","client_id":"web""#,
            NOW - 5
        ))
        .unwrap();
        let facts = answer.verified.facts();
        assert_eq!((facts.subject.as_str(), facts.issuer.as_deref()), ("alice", Some("https://issuer.example")));
        assert_eq!((&facts.scopes, &facts.roles), (&vec!["a".into(), "b".into()], &vec!["user".into()]));
        assert!(facts.has_factor("pwd", Some(Duration::from_secs(5)), at(NOW)));
        assert_eq!((facts.expires_at, facts.credential_id.as_deref()), (Some(at(NOW)), Some("t-1")));
        assert_eq!(answer.verified.value().parse::<String>("client_id").as_deref(), Ok("web"));
    }

    #[test]
    fn only_true_is_active_and_only_false_is_not() {
        let expected = expected();
        assert_eq!(expected.read(br#"{"active":false}"#).unwrap().unwrap_err(), Reason::UNKNOWN_CREDENTIAL);
        for active in [r#""true""#, "1", "null", "[]", r#""false""#, "0"] {
            let body = format!(r#"{{"active":{active},"sub":"alice","aud":"api.example"}}"#);
            let error = expected.read(body.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), IntrospectionErrorKind::Unusable, "{active}");
        }
        for body in ["", "{}", "<html>", "[true]", r#"{"active":true,"active":true}"#, r#"{"active":true} x"#] {
            assert!(expected.read(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn refuses_an_answer_for_another_audience_or_for_none() {
        for (members, reason) in [
            (r#""aud":"elsewhere.example""#, Reason::AUDIENCE),
            (r#""aud":[]"#, Reason::AUDIENCE),
            (r#""aud":["api.example "]"#, Reason::AUDIENCE),
            (r#""client_id":"api.example""#, Reason::AUDIENCE),
        ] {
            assert_eq!(read(members).unwrap_err(), reason, "{members}");
        }
        assert!(read(r#""aud":"other.example""#).is_ok());
    }

    #[test]
    fn an_absent_audience_passes_only_where_that_is_said() {
        let lenient = Expected { audience_may_be_absent: true, ..expected() };
        assert!(lenient.read(body("").as_bytes()).unwrap().is_ok());
        let wrong = lenient.read(body(r#""aud":"elsewhere.example""#).as_bytes()).unwrap();
        assert_eq!(wrong.unwrap_err(), Reason::AUDIENCE, "one that is there still has to be ours");
    }

    #[test]
    fn refuses_an_answer_of_another_issuer() {
        let other = read(r#""aud":"api.example","iss":"https://issuer.example/""#);
        assert_eq!(other.unwrap_err(), Reason::ISSUER);
        assert!(read(r#""aud":"api.example""#).is_ok(), "the provider need not name itself");
        let any = Expected { issuers: Vec::new(), ..expected() };
        assert!(any.read(body(r#""aud":"api.example","iss":"x""#).as_bytes()).unwrap().is_ok());
    }

    #[test]
    fn refuses_a_token_without_a_subject() {
        for body in [r#"{"active":true,"aud":"api.example"}"#, r#"{"active":true,"aud":"api.example","sub":""}"#] {
            assert_eq!(expected().read(body.as_bytes()).unwrap().unwrap_err(), Reason::CLAIMS);
        }
    }

    #[test]
    fn refuses_tokens_of_another_kind() {
        for members in [
            r#""token_type":"refresh_token""#,
            r#""token_type":"DPoP""#,
            r#""token_type":"""#,
            r#""token_use":"refresh_token""#,
            r#""token_use":"id""#,
            r#""typ":"Refresh""#,
            r#""typ":"ID""#,
        ] {
            let refused = read(&format!(r#""aud":"api.example",{members}"#));
            assert_eq!(refused.unwrap_err(), Reason::TOKEN_TYPE, "{members}");
        }
        for members in [r#""token_type":"Bearer""#, r#""token_type":"bearer","token_use":"access_token""#] {
            assert!(read(&format!(r#""aud":"api.example",{members}"#)).is_ok(), "{members}");
        }
    }

    #[test]
    fn refuses_tokens_that_are_sender_constrained() {
        for cnf in [r#"{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}"#, "null"] {
            let refused = read(&format!(r#""aud":"api.example","cnf":{cnf}"#));
            assert_eq!(refused.unwrap_err(), Reason::SENDER_CONSTRAINED, "{cnf}");
        }
    }

    #[test]
    fn an_answer_of_wrong_types_is_none() {
        for members in [
            r#""aud":1"#,
            r#""aud":["api.example",1]"#,
            r#""aud":null"#,
            r#""aud":"api.example","exp":"1800000000""#,
            r#""aud":"api.example","exp":-1"#,
            r#""aud":"api.example","exp":1e300"#,
            r#""aud":"api.example","exp":253402300800"#,
            r#""aud":"api.example","exp":null"#,
            r#""aud":"api.example","nbf":true"#,
            r#""aud":"api.example","iat":"1800000000""#,
            r#""aud":"api.example","auth_time":-1"#,
            r#""aud":"api.example","amr":["pwd",1]"#,
            r#""aud":"api.example","iss":["https://issuer.example"]"#,
            r#""aud":"api.example","scope":["a"]"#,
            r#""aud":"api.example","roles":"admin""#,
            r#""aud":"api.example","jti":1"#,
            r#""aud":"api.example","token_type":["Bearer"]"#,
        ] {
            let error = expected().read(body(members).as_bytes()).unwrap_err();
            assert_eq!(error.kind(), IntrospectionErrorKind::Unusable, "{members}");
        }
        assert!(expected().read(br#"{"active":true,"sub":7,"aud":"api.example"}"#).is_err());
    }

    #[test]
    fn roles_stand_where_tokens_have_them() {
        let at = |place: &str, members: &str| {
            let elsewhere = Expected { rules: ClaimRules::default().with_roles_at(place), ..expected() };
            let read = elsewhere.read(body(&format!(r#""aud":"api.example",{members}"#)).as_bytes());
            read.map(|answer| answer.unwrap().verified.facts().roles.clone()).map_err(|error| error.kind())
        };
        let admin = Ok(vec!["admin".into()]);
        assert_eq!(at("realm_access.roles", r#""realm_access":{"roles":["admin"]}"#), admin);
        assert_eq!(at("https://acme.example/roles", r#""https://acme.example/roles":["admin"]"#), admin);
        assert_eq!(at("realm_access.roles", r#""realm_access":{}"#), Ok(Vec::new()));
        let named = |place: &str, members: &str| {
            let rules = ClaimRules::default().with_roles_at(place);
            let read = Expected { rules, ..expected() }.read(body(members).as_bytes());
            std::error::Error::source(&read.unwrap_err()).unwrap().to_string()
        };
        let wrong = named("realm_access.roles", r#""realm_access":{"roles":"admin"}"#);
        assert_eq!(wrong, "its claim `realm_access.roles` is not a list of strings");
        assert_eq!(named("roles", r#""token_use":1"#), "its `token_use` is not a string");
        let wrong = at("realm_access.roles", r#""realm_access":["roles"]"#);
        assert_eq!(wrong, Err(IntrospectionErrorKind::Unusable), "something else than an object is no absence");
    }

    #[test]
    fn times_hold_within_the_leeway_and_no_further() {
        let admit = |members: &str, now| {
            let answer = read(&format!(r#""aud":"api.example",{members}"#)).unwrap();
            expected().admit(&answer, at(now)).map(drop)
        };
        let exp = format!(r#""exp":{NOW}"#);
        assert_eq!(admit(&exp, NOW + 9), Ok(()));
        assert_eq!(admit(&exp, NOW + 10), Err(Reason::EXPIRED));
        let nbf = format!(r#""nbf":{NOW}"#);
        assert_eq!(admit(&nbf, NOW - 10), Ok(()));
        assert_eq!(admit(&nbf, NOW - 11), Err(Reason::NOT_YET_VALID));
        let iat = format!(r#""iat":{NOW}"#);
        assert_eq!(admit(&iat, NOW - 60), Ok(()), "clocks differ, whatever the leeway");
        assert_eq!(admit(&iat, NOW - 61), Err(Reason::NOT_YET_VALID), "nobody has issued it yet");
    }

    #[test]
    fn the_time_that_is_left_knows_no_leeway() {
        let answer = read(&format!(r#""aud":"api.example","exp":{NOW}"#)).unwrap();
        assert_eq!(answer.time_left(at(NOW - 3)), Duration::from_secs(3));
        assert_eq!(answer.time_left(at(NOW)), Duration::ZERO);
        assert_eq!(answer.time_left(at(NOW + 1)), Duration::ZERO);
        assert_eq!(Answer::default().time_left(at(NOW)), Duration::MAX);
    }
}
