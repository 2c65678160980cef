//! What the documents about security name is there, and has the figures that they give.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use auth_core::ConfigErrorKind;
use auth_core::cache::{Caching, Revocations};
use auth_core::credential::MAX_CREDENTIAL_LEN;
use auth_issuer::HashParams;
use auth_issuer::hash_pool::MAX_WAIT;
use auth_issuer::hashing::MAX_PASSWORD_LEN;
use auth_issuer::one_time::SLOTS;
use auth_issuer::throttle::{Rule, ThrottleRules};

const DEFAULTS: &str = include_str!("../../docs/defaults.md");
const PAGES: [(&str, &str); 5] = [
    ("SECURITY.md", include_str!("../../SECURITY.md")),
    ("docs/threat-model.md", include_str!("../../docs/threat-model.md")),
    ("docs/asvs.md", include_str!("../../docs/asvs.md")),
    ("docs/defaults.md", DEFAULTS),
    ("docs/migration.md", include_str!("../../docs/migration.md")),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The second cell of the row whose first one is `what`.
fn default_of(what: &str) -> &'static str {
    let start = format!("| {what} | ");
    let row = DEFAULTS.lines().find_map(|line| line.strip_prefix(&start));
    let row = row.unwrap_or_else(|| panic!("docs/defaults.md has no row `{what}`"));
    row.split(" | ").next().unwrap()
}

fn spoken(time: Duration) -> String {
    match time.as_secs() {
        secs if secs % 86_400 == 0 => format!("{} d", secs / 86_400),
        secs if secs % 3_600 == 0 => format!("{} h", secs / 3_600),
        secs if secs % 60 == 0 && secs > 60 => format!("{} min", secs / 60),
        60 => "1 min".to_owned(),
        secs => format!("{secs} s"),
    }
}

fn told(rule: Rule) -> String {
    let limit = format!("{} in {}", rule.limit, spoken(rule.window));
    match rule.then_one_per {
        Some(pause) => format!("{limit}, then one in {}", spoken(pause)),
        None => limit,
    }
}

#[test]
fn limits_on_guessing_are_the_ones_told() {
    let rules = ThrottleRules::default();
    for (what, rule) in [
        ("wrong passwords, one name from one source", rules.name_and_source),
        ("wrong passwords, one source", rules.source),
        ("wrong passwords, one name from anywhere", rules.name),
        ("wrong codes, one account", rules.code),
        ("wrong codes, one account, in the long run", rules.codes_in_all),
        ("wrong recovery codes, one account", rules.recovery_code),
        ("mails to one address", rules.mail_to_address),
        ("mails that one source asks for", rules.mail_from_source),
    ] {
        assert_eq!(default_of(what), told(rule), "{what}");
    }
}

#[test]
fn figures_are_the_ones_told() {
    let revocations = Revocations::new();
    let seconds = |time: Duration| format!("{} s", time.as_secs());
    for (what, figure) in [
        ("a credential's length", format!("{MAX_CREDENTIAL_LEN} bytes")),
        ("verified credentials kept, tokens and keys", seconds(Caching::of_signed_tokens(revocations.clone()).ttl())),
        ("verified credentials kept, passwords", seconds(Caching::of_passwords(revocations).ttl())),
        ("length at sign-in", format!("{MAX_PASSWORD_LEN} bytes")),
        ("wait for a place", seconds(MAX_WAIT)),
        ("one-time secrets alive for one purpose", SLOTS.to_string()),
    ] {
        assert_eq!(default_of(what), figure, "{what}");
    }
    let params = HashParams::default();
    let (kib, passes, lanes) = (params.memory_kib(), params.passes(), params.lanes());
    assert_eq!(default_of("hash"), format!("Argon2id, {kib} KiB, {passes} passes, {lanes} lane"));
}

