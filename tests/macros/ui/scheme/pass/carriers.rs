//! Every carrier, and what follows from it.

use auth_core::credential::{BearerToken, OpaqueToken};
use auth_core::{Carrier, ChallengeForm, Scheme};

#[derive(Scheme)]
#[scheme(bearer, prefix = "ak_")]
struct NebulaKey;

#[derive(Scheme)]
#[scheme(basic)]
struct Staff;

#[derive(Scheme)]
#[scheme(basic, credential = OpaqueToken, challenge = none)]
struct KeyAsPassword;

#[derive(Scheme)]
#[scheme(authorization = "DPoP", credential = BearerToken)]
struct Bound {}

#[derive(Scheme)]
#[scheme(header = "X-Key")]
#[scheme(challenge = "Nebula", guessable, name = "pin")]
struct Pin(());

#[derive(Scheme)]
#[scheme(query = "token")]
struct LinkToken;

#[derive(Scheme)]
#[scheme(cookie = "__Host-session", challenge = bearer)]
struct Session;

#[derive(Scheme)]
#[scheme(cookie = "session", with_insecure_cookie_name)]
struct OldSession;

fn about<S: Scheme>(scheme: &S) -> (&'static str, ChallengeForm, bool, Carrier) {
    (S::NAME, S::CHALLENGE, S::GUESSABLE, scheme.carrier())
}

fn main() {
    use ChallengeForm::{ApiKey, Basic, Bearer, Named, None};
    assert_eq!(about(&NebulaKey), ("nebula_key", Bearer, false, Carrier::bearer().with_prefix("ak_")));
    assert_eq!(about(&Staff), ("staff", Basic, true, Carrier::basic()));
    assert_eq!(about(&KeyAsPassword), ("key_as_password", None, false, Carrier::basic()));
    assert_eq!(about(&Bound {}), ("bound", Named("DPoP"), false, Carrier::authorization("DPoP")));
    assert_eq!(about(&Pin(())), ("pin", Named("Nebula"), true, Carrier::header("X-Key")));
    assert_eq!(about(&LinkToken), ("link_token", None, false, Carrier::query("token")));
    assert_eq!(about(&Session), ("session", Bearer, false, Carrier::cookie("__Host-session")));
    assert_eq!(about(&OldSession), ("old_session", None, false, Carrier::cookie("session").with_insecure_cookie_name()));
    assert_ne!(ApiKey, Bearer);
}
