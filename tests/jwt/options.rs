//! What a verifier can be told beyond issuer, audience and key.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use auth_core::jwt::{JwtAlgorithm, JwtKey, JwtKeySource, JwtVerifier, KeyLookup, TokenState, WantedKey};
use auth_core::{
    Claims, ConfigError, ConfigErrorKind, Facts, Realm, Reason, StoreError, Text, Verified, VerifyErrorKind,
};
use serde_json::{Value, json};

use crate::bearer::Bench;
use crate::signed::{AUDIENCE, ISSUER, NOW, SECRET, builder, check, check_later, sign, token};

fn roles(at: &str, claims: Value) -> Result<Vec<Text>, Reason> {
    let verified = check(&builder().roles_at(at).build().unwrap(), &token(claims))?;
    Ok(verified.facts().roles.clone())
}

#[test]
fn an_id_is_required_where_that_is_said() {
    let (strict, lenient) = (builder().require_jti().build().unwrap(), builder().build().unwrap());
    for (id, is_one) in [(json!("t-1"), true), (json!(""), false), (Value::Null, false)] {
        let token = token(json!({"jti": id}));
        assert_eq!(check(&strict, &token).map(drop), if is_one { Ok(()) } else { Err(Reason::CLAIMS) }, "{id}");
        assert!(check(&lenient, &token).is_ok());
    }
    assert_eq!(check(&strict, &token(json!({"jti": 1}))).err(), Some(Reason::CLAIMS));
}

#[test]
fn claims_are_required_where_that_is_said() {
    let strict = builder().require_claims(["email", "nbf"]).build().unwrap();
    for (claims, is_good) in [
        (json!({"email": "a@example.com", "nbf": NOW}), true),
        (json!({"email": "", "nbf": NOW}), true),
        (json!({"email": "a@example.com"}), false),
        (json!({"nbf": NOW}), false),
        (json!({"email": null, "nbf": NOW}), false),
    ] {
        let outcome = check(&strict, &token(claims.clone())).map(drop);
        assert_eq!(outcome, if is_good { Ok(()) } else { Err(Reason::CLAIMS) }, "{claims}");
    }
}

#[test]
fn a_claim_has_to_be_equal_where_that_is_said() {
    let strict = builder().require_claim("purpose", "access").require_claim("level", 2).build().unwrap();
    for (claims, is_good) in [
        (json!({"purpose": "access", "level": 2}), true),
        (json!({"purpose": "reset", "level": 2}), false),
        (json!({"purpose": "Access", "level": 2}), false),
        (json!({"purpose": ["access"], "level": 2}), false),
        (json!({"purpose": null, "level": 2}), false),
        (json!({"purpose": "access", "level": "2"}), false),
        (json!({"purpose": "access", "level": 2.0}), false),
        (json!({"purpose": "access"}), false),
        (json!({"level": 2}), false),
    ] {
        let outcome = check(&strict, &token(claims.clone())).map(drop);
        assert_eq!(outcome, if is_good { Ok(()) } else { Err(Reason::CLAIMS) }, "{claims}");
    }
}

/// The name under which `serde_json` keeps a number: an object whose first member has it would be that number, and the
/// claims of the token would be gone.
#[test]
fn no_token_counts_as_a_number() {
    const NUMBER: &str = "$serde_json::private::Number";
    let plain = builder().build().unwrap();
    assert!(check(&plain, &token(json!({"suspended": true}))).is_ok());
    for claims in [
        json!({NUMBER: "1", "suspended": true}),
        json!({"suspended": {NUMBER: "1"}}),
        json!({"suspended": [{NUMBER: "1"}, {"z": true, NUMBER: "1"}]}),
        // An escape is for the full reader.
        json!({NUMBER: "1", "note": "a\nb"}),
        json!({"roles": ["a\nb"], "suspended": {NUMBER: "1"}}),
    ] {
        assert_eq!(check(&plain, &token(claims.clone())).err(), Some(Reason::CLAIMS), "{claims}");
    }
    let payload = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": NOW + 1});
    for header in [json!({"alg": "HS256", NUMBER: "1"}), json!({"alg": "HS256", "x": {NUMBER: "1"}})] {
        assert_eq!(check(&plain, &sign(&header, &payload, SECRET)).err(), Some(Reason::TOKEN_HEADER), "{header}");
    }
}

