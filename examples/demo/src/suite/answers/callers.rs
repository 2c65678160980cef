//! Who calls: good, wrong, missing, doubled and malformed credentials of each scheme.

use serde_json::json;

use crate::suite::mint::{alice, basic, root, token};
use crate::suite::server::API_KEY;

/// Somebody, and the header lines that say so.
pub(super) struct Caller {
    pub(super) name: &'static str,
    pub(super) lines: Vec<String>,
}

impl Caller {
    /// One of each kind, for what is not about credentials.
    pub(super) fn is_common(&self) -> bool {
        matches!(
            self.name,
            "nobody" | "alice's token" | "root's token" | "an expired token" | "root's password" | "alice's key"
        )
    }
}

/// Each of them.
pub(super) fn callers() -> Vec<Caller> {
    let caller = |(name, lines): (&'static str, Vec<String>)| Caller { name, lines };
    [tokens(), passwords(), keys(), mixed()].into_iter().flatten().map(caller).collect()
}

type Named = Vec<(&'static str, Vec<String>)>;

fn authorization(value: &str) -> Vec<String> {
    vec![format!("Authorization: {value}")]
}

fn tokens() -> Named {
    let alice = alice();
    let unsigned = root().header_is(json!({"alg": "none", "typ": "JWT"})).mint();
    let (unsigned, _) = unsigned.rsplit_once('.').expect("three parts");
    vec![
        ("nobody", vec![]),
        ("alice's token", vec![alice.header()]),
        ("root's token", vec![root().header()]),
        ("a token without rights", vec![token().header()]),
        ("a guest's token", vec![alice.clone().claim("roles", ["guest"]).header()]),
        ("an expired token", vec![root().claim("exp", 1).header()]),
        ("a token of another issuer", vec![root().claim("iss", "https://other.example").header()]),
        ("a token for another audience", vec![root().claim("aud", "other-api").header()]),
        ("a token that another secret signed", vec![root().signed_with(&[7; 36]).header()]),
        ("a token that nobody signed", authorization(&format!("Bearer {unsigned}."))),
        ("a bearer that is no token", authorization("Bearer x")),
        ("a bearer of two words", authorization("Bearer two words")),
        ("a bearer without a token", authorization("Bearer")),
        ("a token under a scheme in capitals", authorization(&format!("BEARER {}", alice.mint()))),
        ("a token after many spaces", authorization(&format!("Bearer    {}", alice.mint()))),
        ("a token after a tab", authorization(&format!("Bearer\t{}", alice.mint()))),
        ("alice's token twice", vec![alice.header(), alice.header()]),
        (
            "alice's token and root's in one line",
            authorization(&format!("Bearer {}, Bearer {}", alice.mint(), root().mint())),
        ),
    ]
}

fn passwords() -> Named {
    let alice = || basic("alice", "correct horse battery staple");
    let root = || basic("root", "hunter2 but longer");
    vec![
        ("alice's password", vec![alice()]),
        ("root's password", vec![root()]),
        ("zoë's password", vec![basic("zoë", "pässwörd: 日本 🙂")]),
        ("a wrong password", vec![basic("root", "hunter2")]),
        ("a password of an unknown name", vec![basic("nobody", "hunter2 but longer")]),
        ("a basic without a value", authorization("Basic")),
        ("a basic that is not Base64", authorization("Basic !!!")),
        ("a basic without a colon", authorization("Basic YWxpY2U=")),
        ("a basic without padding", vec![root().trim_end_matches('=').to_owned()]),
        ("a password under a scheme in capitals", vec![root().replace("Basic", "BASIC")]),
        ("root's password twice", vec![root(), root()]),
        ("alice's password and root's", vec![alice(), root()]),
    ]
}

fn keys() -> Named {
    let key = |key: &str| vec![format!("X-API-TOKEN: {key}")];
    vec![
        ("alice's key", key(API_KEY)),
        ("a mistyped key", key(&API_KEY.replace('7', "8"))),
        ("an unknown key", key("demo_5XCJlYvhQJoTbyjtYXKP7CuiF2KuVYEs6ZMWqwIMMLYNPdsWn0sRr2syi0ssk4V7x43335I")),
        (
            "a key of another prefix",
            key("acme_7mt2nXtOBQX0UzOo9fEeFouiF2KuVYEs6ZMWqwIMMLYNPdsWn0sRr2syi0ssk4V7x1gVsLX"),
        ),
        ("an empty key", key("")),
        ("alice's key as a bearer", authorization(&format!("Bearer {API_KEY}"))),
        ("alice's key twice", [key(API_KEY), key(API_KEY)].concat()),
        ("alice's key and an empty one", [key(API_KEY), key("")].concat()),
    ]
}

fn mixed() -> Named {
    let key = || format!("X-API-TOKEN: {API_KEY}");
    let password = || basic("root", "hunter2 but longer");
    vec![
        ("alice's token and her key", vec![alice().header(), key()]),
        ("a bad token and alice's key", [authorization("Bearer x"), vec![key()]].concat()),
        ("root's token and root's password", vec![root().header(), password()]),
        ("root's password and root's token", vec![password(), root().header()]),
        ("root's password and alice's key", vec![password(), key()]),
        ("an unknown scheme", authorization("Digest username=\"alice\"")),
        ("an unknown scheme and alice's key", [authorization("Digest x"), vec![key()]].concat()),
        ("an unknown scheme and root's token", [authorization("Digest x"), vec![root().header()]].concat()),
        ("an empty field", authorization("")),
        ("an empty field and root's token", [authorization(""), vec![root().header()]].concat()),
        ("a field that is no credential", authorization("alice:secret")),
        ("a cookie", vec!["Cookie: session=x; token=y".to_owned()]),
    ]
}