/// The figures of constants and fields that are nobody else's to read: what the page says, and what the source does.
#[test]
fn private_figures_are_the_ones_told() {
    for (what, figure, file, code) in [
        (
            "`exp`",
            "demanded",
            "auth-core/src/jwt/claims.rs",
            "registered.expires_at().or(Err(Reason::CLAIMS))?.ok_or(Reason::CLAIMS)?",
        ),
        ("leeway", "60 s", "auth-core/src/jwt/rules.rs", "DEFAULT_LEEWAY: Duration = Duration::from_mins(1)"),
        ("RSA modulus", "2048 to 4096 bits", "auth-core/src/jwt/key/rsa.rs", "MIN_BITS: usize = 2048"),
        ("RSA modulus", "2048 to 4096 bits", "auth-core/src/jwt/key/rsa.rs", "MAX_BITS: usize = 4096"),
        (
            "keys of another issuer, asked again",
            "5 min",
            "auth-jwks/src/keys/builder.rs",
            "DEFAULT_REFRESH_AFTER: Duration = Duration::from_mins(5)",
        ),
        (
            "keys of another issuer, still believed",
            "24 h",
            "auth-jwks/src/keys/builder.rs",
            "MAX_STALE: Duration = Duration::from_hours(24)",
        ),
        (
            "length when set",
            "15 to 256 characters, 8 to 256 beside a second factor",
            "auth-issuer/src/passwords/policy.rs",
            "only_factor: 15..=256, with_second_factor: 8..=256",
        ),
        ("access token", "5 min", "auth-issuer/src/tokens/issuer.rs", "lifetime: Duration::from_mins(5)"),
        ("refresh token, unused", "15 d", "auth-issuer/src/refresh/service.rs", "idle_timeout: DAY.saturating_mul(15)"),
        ("refresh chain", "90 d", "auth-issuer/src/refresh/service.rs", " lifetime: DAY.saturating_mul(90)"),
        ("grace for a predecessor", "none", "auth-issuer/src/refresh/service.rs", "grace: Duration::ZERO"),
        (
            "session, unused",
            "30 min",
            "auth-issuer/src/sessions/service.rs",
            "(idle_timeout, lifetime) = (Duration::from_mins(30),",
        ),
        (
            "session",
            "12 h",
            "auth-issuer/src/sessions/service.rs",
            "Duration::from_mins(30), Duration::from_hours(12))",
        ),
        (
            "reset of a password",
            "1 h",
            "auth-issuer/src/passwords/reset.rs",
            " LIFE: Duration = Duration::from_hours(1)",
        ),
        (
            "second factor after the password",
            "5 min",
            "auth-issuer/src/sign_in/pending.rs",
            " LIFE: Duration = Duration::from_mins(5)",
        ),
        ("TOTP window", "one step past, one ahead", "auth-issuer/src/totp/code.rs", "Self { past: 1, future: 1 }"),
        ("recovery codes", "10 of 80 bits", "auth-issuer/src/totp/recovery.rs", "CODES: usize = 10"),
        ("recovery codes", "10 of 80 bits", "auth-issuer/src/totp/recovery.rs", "BYTES: usize = 10"),
        (
            "API key, last use written",
            "once in 1 min",
            "auth-issuer/src/api_keys/service.rs",
            "TOUCH_AFTER: Duration = Duration::from_mins(1)",
        ),
        (
            "expired API keys stay listed",
            "30 d",
            "auth-issuer/src/api_keys/store.rs",
            "EXPIRED_KEYS_STAY: Duration = Duration::from_hours(30 * 24)",
        ),
        (
            "body of an endpoint's request",
            "16384 bytes",
            "auth-issuer/src/http/front.rs",
            "MAX_BODY: usize = 16 * 1024",
        ),
    ] {
        assert_eq!(default_of(what), figure, "{what}");
        let source = fs::read_to_string(root().join(file)).unwrap();
        assert!(source.contains(code), "{what} is {figure} in docs/defaults.md, and {file} has no `{code}`");
    }
}