#[test]
fn a_type_is_required_with_its_tree_or_without() {
    for required in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+jwt"] {
        let strict = builder().require_typ(required).build().unwrap();
        let with_type = |name: &str| {
            let payload = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": NOW + 1});
            check(&strict, &sign(&json!({"alg": "HS256", "typ": name}), &payload, SECRET)).map(drop)
        };
        for good in ["at+jwt", "At+Jwt", "application/at+jwt", "APPLICATION/at+jwt"] {
            assert_eq!(with_type(good), Ok(()), "{good}");
        }
        for bad in ["jwt", "at+jwt ", "text/at+jwt", "application/application/at+jwt", "/at+jwt", ""] {
            assert_eq!(with_type(bad), Err(Reason::TOKEN_TYPE), "{bad}");
        }
    }
}

#[test]
fn a_scope_is_a_space_list_and_an_array_by_option() {
    let (plain, lists) = (builder().build().unwrap(), builder().scope_may_be_list().build().unwrap());
    let scopes = |verifier: &JwtVerifier, scope: Value| {
        check(verifier, &token(json!({"scope": scope}))).map(|verified| verified.facts().scopes.clone())
    };
    for verifier in [&plain, &lists] {
        assert_eq!(scopes(verifier, json!(" a  b ")), Ok(vec!["a".into(), "b".into()]));
        assert_eq!(scopes(verifier, json!("a,b\tc")), Ok(vec!["a,b\tc".into()]), "spaces only");
        assert_eq!(scopes(verifier, Value::Null), Ok(Vec::new()));
        assert_eq!(scopes(verifier, json!(1)), Err(Reason::CLAIMS));
        assert_eq!(scopes(verifier, json!({"a": true})), Err(Reason::CLAIMS));
    }
    assert_eq!(scopes(&plain, json!(["a", "b"])), Err(Reason::CLAIMS));
    assert_eq!(scopes(&lists, json!(["a", "b c"])), Ok(vec!["a".into(), "b c".into()]), "nothing is split");
    assert_eq!(scopes(&lists, json!(["a", 1])), Err(Reason::CLAIMS));
}

#[test]
fn roles_stand_at_the_end_of_a_path() {
    let found = |names: &[&str]| Ok(names.iter().map(|name| Text::from(*name)).collect());
    let keycloak = json!({"realm_access": {"roles": ["admin"]}, "roles": ["other"]});
    assert_eq!(roles("realm_access.roles", keycloak.clone()), found(&["admin"]));
    assert_eq!(roles("roles", keycloak), found(&["other"]));
    assert_eq!(roles("a.b.c", json!({"a": {"b": {"c": ["x"]}}})), found(&["x"]));
    for absent in [json!({}), json!({"a": {}}), json!({"a": {"b": {}}}), json!({"c": ["x"]})] {
        assert_eq!(roles("a.b.c", absent), Ok(Vec::new()));
    }
    for wrong in [
        json!({"a": ["x"]}),
        json!({"a": {"b": "c"}}),
        json!({"a": {"b": null}}),
        json!({"a": {"b": {"c": "x"}}}),
        json!({"a": {"b": {"c": {}}}}),
        json!({"a": {"b": {"c": ["x", null]}}}),
        json!({"a": {"b": {"c": null}}}),
    ] {
        assert_eq!(roles("a.b.c", wrong.clone()), Err(Reason::CLAIMS), "{wrong}");
    }
}

#[test]
fn roles_may_stand_in_a_claim_whose_name_has_dots() {
    let name = "https://acme.example/roles";
    assert_eq!(roles(name, json!({name: ["admin"]})), Ok(vec!["admin".into()]));
    assert_eq!(roles(name, json!({"https://acme": {"example/roles": ["a"]}})), Ok(vec!["a".into()]), "or a path");
    let both = json!({"a.b": ["flat"], "a": {"b": ["nested"]}});
    assert_eq!(roles("a.b", both), Ok(vec!["flat".into()]));
    for place in ["", ".", "realm_access..roles", "roles."] {
        let error = builder().roles_at(place).build().unwrap_err();
        let names_both =
            error.to_string().contains(&format!("`{place}`")) && error.to_string().contains("`realm_access.roles`");
        assert!(error.kind() == ConfigErrorKind::ClaimName && names_both, "{error}");
    }
}

