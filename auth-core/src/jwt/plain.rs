//! JSON as most issuers write it: without white space, escapes, or numbers other than whole ones that are not negative.
//!
//! What is no such text is not wrong: the full reader has to decide about it. What is one means here what it means there.

use std::fmt;

use serde_core::de::value::BorrowedStrDeserializer;
use serde_core::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_core::forward_to_deserialize_any;

use super::json::{self, NotStrictJson};

/// The most digits of a number that is plain: any such number is a `u64`.
const MAX_DIGITS: usize = 18;

/// Text that the full reader has to read.
#[derive(Debug)]
pub(super) struct NotPlain;

/// What is still to be read of a text.
struct Plain<'t>(&'t str);

/// Reads what the seed takes, and nothing after it: here if the text is plain, and else by the full reader.
pub(super) fn read<'t, S: DeserializeSeed<'t> + Copy>(text: &'t str, seed: S) -> Result<S::Value, NotStrictJson> {
    read_plain(text, seed).or_else(|NotPlain| json::read(text, seed))
}

/// Reads what the seed takes, and nothing after it, if the text is plain.
pub(super) fn read_plain<'t, S: DeserializeSeed<'t>>(text: &'t str, seed: S) -> Result<S::Value, NotPlain> {
    let mut plain = Plain(text);
    let value = seed.deserialize(&mut plain)?;
    if plain.0.is_empty() { Ok(value) } else { Err(NotPlain) }
}

impl<'t> Plain<'t> {
    /// Takes the next byte, which has to be the given one.
    fn take(&mut self, byte: u8) -> Result<(), NotPlain> {
        if self.take_if(byte) { Ok(()) } else { Err(NotPlain) }
    }

    fn take_if(&mut self, byte: u8) -> bool {
        let is_next = self.0.as_bytes().first() == Some(&byte);
        if is_next {
            self.0 = self.0.get(1..).unwrap_or_default();
        }
        is_next
    }

    /// The rest of a text whose first quotation mark is taken already.
    fn rest_of_text(&mut self) -> Result<&'t str, NotPlain> {
        let (text, rest) = self.0.split_at_checked(plain_length(self.0.as_bytes())).ok_or(NotPlain)?;
        self.0 = rest;
        self.take(b'"')?;
        Ok(text)
    }

    fn number(&mut self) -> Result<u64, NotPlain> {
        let digit = |byte: &u8| byte.is_ascii_digit().then(|| u64::from(byte.wrapping_sub(b'0')));
        let (mut number, mut length) = (0_u64, 0_usize);
        for digit in self.0.as_bytes().iter().take(MAX_DIGITS).map_while(digit) {
            number = number.wrapping_mul(10).wrapping_add(digit);
            length = length.wrapping_add(1);
        }
        if length > 1 && self.0.starts_with('0') {
            return Err(NotPlain);
        }
        // What follows is for whoever reads on, who takes no `.5` and no nineteenth digit.
        self.0 = self.0.get(length..).unwrap_or_default();
        Ok(number)
    }

    /// Goes to the next item of a list or object; `false` at its end.
    fn has_next(&mut self, is_first: &mut bool, end: u8) -> Result<bool, NotPlain> {
        if self.take_if(end) {
            return Ok(false);
        }
        if !std::mem::take(is_first) {
            self.take(b',')?;
        }
        Ok(true)
    }

    fn word(&mut self, word: &str) -> Result<(), NotPlain> {
        self.0 = self.0.strip_prefix(word).ok_or(NotPlain)?;
        Ok(())
    }
}

/// How many bytes there are before the first that ends a text, or begins an escape, or may not stand in a text.
fn plain_length(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks();
    let mut length = 0_usize;
    for word in words {
        let marked = marks(u64::from_le_bytes(*word));
        if marked != 0 {
            return length.saturating_add(first_byte(marked));
        }
        length = length.saturating_add(word.len());
    }
    let is_plain = |byte: &u8| *byte >= b' ' && *byte != b'"' && *byte != b'\\';
    length.saturating_add(rest.iter().take_while(|byte| is_plain(byte)).count())
}

