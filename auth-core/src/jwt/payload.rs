//! The payload of a token, and the one copy of it that claims and facts share.

use std::borrow::Cow;
use std::iter;
use std::sync::Arc;

use crate::claims::Claims;
use crate::text::Text;

/// A payload that was found to be strict.
pub(super) struct Payload<'t> {
    /// Where it was read.
    read: &'t str,
    /// The same text, kept.
    kept: Arc<str>,
}

impl<'t> Payload<'t> {
    pub(super) fn new(read: &'t str) -> Self {
        Self { read, kept: Arc::from(read) }
    }

    /// No payload: texts that stand elsewhere have memory of their own.
    pub(super) fn elsewhere() -> Self {
        Self { read: "", kept: Arc::default() }
    }

    /// The claims, which are read when somebody asks for one.
    pub(super) fn claims(&self) -> Claims {
        Claims::unread(Arc::clone(&self.kept))
    }

    /// A text of the payload, without memory of its own unless something in it was escaped.
    pub(super) fn text(&self, text: Cow<'_, str>) -> Text {
        match text {
            Cow::Borrowed(text) => Text::part_of(&self.kept, self.read, text),
            Cow::Owned(text) => Text::from(text),
        }
    }

    /// The words of a text.
    pub(super) fn words(&self, text: Cow<'_, str>) -> Vec<Text> {
        match text {
            Cow::Borrowed(text) => words(text).map(|word| Text::part_of(&self.kept, self.read, word)).collect(),
            Cow::Owned(text) => {
                let text = Arc::from(text);
                words(&text).map(|word| Text::part_of(&text, &text, word)).collect()
            }
        }
    }
}

/// What stands between spaces. They are looked for byte by byte: words are short.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut at = 0_usize;
    iter::from_fn(move || {
        let rest = text.as_bytes().get(at..)?;
        let begin = at.saturating_add(rest.iter().position(|byte| *byte != b' ')?);
        let rest = text.as_bytes().get(begin..)?;
        at = begin.saturating_add(rest.iter().position(|byte| *byte == b' ').unwrap_or(rest.len()));
        text.get(begin..at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a text lies in the payload's memory.
    fn is_shared(payload: &Payload<'_>, text: &Text) -> bool {
        payload.kept.as_bytes().as_ptr_range().contains(&text.as_ptr())
    }

    #[test]
    fn words_stand_between_spaces_only() {
        for text in ["", " ", "a", " a", "a ", "a b", "  aé  b,c\td\u{a0}e ", "é é", "a\nb"] {
            let expected: Vec<_> = text.split(' ').filter(|word| !word.is_empty()).collect();
            assert_eq!(words(text).collect::<Vec<_>>(), expected, "{text:?}");
        }
    }

    #[test]
    fn only_what_was_escaped_has_memory_of_its_own() {
        let read = r#"{"a":"plain","scope":"one  two "}"#.to_owned();
        let payload = Payload::new(&read);
        let part = |text: &str| {
            let begin = read.find(text).expect("it stands there");
            Cow::Borrowed(read.get(begin..begin + text.len()).expect("all of it"))
        };
        let plain = payload.text(part("plain"));
        assert!(plain == "plain" && is_shared(&payload, &plain));
        let words = payload.words(part("one  two "));
        assert!(words == ["one", "two"] && words.iter().all(|word| is_shared(&payload, word)));

        let own = payload.text(Cow::Owned("plain".to_owned()));
        assert!(own == "plain" && !is_shared(&payload, &own));
        let words = payload.words(Cow::Owned(" one two".to_owned()));
        assert!(words == ["one", "two"] && !words.iter().any(|word| is_shared(&payload, word)));
        let elsewhere = Payload::elsewhere();
        assert!(elsewhere.text(part("plain")) == "plain" && elsewhere.words(part("one  two ")) == ["one", "two"]);
        let elsewhere = payload.text(Cow::Borrowed("a text that was read elsewhere"));
        assert!(elsewhere == "a text that was read elsewhere" && !is_shared(&payload, &elsewhere));
    }
}
