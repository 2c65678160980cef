//! Login keys: the form in which names of accounts are stored and compared.
//!
//! One person must find their account whatever their keyboard sends. So a name is compared in one canonical form:
//! Unicode's NFC, ASCII letters in lower case, byte by byte. It is computed here and not in a database, whose
//! collations differ. Letters beyond ASCII keep their case: folding them depends on the language.
//!
//! Control characters, format characters and the known blank ones are refused, since names that differ in them
//! alone cannot be told apart. Names of different letters can still look alike: Latin and Cyrillic `a` are two
//! letters, and neither is refused. Where people trust a name that they see, allow fewer characters.

use std::error::Error;
use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

/// The canonical form of a name: NFC, ASCII letters in lower case.
///
/// Two names belong to one account exactly if their keys are equal. The name as its owner wrote it is kept
/// beside the key; mail goes there.
///
/// # Security
///
/// `Debug` does not show the name: people type their passwords into the wrong field.
///
/// # Examples
///
/// ```
/// use auth_issuer::login_key::{InvalidLogin, LoginKey};
///
/// assert_eq!(LoginKey::parse("ALICE")?, LoginKey::parse("alice")?);
/// assert_eq!(LoginKey::parse("zoe\u{308}")?.as_str(), "zo\u{eb}");
/// assert!(LoginKey::parse(" alice").is_err());
/// assert!(LoginKey::parse("ali\u{200b}ce").is_err());
/// # Ok::<(), InvalidLogin>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LoginKey(String);

/// A text that cannot be the name of an account. Quotes nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InvalidLogin {
    kind: InvalidLoginKind,
}

/// What is wrong with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InvalidLoginKind {
    /// A control character (Unicode's category Cc) or a separator of lines or paragraphs (Zl, Zp).
    Control,
    /// Nothing at all.
    Empty,
    /// An invisible character: a format character (category Cf), such as a zero-width space or a change of
    /// direction; any other that Unicode has shown as nothing (`Default_Ignorable_Code_Point`), assigned or not, such as a
    /// variation selector, combining grapheme joiner, Hangul filler or inherent Khmer vowel; a blank Braille pattern.
    Format,
    /// White space at the beginning or the end.
    OuterSpace,
    /// More than [`LoginKey::MAX_LEN`] bytes.
    TooLong,
}

impl LoginKey {
    /// The longest name, in bytes of UTF-8, as it arrives.
    pub const MAX_LEN: usize = 512;

    /// Computes the key of a name.
    ///
    /// # Errors
    ///
    /// [`InvalidLogin`] if the name is empty or longer than [`MAX_LEN`](Self::MAX_LEN) bytes, begins or ends with
    /// white space, or has a control character, a separator of lines or an invisible character anywhere.
    pub fn parse(name: &str) -> Result<Self, InvalidLogin> {
        check(name).map_err(|kind| InvalidLogin { kind })?;
        let mut key: String = name.nfc().collect();
        key.make_ascii_lowercase();
        // A lower-case letter may compose where its upper-case form does not: `H` and U+0331, but U+1E96.
        Ok(Self(if key.is_ascii() { key } else { key.nfc().collect() }))
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for LoginKey {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LoginKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoginKey(..)")
    }
}

impl InvalidLogin {
    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> InvalidLoginKind {
        self.kind
    }
}

impl fmt::Display for InvalidLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            InvalidLoginKind::Control => "the name has a control character or a separator of lines",
            InvalidLoginKind::Empty => "the name is empty",
            InvalidLoginKind::Format => "the name has an invisible character",
            InvalidLoginKind::OuterSpace => "the name begins or ends with white space",
            InvalidLoginKind::TooLong => "the name is longer than 512 bytes",
        })
    }
}

impl Error for InvalidLogin {}

fn check(name: &str) -> Result<(), InvalidLoginKind> {
    if name.is_empty() {
        return Err(InvalidLoginKind::Empty);
    }
    if name.len() > LoginKey::MAX_LEN {
        return Err(InvalidLoginKind::TooLong);
    }
    if name.chars().any(|character| character.is_control() || is_separator(character)) {
        return Err(InvalidLoginKind::Control);
    }
    if name.chars().any(|character| is_format(character) || is_blank(character)) {
        return Err(InvalidLoginKind::Format);
    }
    if name.trim().len() != name.len() {
        return Err(InvalidLoginKind::OuterSpace);
    }
    Ok(())
}

/// Unicode's general categories Zl and Zp.
fn is_separator(character: char) -> bool {
    matches!(character, '\u{2028}' | '\u{2029}')
}

/// Letters, marks and symbols that show nothing: default-ignorable ones outside Cf, those without a meaning yet included,
/// and the blank Braille pattern.
fn is_blank(character: char) -> bool {
    matches!(character,
        '\u{34f}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180d}'
        | '\u{180f}'
        | '\u{2065}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fff8}'
        | '\u{e0000}'
        | '\u{e0002}'..='\u{e001f}'
        | '\u{e0080}'..='\u{e0fff}'
    )
}

