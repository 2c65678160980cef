//! Scopes, as claims and answers hold them.

/// Whether a text is one scope (`scope-token`, RFC 6749 §3.3): visible ASCII without `"` and `\`, and not empty.
///
/// # Security
///
/// Tokens and answers hold scopes as one text, parted by spaces. A text with a space in it would be read back as several
/// scopes that nobody has granted, so whatever writes such a text has to refuse it.
///
/// # Examples
///
/// ```
/// use auth_core::claims::is_scope_token;
///
/// assert!(is_scope_token("items:read"));
/// assert!(!is_scope_token("items:read items:write"));
/// assert!(!is_scope_token(""));
/// ```
#[must_use]
pub fn is_scope_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}