/// A target that is not listed is run by nobody.
#[test]
fn every_fuzz_target_is_listed_and_has_seeds() {
    let fuzz = root().join("fuzz");
    let names = |folder: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(fuzz.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    };
    let manifest: toml::Table = fs::read_to_string(fuzz.join("Cargo.toml")).unwrap().parse().unwrap();
    let built = manifest["bin"].as_array().unwrap().iter().map(|bin| bin["name"].as_str().unwrap().to_owned());
    let page = fs::read_to_string(fuzz.join("README.md")).unwrap();
    let listed = page.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split('`').next()?.to_owned()));
    let targets = names("fuzz_targets");
    assert_eq!(targets, built.collect());
    assert_eq!(targets, listed.collect());
    assert_eq!(targets, names("seeds"));
}

/// Every Rust source below the folders that the documents speak of.
fn sources() -> String {
    fn gather(folder: &Path, text: &mut String) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("target") {
                gather(&path, text);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                text.push_str(&fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut text = String::new();
    for folder in ["auth-core", "auth-issuer", "auth-jwks", "auth-tower", "auth-test"] {
        gather(&root().join(folder).join("src"), &mut text);
    }
    gather(&root().join("adapters"), &mut text);
    text
}

/// Whether `text` has `name` with nothing of a name on either side.
fn has_name(text: &str, name: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(part_of_name) && !text[at + name.len()..].starts_with(part_of_name))
}

#[test]
fn paths_and_names_in_documents_exist() {
    let sources = sources();
    let mut missing = Vec::new();
    for (page, text) in PAGES {
        for word in text.split('`').skip(1).step_by(2) {
            let is_path = word.contains('/') && word.chars().all(|c| c.is_ascii_alphanumeric() || "/_-.".contains(c));
            if is_path && word != "application/problem+json" && !root().join(word).exists() {
                missing.push(format!("{page}: the path {word}"));
            }
            let is_name = !is_path
                && word
                    .split("::")
                    .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
            let names_code =
                word.contains("::") || word.contains('_') || word.starts_with(|c: char| c.is_ascii_uppercase());
            let of_http = ["Authorization", "Host", "Vary"].contains(&word);
            if is_name && names_code && !of_http {
                for part in word.split("::").filter(|part| !part.starts_with("auth_")) {
                    if !has_name(&sources, part) {
                        missing.push(format!("{page}: the name {word}"));
                    }
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Number, kind and meaning, as the code has them.
fn kinds_of_mistakes() -> Vec<(String, String, String)> {
    let source = include_str!("../../auth-core/src/config_error.rs");
    let (_, rest) = source.split_once("pub enum ConfigErrorKind {").unwrap();
    let (variants, _) = rest.split_once("\n}").unwrap();
    let mut kinds = Vec::new();
    let mut meaning = Vec::new();
    for line in variants.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match (line.strip_prefix("/// "), line.trim_end_matches(',').split_once(" = ")) {
            (Some(text), _) => meaning.push(text),
            (None, Some((kind, number))) => {
                let number: u16 = number.parse().unwrap();
                kinds.push((format!("AUTH{number:03}"), kind.to_owned(), std::mem::take(&mut meaning).join(" ")));
            }
            (None, None) => panic!("neither a comment nor a kind: {line}"),
        }
    }
    kinds
}

#[test]
fn every_mistake_in_the_configuration_can_be_looked_up() {
    let page = include_str!("../../docs/configuration-errors.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `AUTH"));
    let told: Vec<_> = rows
        .map(|row| {
            let cells: Vec<_> = row.trim_end_matches(" |").split(" | ").collect();
            let [number, kind, meaning, fix] = cells[..] else { panic!("four cells: {row}") };
            assert!(fix.ends_with('.') && fix.len() > 20, "{row}");
            (format!("AUTH{}", number.trim_end_matches('`')), kind.trim_matches('`').to_owned(), meaning.to_owned())
        })
        .collect();
    assert_eq!(told, kinds_of_mistakes());
    // What the text of an error shows is what the page lists.
    for kind in [ConfigErrorKind::RealmName, ConfigErrorKind::Limit, ConfigErrorKind::Mail] {
        let row = (kind.code(), format!("{kind:?}"));
        assert!(told.iter().any(|(number, name, _)| (number, name) == (&row.0, &row.1)), "{row:?}");
    }
}