#[test]
fn custom_claims_are_read_by_type() {
    let more =
        json!({"level": 3, "tenant": {"id": 7, "name": "acme"}, "huge": 18_446_744_073_709_551_616.0, "rate": 0.5});
    let claims = check(&builder().build().unwrap(), &token(more)).unwrap().value().clone();
    assert_eq!((claims.parse::<u8>("level"), claims.parse::<f64>("rate")), (Ok(3), Ok(0.5)));
    let tenant = claims.parse::<Claims>("tenant").unwrap();
    assert_eq!((tenant.parse::<u32>("id"), tenant.parse::<String>("name")), (Ok(7), Ok("acme".to_owned())));
    assert_eq!(claims.parse::<Option<String>>("absent"), Ok(None));
    assert!(claims.parse::<u64>("huge").is_err() && claims.parse::<u8>("rate").is_err());
    let error = claims.parse::<String>("level").unwrap_err().to_string();
    assert_eq!(error, "claim `level` is not a string");
}

#[test]
fn times_are_read_up_to_the_year_9999() {
    let verifier = builder().leeway(Duration::ZERO).build().unwrap();
    let checked = |claims: Value| check(&verifier, &token(claims)).map(drop);
    let last = 253_402_300_799_u64;
    assert_eq!(checked(json!({"exp": last})), Ok(()));
    assert_eq!(checked(json!({"exp": last + 1})), Err(Reason::CLAIMS));
    for name in ["exp", "nbf", "iat", "auth_time"] {
        for value in [json!(-1), json!(-0.5), json!(1e300), json!(u64::MAX), json!("1"), json!([1]), json!(last + 1)] {
            assert_eq!(checked(json!({name: value})), Err(Reason::CLAIMS), "{name} {value}");
        }
    }
    assert_eq!(checked(json!({"nbf": NOW, "iat": NOW, "auth_time": NOW})), Ok(()));
    assert_eq!(checked(json!({"nbf": 1_800_000_000.5})), Err(Reason::NOT_YET_VALID));
}

#[test]
fn the_leeway_is_a_minute_and_at_most_five() {
    let checked = |verifier: &JwtVerifier, claims| check(verifier, &token(claims)).map(drop);
    let usual = builder().build().unwrap();
    assert_eq!(checked(&usual, json!({"exp": NOW - 59})), Ok(()));
    assert_eq!(checked(&usual, json!({"exp": NOW - 60})), Err(Reason::EXPIRED));
    assert_eq!(checked(&usual, json!({"nbf": NOW + 60})), Ok(()));
    assert_eq!(checked(&usual, json!({"nbf": NOW + 61})), Err(Reason::NOT_YET_VALID));
    let longest = builder().leeway(Duration::from_mins(5)).build().unwrap();
    assert_eq!(checked(&longest, json!({"exp": NOW - 299, "iat": NOW + 300})), Ok(()));
    assert_eq!(checked(&longest, json!({"exp": NOW - 300})), Err(Reason::EXPIRED));
    assert_eq!(checked(&longest, json!({"iat": NOW + 301})), Err(Reason::NOT_YET_VALID));
    let error = builder().leeway(Duration::from_millis(300_001)).build().unwrap_err();
    assert_eq!(error.kind(), ConfigErrorKind::Leeway);
    let expiry = check(&longest, &token(json!({}))).unwrap().facts().expires_at;
    let stated = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW + 100);
    assert_eq!(expiry, Some(stated), "the leeway does not prolong the token");
}

#[test]
fn any_issuer_and_any_audience_are_weaknesses_that_are_spelled_out() {
    let key = || JwtKey::hs256(SECRET).unwrap();
    let any_issuer = JwtVerifier::builder().with_insecure_any_issuer().audience(AUDIENCE).key(key()).build().unwrap();
    for issuer in [json!("https://elsewhere.example"), Value::Null] {
        let verified = check(&any_issuer, &token(json!({"iss": issuer}))).unwrap();
        assert_eq!(verified.facts().issuer.as_deref(), issuer.as_str());
    }
    assert_eq!(check(&any_issuer, &token(json!({"iss": 1}))).err(), Some(Reason::CLAIMS));
    assert_eq!(check(&any_issuer, &token(json!({"aud": "x"}))).err(), Some(Reason::AUDIENCE));

    let any_audience = JwtVerifier::builder().issuer(ISSUER).with_insecure_any_audience().key(key()).build().unwrap();
    for audience in [json!("x"), json!(["x", "y"]), json!([]), Value::Null] {
        assert!(check(&any_audience, &token(json!({"aud": audience}))).is_ok(), "{audience}");
    }
    assert_eq!(check(&any_audience, &token(json!({"aud": [1]}))).err(), Some(Reason::CLAIMS));
    assert_eq!(check(&any_audience, &token(json!({"iss": "x"}))).err(), Some(Reason::ISSUER));

    let complain = |built: Result<JwtVerifier, ConfigError>, kind| {
        let error = built.unwrap_err();
        assert!(error.kind() == kind && error.to_string().contains("keep one of the two"), "{error}");
    };
    complain(builder().with_insecure_any_issuer().build(), ConfigErrorKind::Issuer);
    complain(builder().with_insecure_any_audience().build(), ConfigErrorKind::Audience);
}

