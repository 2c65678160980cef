//! Texts from outside, as logs and lists may show them, and as stores may keep them.

/// The longest text from outside that is shown, in characters.
const MAX_SHOWN: usize = 64;

/// A text escaped to visible ASCII, cut at 64 characters.
pub(crate) fn shown(text: &str) -> String {
    text.chars().flat_map(char::escape_default).take(MAX_SHOWN).collect()
}

/// Whether every store can keep a text: PostgreSQL has no U+0000 in one. What cannot be kept is the id of nothing.
pub(crate) fn is_storable(text: &str) -> bool {
    !text.contains('\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_at_most_64_visible_characters() {
        assert_eq!(shown("Firefox/141"), "Firefox/141");
        assert_eq!(shown("a\r\nb\u{202e}"), r"a\r\nb\u{202e}");
        assert_eq!(shown(&"a".repeat(100)).len(), 64);
    }
}
