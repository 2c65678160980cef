//! What a file of accounts may say.

use std::collections::HashSet;
use std::fmt;

use auth_issuer::{AccountState, LoginKey, PasswordHash};
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use super::SINGLE_USER;
use crate::failure::StartError;
use crate::options::Mode;

/// The accounts of a file, checked.
pub struct AccountFile(pub(super) Vec<Entry>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    account: Vec<toml::Spanned<Draft>>,
}

/// An account as it is written.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Draft {
    id: Option<u64>,
    pub(super) login: String,
    pub(super) name: Option<String>,
    #[serde(default, deserialize_with = "wiped")]
    pub(super) password: Option<Zeroizing<String>>,
    #[serde(default, deserialize_with = "wiped")]
    password_hash: Option<Zeroizing<String>>,
    #[serde(default, deserialize_with = "wiped")]
    totp_secret: Option<Zeroizing<String>>,
    #[serde(default)]
    pub(super) roles: Vec<String>,
    #[serde(default)]
    pub(super) scopes: Vec<String>,
    state: Option<String>,
    pub(super) locations: Option<Vec<String>>,
}

/// A text that is wiped when it is dropped.
fn wiped<'de, D: Deserializer<'de>>(text: D) -> Result<Option<Zeroizing<String>>, D::Error> {
    String::deserialize(text).map(|text| Some(Zeroizing::new(text)))
}

/// An account, checked.
#[derive(Clone)]
pub(super) struct Entry {
    /// `None`: chosen when it is stored.
    pub(super) id: Option<String>,
    pub(super) draft: Draft,
    pub(super) state: AccountState,
    pub(super) hash: Option<PasswordHash>,
    pub(super) totp: Option<Zeroizing<Vec<u8>>>,
}

impl AccountFile {
    /// Reads a file of accounts.
    ///
    /// # Errors
    ///
    /// If it is no TOML, has an unknown key, or an account that cannot be: the line is named, values are not quoted.
    pub fn parse(text: &str, mode: Mode) -> Result<Self, StartError> {
        let document: Document = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            StartError::new(format!("line {line}: {}", without_values(error.message())))
        })?;
        let (mut logins, mut ids, mut entries) = (HashSet::new(), HashSet::new(), Vec::new());
        for draft in document.account {
            let line = line_of(text, draft.span().start);
            let complain = |why: &str| StartError::new(format!("line {line}: {why}"));
            let mut entry = Entry::new(draft.into_inner()).map_err(|why| complain(&why))?;
            let key = LoginKey::parse(&entry.draft.login).map_err(|error| complain(&format!("login: {error}")))?;
            if !logins.insert(key.as_str().to_owned()) {
                return Err(complain("login: another account has this login, but for case"));
            }
            if mode == Mode::Single {
                entry.id = Some(SINGLE_USER.to_owned());
            }
            if entry.id.as_ref().is_some_and(|id| !ids.insert(id.clone())) && mode == Mode::Multi {
                return Err(complain("id: another account has this id"));
            }
            entries.push(entry);
        }
        if mode == Mode::Single && entries.len() != 1 {
            let text = format!("--mode single needs exactly one account, and there are {}", entries.len());
            return Err(StartError::new(text));
        }
        Ok(Self(entries))
    }
}

impl Entry {
    /// An account of the file, or what is wrong with it.
    fn new(draft: Draft) -> Result<Self, String> {
        let state = match draft.state.as_deref() {
            None => AccountState::Active,
            Some(name) => {
                AccountState::from_name(name).ok_or("state: it has to be active, suspended, must_reset or inactive")?
            }
        };
        if draft.password.is_some() && draft.password_hash.is_some() {
            return Err("password, password_hash: there is one of the two".to_owned());
        }
        let hash = match &draft.password_hash {
            None => None,
            Some(text) => Some(PasswordHash::parse(text).map_err(|error| format!("password_hash: {error}"))?),
        };
        let totp = match &draft.totp_secret {
            None => None,
            Some(text) => Some(base32(text).ok_or("totp_secret: this is not base32 of at least 16 bytes")?),
        };
        if draft.id == Some(0) {
            return Err("id: it has to be 1 or more".to_owned());
        }
        Ok(Self { id: draft.id.map(|id| id.to_string()), draft, state, hash, totp })
    }
}

fn base32(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let secret = totp_rs::Secret::try_from_base32(text).ok()?;
    let bytes = Zeroizing::new(secret.as_bytes().to_vec());
    (bytes.len() >= 16).then_some(bytes)
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count().saturating_add(1)
}

/// The message of the parser without the value that it quotes: that may be a password.
fn without_values(message: &str) -> String {
    match (message.split_once(": "), message.split_once(", expected ")) {
        (Some((what, _)), Some((_, expected))) if what.starts_with("invalid ") => {
            format!("{what}, expected {expected}")
        }
        _ => message.lines().next().unwrap_or_default().to_owned(),
    }
}

/// Shows how many there are.
impl fmt::Debug for AccountFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AccountFile").field(&self.0.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        AccountFile::parse(text, Mode::Multi).expect_err("refused").to_string()
    }

    #[test]
    fn says_the_line_and_quotes_no_value() {
        for (text, expected) in [
            ("[[account]]\nlogin = \"a\"\nlogon = 1", "line 3: unknown field `logon`"),
            ("[[account]]\nname = \"a\"", "line 1: missing field `login`"),
            ("[[account]]\nlogin = \"a\"\nstate = \"gone\"", "line 1: state: "),
            ("[[account]]\nlogin = \"a\"\ntotp_secret = \"0\"", "line 1: totp_secret: "),
            ("[[account]]\nlogin = \"a\"\n[[account]]\nlogin = \"A\"", "line 3: login: another account"),
            ("[[account]]\nlogin = \"a\"\nid = \"s3cret\"", "line 3: invalid type, expected "),
            ("[[account]\n", "line 1: "),
        ] {
            let line = refusal(text);
            assert!(line.starts_with(expected), "{line}");
            assert!(!line.contains("s3cret") && !line.contains('\n'), "{line}");
        }
    }

    #[test]
    fn single_mode_has_exactly_one() {
        let two = "[[account]]\nlogin = \"a\"\n[[account]]\nlogin = \"b\"";
        assert!(AccountFile::parse(two, Mode::Single).is_err());
        let one = AccountFile::parse("[[account]]\nlogin = \"a\"", Mode::Single).expect("good");
        assert_eq!(one.0[0].id.as_deref(), Some(SINGLE_USER));
    }
}
