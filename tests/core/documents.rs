//! What the documents about security name is there, and has the figures that they give.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

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
