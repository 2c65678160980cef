//! Texts that share the memory of what they were read from.

use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// A text that does not change, and is cheap to clone: all clones share one buffer.
///
/// It reads like a `&str`: it derefs to one, and compares, hashes and prints as one. A `String` of its own is one
/// `to_string()` away.
///
/// # Memory
///
/// The buffer may be longer than the text: the texts of a token's [`Facts`](crate::Facts) are parts of its payload, as
/// long as nothing in them is escaped, and any of them keeps all of that. While a request is answered that is the
/// cheapest way. Whoever keeps a text for longer than its token lives (in an account, a log, a map of sessions) keeps
/// `text.to_string()`, which is as long as the text and nothing else.
///
/// # Examples
///
/// ```
/// use auth_core::Text;
///
/// let text = Text::from("alice");
/// assert_eq!(text, "alice");
/// assert!(text.clone().starts_with("al") && text != "Alice");
/// let kept: String = text.to_string();
/// assert_eq!(kept, text);
/// ```
#[derive(Clone)]
pub struct Text {
    buffer: Arc<str>,
    /// Where the text begins and ends. Both lie on the borders of characters.
    begin: u32,
    /// [`WHOLE`] where the text is all of the buffer, which may be of any length.
    end: u32,
}

/// Where no part of a buffer ends: `Text::part_of` sees to that.
const WHOLE: u32 = u32::MAX;

impl Text {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        if self.end == WHOLE {
            return &self.buffer;
        }
        let place = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
        // There is always a text: it was looked at when this was made.
        self.buffer.get(place(self.begin)..place(self.end)).unwrap_or_default()
    }

    /// A part of a text that was read, as the same part of a buffer that holds that text. What is no part of it has
    /// memory of its own.
    #[cfg(feature = "jwt")]
    pub(crate) fn part_of(buffer: &Arc<str>, read: &str, part: &str) -> Self {
        debug_assert_eq!(**buffer, *read, "one is the copy of the other");
        // What lies at an address within the text that was read is that part of it, and nothing else.
        let begin = part.as_ptr().addr().wrapping_sub(read.as_ptr().addr());
        let end = begin.wrapping_add(part.len());
        let is_part = begin <= end && end <= read.len();
        match (u32::try_from(begin), u32::try_from(end)) {
            (Ok(begin), Ok(end)) if is_part && end != WHOLE => Self { buffer: Arc::clone(buffer), begin, end },
            _ => Self::from(part),
        }
    }
}

impl From<Arc<str>> for Text {
    fn from(buffer: Arc<str>) -> Self {
        Self { buffer, begin: 0, end: WHOLE }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::from(Arc::from(text))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::from(Arc::from(text))
    }
}

impl From<&String> for Text {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Box<str>> for Text {
    fn from(text: Box<str>) -> Self {
        Self::from(Arc::from(text))
    }
}

impl From<Cow<'_, str>> for Text {
    fn from(text: Cow<'_, str>) -> Self {
        Self::from(Arc::from(text))
    }
}

impl From<&Self> for Text {
    fn from(text: &Self) -> Self {
        text.clone()
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.as_str().to_owned()
    }
}

impl From<&Text> for String {
    fn from(text: &Text) -> Self {
        text.as_str().to_owned()
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::from(Arc::default())
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self
    }
}

/// A map by texts is asked by a `&str`.
impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Eq for Text {}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

macro_rules! compares_with {
    ($($other:ty),*) => {$(
        impl PartialEq<$other> for Text {
            fn eq(&self, other: &$other) -> bool {
                let other: &str = other.as_ref();
                self.as_str() == other
            }
        }

        impl PartialEq<Text> for $other {
            fn eq(&self, other: &Text) -> bool {
                other == self
            }
        }
    )*};
}

compares_with!(str, &str, String);

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use super::*;

    #[test]
    fn is_no_larger_than_a_string() {
        assert_eq!(size_of::<Text>(), size_of::<String>());
        assert_eq!(size_of::<Option<Text>>(), size_of::<String>());
    }

    #[test]
    fn reads_like_the_text_that_it_holds() {
        let (text, same) = (Text::from("b\"ö"), String::from("b\"ö"));
        assert_eq!((format!("{text:?}"), format!("{text:>5}")), (r#""b\"ö""#.to_owned(), "  b\"ö".to_owned()));
        assert_eq!((&text, text.as_str()), (&Text::from(&same), same.as_str()));
        assert_eq!([text == same, same == text, text == *same, *same == text], [true; 4]);
        assert_eq!([text == "b\"ö", "b\"ö" == text], [true; 2]);
        let [before, other, after] = ["a", "B\"ö", "c"].map(Text::from);
        assert!(text != "b\"" && text != other && before < text && text < after);
        assert_eq!((Text::default().as_str(), Text::from(String::new())), ("", Text::default()));
        let (hashed, sorted) = (HashSet::from([text.clone()]), BTreeSet::from([text.clone()]));
        assert!(hashed.contains("b\"ö") && sorted.contains("b\"ö") && !hashed.contains("b"));
        for text in [Text::from(String::from("x")), Text::from(Box::from("x")), Text::from(Cow::Borrowed("x"))] {
            assert_eq!((String::from(&text), text), ("x".to_owned(), Text::from("x")));
        }
    }

    #[cfg(feature = "jwt")]
    #[test]
    fn only_a_part_of_what_was_read_shares_the_buffer() {
        let read = "aöb".to_owned();
        let buffer: Arc<str> = Arc::from(read.as_str());
        let part = |text| Text::part_of(&buffer, &read, text);
        let is_shared = |text: &Text| Arc::ptr_eq(&text.buffer, &buffer);
        for range in [0..4, 0..1, 1..3, 1..4, 3..4, 0..0, 4..4] {
            let text = read.get(range).expect("borders of characters");
            let part = part(text);
            assert!(part == text && is_shared(&part) && is_shared(&part.clone()), "{text}");
        }
        // What stands elsewhere is no part, even if it says the same, or lies right beside it.
        let around = format!("{read}{read}{read}");
        let (first, rest) = around.split_at(4);
        let (middle, last) = rest.split_at(4);
        for elsewhere in [first, last, around.as_str(), "a"] {
            let part = Text::part_of(&buffer, middle, elsewhere);
            assert!(part == elsewhere && !is_shared(&part), "{elsewhere}");
        }
    }

    #[test]
    fn all_of_a_buffer_may_be_shared() {
        let buffer: Arc<str> = Arc::from("alice");
        let text = Text::from(Arc::clone(&buffer));
        assert!(text.as_ptr() == buffer.as_ptr() && Text::from(&text).as_ptr() == buffer.as_ptr());
    }
}