/// Knows what became of tokens, and how often it was asked.
struct Register {
    answer: fn(&Facts) -> Result<bool, StoreError>,
    asked: Arc<AtomicUsize>,
}

impl TokenState for Register {
    async fn is_alive(&self, token: &Facts, _: &Claims) -> Result<bool, StoreError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        (self.answer)(token)
    }
}

#[test]
fn a_token_that_may_be_withdrawn_is_asked_about_after_everything_else() {
    let asked = Arc::new(AtomicUsize::new(0));
    let with_state = |answer: fn(&Facts) -> Result<bool, StoreError>| {
        builder().require_jti().revocation(Register { answer, asked: Arc::clone(&asked) }).build().unwrap()
    };
    let by_id = with_state(|facts| Ok(facts.subject == "alice" && facts.credential_id.as_deref() == Some("alive")));
    assert!(check_later(&by_id, &token(json!({"jti": "alive"}))).is_ok());
    let dead = check_later(&by_id, &token(json!({"jti": "dead"}))).unwrap_err();
    assert_eq!((dead.kind(), dead.reason()), (VerifyErrorKind::Refused, Reason::REVOKED));
    let silent = with_state(|_| Err(StoreError::new("connection refused")));
    let unknown = check_later(&silent, &token(json!({"jti": "alive"}))).unwrap_err();
    assert_eq!((unknown.kind(), unknown.reason()), (VerifyErrorKind::Unavailable, Reason::STORE));
    assert_eq!(asked.load(Ordering::Relaxed), 3);

    let expired = token(json!({"jti": "alive", "exp": 1}));
    let forged = sign(&json!({"alg": "HS256"}), &json!({"iss": ISSUER}), crate::signed::OTHER_SECRET);
    for (bad, reason) in [(expired, Reason::EXPIRED), (forged, Reason::SIGNATURE), (token(json!({})), Reason::CLAIMS)] {
        assert_eq!(check_later(&silent, &bad).unwrap_err().reason(), reason);
    }
    assert_eq!(asked.load(Ordering::Relaxed), 3, "nobody is asked about what is bad anyway");
}

#[test]
fn over_http_a_withdrawn_token_is_401_and_an_unknown_state_503() {
    let status = |answer: fn(&Facts) -> Result<bool, StoreError>| {
        let verifier = builder().revocation(Register { answer, asked: Arc::default() }).build().unwrap();
        let refusal = Bench::new(verifier, NOW).refusal(&token(json!({})));
        refusal.map(|refusal| (refusal.status(), refusal.reason()))
    };
    assert_eq!(status(|_| Ok(true)), None);
    assert_eq!(status(|_| Ok(false)), Some((401, Reason::REVOKED)));
    assert_eq!(status(|_| Err(StoreError::new("down"))), Some((503, Reason::STORE)));
}

/// Answers at once with one thing, and in its own time with another.
struct Elsewhere {
    now: KeyLookup,
    later: fn() -> Result<Option<JwtKey>, StoreError>,
}

impl JwtKeySource for Elsewhere {
    fn find_now(&self, wanted: &WantedKey) -> KeyLookup {
        assert_eq!((wanted.algorithm.as_str(), wanted.id.as_deref()), ("HS256", None));
        self.now.clone()
    }

    async fn find(&self, wanted: WantedKey) -> Result<Option<JwtKey>, StoreError> {
        assert_eq!((wanted.algorithm.as_str(), wanted.id.as_deref()), ("HS256", None));
        (self.later)()
    }
}

fn good_key() -> JwtKey {
    JwtKey::hs256(SECRET).unwrap()
}

