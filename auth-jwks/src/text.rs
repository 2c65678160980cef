//! What goes into logs and error texts.

/// The most characters of a text that somebody else chose.
const MAX_SHOWN: usize = 64;

/// A text of somebody else's, on one line and short.
pub(crate) fn shortened(text: &str) -> String {
    text.escape_default().take(MAX_SHOWN).collect()
}
