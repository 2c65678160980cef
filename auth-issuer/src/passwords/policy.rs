//! Which passwords may be chosen.
//!
//! Length decides, not the kinds of characters (NIST SP 800-63B §3.1.1.2): no composition rules, no expiry. What guessers
//! try first is refused: common passwords, and those that say little more than the name of the service or of the account.
//! The policy holds where a password is set, never where one is presented.

use std::fmt;
use std::ops::RangeInclusive;
use std::pin::Pin;
use std::sync::Arc;

use auth_core::credential::Password;
use auth_core::{ConfigError, ConfigErrorKind, StoreError};

use super::common::is_common;
use crate::accounts::Account;
use crate::hashing::MAX_PASSWORD_LEN;
use crate::unavailable::Unavailable;

/// A context word hides no more than this: a password has to say so many characters beside it.
const MIN_BESIDE_WORD: usize = 6;
/// Shorter words of the context occur by chance.
const MIN_WORD: usize = 4;

/// Rules for new passwords.
///
/// | rule | default |
/// | --- | --- |
/// | characters | 15 to 256 where the password is the only factor, 8 to 256 otherwise |
/// | bytes | at most 1,024 |
/// | control characters (C0, NUL, DEL) | none |
/// | common passwords | the list of this crate: several thousand, in any case |
/// | words of the context | little more than the account's name, or a [word of the service](Self::with_context_words) |
/// | known from breaches | if a [check](Self::with_breach_check) is given |
///
/// # Examples
///
/// ```
/// use auth_issuer::Account;
/// use auth_issuer::passwords::{PasswordPolicy, PolicyViolation};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let policy = PasswordPolicy::default().with_lengths(8..=256)?.with_context_words(["acme"]);
/// let alice = Account::new("1", "alice@example.com")?;
/// assert!(policy.check(&"correct horse".into(), &alice).await?.is_empty());
/// assert_eq!(policy.check(&"Password1".into(), &alice).await?, [PolicyViolation::Common]);
/// assert_eq!(policy.check(&"acme2026".into(), &alice).await?, [PolicyViolation::ContextWord]);
///
/// let violations = policy.check(&"short".into(), &alice).await?;
/// assert_eq!(violations[0].to_string(), "This password is too short. Use 8 characters or more.");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PasswordPolicy {
    only_factor: RangeInclusive<usize>,
    with_second_factor: RangeInclusive<usize>,
    words: Vec<String>,
    breaches: Option<Arc<dyn AnyBreachCheck>>,
}

/// What is wrong with a password. `Display` tells whoever has chosen it, in a sentence that quotes nothing of it; an
/// application that speaks another language matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PolicyViolation {
    /// It is known from a breach.
    Breached,
    /// It is among the common ones.
    Common,
    /// It says little more than the name of the account or a word of the service.
    ContextWord,
    /// It has a control character.
    ControlCharacter,
    /// It is longer than that.
    TooLong {
        /// The most characters.
        maximum: usize,
    },
    /// It is shorter than that.
    TooShort {
        /// The fewest characters.
        minimum: usize,
    },
}

/// Knows passwords that were found in breaches.
pub trait BreachCheck: Send + Sync + 'static {
    /// Whether a password is known. Hand nobody the password, and nobody its whole digest.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be told: the password is not set then, and the request is answered with 503. A check
    /// that had rather let it pass answers `false`.
    fn is_breached(&self, password: &Password) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self { only_factor: 15..=256, with_second_factor: 8..=256, words: Vec::new(), breaches: None }
    }
}

impl PasswordPolicy {
    /// Demands as many characters of every password, whether or not it is the only factor.
    ///
    /// # Errors
    ///
    /// If the fewest are under 8, the most under 64 or over 1,024.
    pub fn with_lengths(mut self, characters: RangeInclusive<usize>) -> Result<Self, ConfigError> {
        if *characters.start() < 8 || *characters.end() < 64 || *characters.end() > MAX_PASSWORD_LEN {
            let text = format!(
                "passwords of {} to {} characters are not a good policy; demand 8 or more and allow 64 to {MAX_PASSWORD_LEN}: \
                 `8..=256`",
                characters.start(),
                characters.end()
            );
            return Err(ConfigError::new(ConfigErrorKind::Hashing, text));
        }
        self.only_factor = characters.clone();
        self.with_second_factor = characters;
        Ok(self)
    }