fn with_source(now: KeyLookup, later: fn() -> Result<Option<JwtKey>, StoreError>) -> JwtVerifier {
    JwtVerifier::builder().issuer(ISSUER).audience(AUDIENCE).key_source(Elsewhere { now, later }).build().unwrap()
}

#[test]
fn keys_come_from_elsewhere_and_are_held_to_their_algorithm() {
    let good = token(json!({}));
    let never = || panic!("a source that has answered is not asked again");
    assert!(check(&with_source(KeyLookup::Found(good_key()), never), &good).is_ok());
    assert_eq!(check(&with_source(KeyLookup::Unknown, never), &good).err(), Some(Reason::UNKNOWN_KEY));
    let of_another =
        JwtKey::from_secret(JwtAlgorithm::Hs512, b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_")
            .unwrap();
    let lying = with_source(KeyLookup::Found(of_another), never);
    assert_eq!(check(&lying, &good).err(), Some(Reason::ALGORITHM));
}

#[test]
fn keys_that_have_to_be_waited_for_decide_the_same() {
    let later = |later| check_later(&with_source(KeyLookup::Ask, later), &token(json!({})));
    assert!(later(|| Ok(Some(good_key()))).is_ok());
    let verdict = |answer: Result<Verified<Claims>, _>| {
        answer.map(drop).map_err(|error: auth_core::VerifyError| (error.kind(), error.reason()))
    };
    let unknown = Err((VerifyErrorKind::Refused, Reason::UNKNOWN_KEY));
    assert_eq!(verdict(later(|| Ok(None))), unknown);
    let other = || Ok(Some(JwtKey::hs256(crate::signed::OTHER_SECRET).unwrap()));
    assert_eq!(verdict(later(other)), Err((VerifyErrorKind::Refused, Reason::SIGNATURE)));
    let down = Err((VerifyErrorKind::Unavailable, Reason::KEY_SERVER));
    assert_eq!(verdict(later(|| Err(StoreError::new("down")))), down);
}

#[test]
fn keys_and_a_source_of_keys_are_one_too_many() {
    let source = Elsewhere { now: KeyLookup::Unknown, later: || Ok(None) };
    let error = builder().key_source(source).build().unwrap_err();
    assert!(error.kind() == ConfigErrorKind::KeySet && error.to_string().contains("beside a key source"), "{error}");
}

#[test]
fn what_is_printed_holds_no_secret() {
    let state = Register { answer: |_| Ok(true), asked: Arc::default() };
    let own = format!("{:?}", builder().revocation(state).build().unwrap());
    let elsewhere = format!("{:?}", with_source(KeyLookup::Found(good_key()), || Ok(None)));
    for (shown, part) in
        [(&own, "algorithm: Hs256"), (&own, "State(..)"), (&elsewhere, "Elsewhere(..)"), (&own, ISSUER)]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(elsewhere.contains("state: State") && !own.contains("0sF3") && !elsewhere.contains("0sF3"));
    assert!(format!("{:?}", builder()).contains("source: Source,"));
    let source = Elsewhere { now: KeyLookup::Unknown, later: || Ok(None) };
    assert!(format!("{:?}", JwtVerifier::builder().key_source(source)).contains("source: Source(..)"));
}

/// Claims become the realm's principal; those that do not fit are refused.
#[test]
fn typed_claims_make_the_principal() {
    struct Member {
        level: u8,
    }
    let verifier = Arc::new(builder().build().unwrap());
    let make = |_: &Facts, claims: Claims| Ok(Member { level: claims.parse("level")? });
    let mapped = auth_core::Verifier::try_map(verifier, make);
    assert!(Realm::<Member>::builder("members").bearer(mapped).build().is_ok());
    let mapped = auth_core::Verifier::try_map(Arc::new(builder().build().unwrap()), make);
    let of = |level: Value| {
        let token = token(json!({"level": level}));
        let token =
            <auth_core::credential::BearerToken as auth_core::credential::Credential>::parse(token.as_bytes()).unwrap();
        let decided = auth_core::Verifier::<auth_core::credential::BearerToken>::try_verify(
            &mapped,
            &token,
            &crate::signed::attempt(),
        );
        decided.unwrap().map(|verified| verified.value().level).map_err(|error| error.reason())
    };
    assert_eq!(of(json!(3)), Ok(3));
    for wrong in [json!("3"), json!(3.0), json!(256), json!(-1), Value::Null] {
        assert_eq!(of(wrong.clone()), Err(Reason::PRINCIPAL), "{wrong}");
    }
}
