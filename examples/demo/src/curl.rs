//! `curl` lines with working credentials, one for each way into each route.

use std::time::SystemTime;

use auth_core::credential::ApiKey;

use crate::accounts::{ALICE, DemoAccount, ROOT};
use crate::realm::API_KEY_HEADER;
use crate::token::TokenSigner;

/// How a request proves who calls.
enum Proof {
    ApiKey,
    Basic(DemoAccount),
    Bearer(DemoAccount),
    Nothing,
}

/// One request that succeeds.
struct Call {
    path: &'static str,
    proof: Proof,
    /// The JSON of a `POST`; the others are `GET`s.
    json: Option<&'static str>,
}

const CALLS: [Call; 14] = [
    get("/public", Proof::Nothing),
    get("/me", Proof::Bearer(ALICE)),
    get("/me", Proof::Basic(ALICE)),
    get("/me", Proof::ApiKey),
    get("/items", Proof::Bearer(ALICE)),
    get("/items", Proof::Basic(ALICE)),
    get("/items", Proof::ApiKey),
    Call { path: "/items", proof: Proof::Bearer(ROOT), json: Some(r#"{"name":"the cook's lamp"}"#) },
    get("/admin", Proof::Bearer(ROOT)),
    get("/admin", Proof::Basic(ROOT)),
    get("/maybe", Proof::Nothing),
    get("/maybe", Proof::Bearer(ALICE)),
    get("/either", Proof::Bearer(ALICE)),
    get("/hidden", Proof::Bearer(ROOT)),
];

const fn get(path: &'static str, proof: Proof) -> Call {
    Call { path, proof, json: None }
}

/// The lines, for a service at `base`, like `http://127.0.0.1:3000`.
pub(crate) fn lines(base: &str, tokens: &TokenSigner, api_key: &ApiKey, now: SystemTime) -> Vec<String> {
    CALLS.iter().map(|call| line(call, base, tokens, api_key, now)).collect()
}

fn line(call: &Call, base: &str, tokens: &TokenSigner, api_key: &ApiKey, now: SystemTime) -> String {
    let mut words = vec!["curl".to_owned()];
    match &call.proof {
        Proof::ApiKey => words.extend(["-H".to_owned(), format!("{API_KEY_HEADER}: {}", api_key.reveal())]),
        Proof::Basic(account) => words.extend(["-u".to_owned(), format!("{}:{}", account.name, account.password)]),
        Proof::Bearer(account) => {
            words.extend(["-H".to_owned(), format!("Authorization: Bearer {}", tokens.sign(account, now))]);
        }
        Proof::Nothing => {}
    }
    if let Some(json) = call.json {
        words.extend(["-H", "Content-Type: application/json", "-d", json].map(str::to_owned));
    }
    words.push(format!("{base}{}", call.path));
    words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ")
}

/// The word as a POSIX shell reads it: everything but an apostrophe stands for itself between apostrophes.
fn quote(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_stay_as_they_are() {
        for word in ["curl", "-H", "http://127.0.0.1:3000/me"] {
            assert_eq!(quote(word), word);
        }
    }

    #[test]
    fn everything_else_stands_between_apostrophes() {
        assert_eq!(quote(""), "''");
        assert_eq!(quote("zoë:pässwörd: 日本 🙂"), "'zoë:pässwörd: 日本 🙂'");
        assert_eq!(quote("$(id) `id` \\ \" ! *"), "'$(id) `id` \\ \" ! *'");
        assert_eq!(quote("the cook's lamp"), r"'the cook'\''s lamp'");
        assert_eq!(quote("'"), r"''\'''");
    }

    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        let words = ["it's", "a'b'c", "'", "zoë:pässwörd: 日本 🙂", "a\nb", "", "-u", "$HOME", "\\'"];
        let script = format!("printf '%s\\0' {}", words.map(quote).join(" "));
        let output = std::process::Command::new("sh").args(["-c", &script]).output().expect("a shell");
        let read: Vec<_> = output.stdout.split(|byte| *byte == 0).map(String::from_utf8_lossy).collect();
        assert_eq!(read, [&words[..], &[""]].concat(), "a terminator follows the last word");
    }
}