    /// Adds words of the service: its name, for example. Words under 4 characters are not looked for.
    #[must_use]
    pub fn with_context_words<S: Into<String>>(mut self, words: impl IntoIterator<Item = S>) -> Self {
        self.words.extend(words.into_iter().map(|word| word.into().to_lowercase()));
        self
    }

    /// Refuses passwords that were found in breaches.
    #[must_use]
    pub fn with_breach_check(mut self, check: impl BreachCheck) -> Self {
        self.breaches = Some(Arc::new(check));
        self
    }

    /// Everything that is wrong with a new password of an account; nothing if it may be chosen.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the [check of breaches](BreachCheck) cannot tell.
    pub async fn check(&self, password: &Password, account: &Account) -> Result<Vec<PolicyViolation>, Unavailable> {
        let mut violations = self.check_now(password.reveal(), account);
        if let (Some(breaches), true) = (&self.breaches, violations.is_empty())
            && breaches.is_breached(password).await?
        {
            violations.push(PolicyViolation::Breached);
        }
        Ok(violations)
    }

    fn check_now(&self, password: &str, account: &Account) -> Vec<PolicyViolation> {
        let lengths = if account.has_second_factor() { &self.with_second_factor } else { &self.only_factor };
        let (minimum, maximum) = (*lengths.start(), *lengths.end());
        let mut violations = Vec::new();
        let length = password.chars().count();
        if length < minimum {
            violations.push(PolicyViolation::TooShort { minimum });
        }
        if length > maximum || password.len() > MAX_PASSWORD_LEN {
            // Nothing else is computed for it.
            violations.push(PolicyViolation::TooLong { maximum });
            return violations;
        }
        if password.bytes().any(|byte| byte < 0x20 || byte == 0x7f) {
            violations.push(PolicyViolation::ControlCharacter);
        }
        let folded = password.to_lowercase();
        if is_common(&folded) {
            violations.push(PolicyViolation::Common);
        } else if self.is_mostly_context(&folded, account) {
            violations.push(PolicyViolation::ContextWord);
        }
        violations
    }

    /// Whether little is left of the password without the words that anybody would try for this account.
    fn is_mostly_context(&self, folded: &str, account: &Account) -> bool {
        let login = account.login_key().as_str().to_lowercase();
        let parts = login.split(|char: char| !char.is_alphanumeric());
        let words = self.words.iter().map(String::as_str).chain([login.as_str()]).chain(parts);
        let mut words: Vec<&str> = words.filter(|word| word.chars().count() >= MIN_WORD).collect();
        words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
        let mut rest = folded.to_owned();
        for word in words {
            rest = rest.replace(word, "");
        }
        rest.len() < folded.len() && rest.chars().count() < MIN_BESIDE_WORD
    }
}

impl fmt::Display for PolicyViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Breached => f.write_str("This password is known from a breach. Choose another one."),
            Self::Common => f.write_str("This password is among the first that anybody would try. Choose another one."),
            Self::ContextWord => f.write_str(
                "This password says little more than your name or that of the service. Do not build it around them.",
            ),
            Self::ControlCharacter => f.write_str("This password has a character that cannot be seen. Leave it out."),
            Self::TooLong { maximum } => write!(f, "This password is too long. Use {maximum} characters at most."),
            Self::TooShort { minimum } => write!(f, "This password is too short. Use {minimum} characters or more."),
        }
    }
}

impl fmt::Debug for PasswordPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordPolicy")
            .field("only_factor", &self.only_factor)
            .field("with_second_factor", &self.with_second_factor)
            .finish_non_exhaustive()
    }
}

/// A check of any type.
trait AnyBreachCheck: Send + Sync {
    fn is_breached<'a>(
        &'a self,
        password: &'a Password,
    ) -> Pin<Box<dyn Future<Output = Result<bool, StoreError>> + Send + 'a>>;
}