/// Unicode's general category Cf, as of version 16.
fn is_format(character: char) -> bool {
    matches!(character,
        '\u{ad}'
        | '\u{600}'..='\u{605}'
        | '\u{61c}'
        | '\u{6dd}'
        | '\u{70f}'
        | '\u{890}'..='\u{891}'
        | '\u{8e2}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{110bd}'
        | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0001}'
        | '\u{e0020}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(name: &str) -> String {
        LoginKey::parse(name).expect("a good name").as_str().to_owned()
    }

    fn complaint(name: &str) -> InvalidLoginKind {
        LoginKey::parse(name).expect_err("a bad name").kind()
    }

    #[test]
    fn lower_cases_ascii_letters_only() {
        assert_eq!(key("Alice@Example.COM"), "alice@example.com");
        assert_eq!(key("\u{c9}va"), "\u{c9}va");
        assert_ne!(key("\u{c9}va"), key("\u{e9}va"));
    }

    #[test]
    fn composed_and_decomposed_names_are_one() {
        assert_eq!(key("zo\u{eb}"), key("zoe\u{308}"));
        assert_eq!(key("\u{c9}"), key("E\u{301}"), "the accent is joined before letters are lowered");
    }

    #[test]
    fn lowering_that_makes_a_pair_composable_composes_it() {
        assert_eq!(key("H\u{331}"), "\u{1e96}");
        assert_eq!(key("H\u{331}"), key("h\u{331}"));
    }

    #[test]
    fn kelvin_sign_is_the_letter_k() {
        assert_eq!(key("\u{212a}im"), "kim");
    }

    #[test]
    fn compatibility_forms_stay_apart() {
        assert_ne!(key("\u{ff41}lice"), key("alice"));
    }

    #[test]
    fn inner_spaces_are_kept() {
        assert_eq!(key("Alice  B"), "alice  b");
    }

    #[test]
    fn refuses_names_that_are_none() {
        assert_eq!(complaint(""), InvalidLoginKind::Empty);
        for name in ["a\0b", "a\nb", "\ta", "a\u{7f}", "a\u{85}b", "a\r\n", "a\u{2028}b", "a\u{2029}"] {
            assert_eq!(complaint(name), InvalidLoginKind::Control, "{name:?}");
        }
        for name in
            ["a\u{200b}b", "\u{feff}a", "a\u{202e}b", "a\u{ad}b", "a\u{e0041}", "a\u{34f}b", "\u{3164}", "a\u{fe0f}"]
        {
            assert_eq!(complaint(name), InvalidLoginKind::Format, "{name:?}");
        }
        for name in [" a", "a ", " ", "\u{a0}a", "a\u{3000}"] {
            assert_eq!(complaint(name), InvalidLoginKind::OuterSpace, "{name:?}");
        }
    }

    #[test]
    fn length_ends_at_512_bytes() {
        assert_eq!(key(&"a".repeat(512)).len(), 512);
        assert_eq!(complaint(&"a".repeat(513)), InvalidLoginKind::TooLong);
    }

    #[test]
    fn format_table_has_its_edges() {
        for format in ['\u{600}', '\u{605}', '\u{1343f}', '\u{e0020}', '\u{e007f}', '\u{206f}'] {
            assert!(is_format(format), "{format:?}");
        }
        for other in ['\u{606}', '\u{ac}', '\u{ae}', '\u{2065}', '\u{2070}', '\u{13440}', '\u{e001f}'] {
            assert!(!is_format(other), "{other:?}");
        }
    }

    #[test]
    fn blank_table_has_its_edges() {
        let default_ignorable = [
            0x34f..=0x34f,
            0x115f..=0x1160,
            0x17b4..=0x17b5,
            0x180b..=0x180f,
            0x2065..=0x2065,
            0x3164..=0x3164,
            0xfe00..=0xfe0f,
            0xffa0..=0xffa0,
            0xfff0..=0xfff8,
            0xe0000..=0xe0fff,
        ];
        let outside_format = |code: &u32| !char::from_u32(*code).is_some_and(is_format);
        let mut refused: Vec<u32> = default_ignorable.into_iter().flatten().filter(outside_format).collect();
        refused.push(0x2800);
        refused.sort_unstable();
        let blank: Vec<u32> = ('\0'..=char::MAX).filter(|char| is_blank(*char)).map(u32::from).collect();
        assert_eq!(blank, refused);
        for blank in refused.into_iter().filter_map(char::from_u32) {
            assert_eq!(complaint(&format!("a{blank}b")), InvalidLoginKind::Format, "{blank:?}");
        }
    }

    #[test]
    fn homoglyphs_stay_apart() {
        assert_ne!(key("\u{430}lice"), key("alice"));
    }

    #[test]
    fn prints_no_name() {
        assert_eq!(format!("{:?}", LoginKey::parse("hunter2").expect("a name")), "LoginKey(..)");
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(name in "\\PC{1,40}") {
            if let Ok(key) = LoginKey::parse(&name) {
                // Normalising may make a text longer, never anything else that is refused.
                prop_assert_eq!(LoginKey::parse(key.as_str()), Ok(key));
            }
        }

        #[test]
        fn canonically_equal_names_have_one_key(name in "\\PC{1,40}") {
            let decomposed: String = name.nfd().collect();
            let composed: String = name.nfc().collect();
            if let (Ok(decomposed), Ok(composed)) = (LoginKey::parse(&decomposed), LoginKey::parse(&composed)) {
                prop_assert_eq!(decomposed, composed);
            }
        }
    }
}