/// Eight bytes at once: the highest bit of the first that is a control character, `"` or `\`. Of later bytes it may be
/// set wrongly.
fn marks(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    let below = |word: u64, byte: u8| word.wrapping_sub(ONES.wrapping_mul(byte.into())) & !word;
    let equal = |byte: u8| below(word ^ ONES.wrapping_mul(byte.into()), 1);
    (below(word, b' ') | equal(b'"') | equal(b'\\')) & ONES.wrapping_mul(0x80)
}

/// The position of the first byte, from the lowest, in which a bit is set.
fn first_byte(word: u64) -> usize {
    usize::try_from(word.trailing_zeros() / u8::BITS).unwrap_or_default()
}

impl<'de> Deserializer<'de> for &mut Plain<'de> {
    type Error = NotPlain;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotPlain> {
        match self.0.as_bytes().first() {
            Some(b'"') => {
                self.take(b'"')?;
                visitor.visit_borrowed_str(self.rest_of_text()?)
            }
            Some(b'0'..=b'9') => visitor.visit_u64(self.number()?),
            Some(b'[') => {
                self.take(b'[')?;
                visitor.visit_seq(Items { plain: self, is_first: true })
            }
            Some(b'{') => {
                self.take(b'{')?;
                visitor.visit_map(Items { plain: self, is_first: true })
            }
            Some(b't') => {
                self.word("true")?;
                visitor.visit_bool(true)
            }
            Some(b'f') => {
                self.word("false")?;
                visitor.visit_bool(false)
            }
            Some(b'n') => {
                self.word("null")?;
                visitor.visit_unit()
            }
            _ => Err(NotPlain),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The items of a list, or the members of an object.
struct Items<'p, 't> {
    plain: &'p mut Plain<'t>,
    is_first: bool,
}

impl<'t> SeqAccess<'t> for Items<'_, 't> {
    type Error = NotPlain;

    fn next_element_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<Option<S::Value>, NotPlain> {
        if !self.plain.has_next(&mut self.is_first, b']')? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.plain).map(Some)
    }
}

impl<'t> MapAccess<'t> for Items<'_, 't> {
    type Error = NotPlain;

    fn next_key_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<Option<S::Value>, NotPlain> {
        if !self.plain.has_next(&mut self.is_first, b'}')? {
            return Ok(None);
        }
        self.plain.take(b'"')?;
        let name = self.plain.rest_of_text()?;
        self.plain.take(b':')?;
        seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<S::Value, NotPlain> {
        seed.deserialize(&mut *self.plain)
    }
}

/// Whoever visits says what is wrong, and the full reader will be told the same.
impl Error for NotPlain {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl std::error::Error for NotPlain {}

impl fmt::Display for NotPlain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no plain JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_that_ends_a_plain_text_does_so_wherever_it_stands() {
        for byte in 0..=u8::MAX {
            let is_plain = byte >= b' ' && byte != b'"' && byte != b'\\';
            for at in 0..24 {
                let mut bytes = [b'a'; 25];
                bytes[at] = byte;
                assert_eq!(plain_length(&bytes), if is_plain { 25 } else { at }, "{byte} at {at}");
                // What stands behind it does not hide it.
                bytes[at + 1..].fill(b'"');
                assert_eq!(plain_length(&bytes), if is_plain { at + 1 } else { at }, "{byte} at {at}");
            }
        }
    }

    #[test]
    fn numbers_are_plain_up_to_eighteen_digits() {
        let number = |text: &'static str| Plain(text).number().ok();
        assert_eq!(number("0"), Some(0));
        assert_eq!(number("123456789012345678"), Some(123_456_789_012_345_678));
        assert_eq!(number("999999999999999999"), Some(999_999_999_999_999_999));
        assert_eq!(number("01"), None);
        let mut longer = Plain("1234567890123456789");
        assert_eq!(longer.number().ok(), Some(123_456_789_012_345_678));
        assert_eq!(longer.0, "9", "whoever reads on stumbles");
    }
}