impl<B: BreachCheck> AnyBreachCheck for B {
    fn is_breached<'a>(
        &'a self,
        password: &'a Password,
    ) -> Pin<Box<dyn Future<Output = Result<bool, StoreError>> + Send + 'a>> {
        Box::pin(BreachCheck::is_breached(self, password))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(policy: &PasswordPolicy, password: &str) -> Vec<PolicyViolation> {
        let account = Account::new("1", "alice.smith@example.com").expect("good").with_second_factor(true);
        policy.check_now(password, &account)
    }

    #[test]
    fn lengths_depend_on_whether_there_is_a_second_factor() {
        let policy = PasswordPolicy::default();
        let one = Account::new("1", "bob").expect("good");
        assert_eq!(policy.check_now("xkcd-936-stapl", &one), [PolicyViolation::TooShort { minimum: 15 }]);
        assert_eq!(policy.check_now("xkcd-936-staple", &one), []);
        assert_eq!(check(&policy, "xkcd-936"), []);
        assert_eq!(check(&policy, "xkcd-93"), [PolicyViolation::TooShort { minimum: 8 }]);
    }

    #[test]
    fn lengths_are_characters_and_bytes_have_a_limit_of_their_own() {
        let policy = PasswordPolicy::default();
        assert_eq!(check(&policy, "äöüßäöüß"), []);
        assert_eq!(check(&policy, &"xy7 ".repeat(64)), []);
        assert_eq!(check(&policy, &format!("{}.", "xy7 ".repeat(64))), [PolicyViolation::TooLong { maximum: 256 }]);
        let wide = PasswordPolicy::default().with_lengths(8..=1_024).expect("good");
        assert_eq!(check(&wide, &"ß".repeat(513)), [PolicyViolation::TooLong { maximum: 1_024 }]);
    }

    #[test]
    fn no_kind_of_character_is_demanded_and_no_control_character_allowed() {
        let policy = PasswordPolicy::default();
        for good in ["elephants fly", "7193 5028 6614", "Ünïcödé sample", "  outer blanks  "] {
            assert_eq!(check(&policy, good), [], "{good}");
        }
        for bad in ["xkcd\0staple", "xkcd\nstaple", "xkcd\u{7f}staple", "xkcd\u{1f}staple"] {
            assert_eq!(check(&policy, bad), [PolicyViolation::ControlCharacter], "{bad:?}");
        }
    }

    #[test]
    fn common_passwords_are_refused_in_any_case() {
        let policy = PasswordPolicy::default();
        for common in ["password", "PASSWORD1", "Summer2026", "1qaz2wsx3edc", "iloveyou", "12345678", "P@$$w0rd"] {
            assert_eq!(check(&policy, common), [PolicyViolation::Common], "{common}");
        }
    }

    #[test]
    fn words_of_the_context_need_something_beside_them() {
        let policy = PasswordPolicy::default().with_context_words(["Acme", "ox"]);
        for bad in ["acme1234", "AcmeAcme!", "alicesmith", "Alice.Smith@example.com", "smith2026", "2026alice!"] {
            assert_eq!(check(&policy, bad), [PolicyViolation::ContextWord], "{bad}");
        }
        for good in ["acme pushes hay", "oxoxoxox", "alice in wonderland"] {
            assert_eq!(check(&policy, good), [], "{good}");
        }
    }

    #[test]
    fn violations_are_sentences_for_people() {
        for (violation, part) in [
            (PolicyViolation::Breached, "known from a breach"),
            (PolicyViolation::Common, "among the first"),
            (PolicyViolation::ContextWord, "little more than your name"),
            (PolicyViolation::ControlCharacter, "cannot be seen"),
            (PolicyViolation::TooLong { maximum: 256 }, "Use 256 characters at most."),
            (PolicyViolation::TooShort { minimum: 15 }, "Use 15 characters or more."),
        ] {
            let text = violation.to_string();
            assert!(text.contains(part) && text.starts_with("This password") && text.ends_with('.'), "{text}");
        }
    }

    #[test]
    fn weak_policies_are_refused_and_say_the_fix() {
        for lengths in [7..=256, 8..=63, 8..=1_025] {
            let text = PasswordPolicy::default().with_lengths(lengths).expect_err("weak").to_string();
            assert!(text.contains("8..=256"), "{text}");
        }
    }

    #[tokio::test]
    async fn breaches_are_asked_last_and_their_silence_is_no_answer() {
        struct Breaches;
        impl BreachCheck for Breaches {
            async fn is_breached(&self, password: &Password) -> Result<bool, StoreError> {
                match password.reveal() {
                    "a breached password" => Ok(true),
                    "a silent server" => Err(StoreError::new("down")),
                    _ => Ok(false),
                }
            }
        }
        let policy = PasswordPolicy::default().with_breach_check(Breaches);
        let account = Account::new("1", "bob").expect("good");
        let check = |password: &'static str| {
            let (policy, account) = (&policy, &account);
            async move { policy.check(&password.into(), account).await }
        };
        assert_eq!(check("a breached password").await.expect("an answer"), [PolicyViolation::Breached]);
        assert_eq!(check("another good password").await.expect("an answer"), []);
        assert!(check("a silent server").await.is_err());
    }
}
