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

/// A text, and how far it is read.
struct Plain<'t> {
    text: &'t str,
    at: usize,
}

/// Reads what the seed takes, and nothing after it: here if the text is plain, and else by the full reader.
pub(super) fn read<'t, S: DeserializeSeed<'t> + Copy>(text: &'t str, seed: S) -> Result<S::Value, NotStrictJson> {
    read_plain(text, seed).or_else(|NotPlain| json::read(text, seed))
}

/// Reads what the seed takes, and nothing after it, if the text is plain.
pub(super) fn read_plain<'t, S: DeserializeSeed<'t>>(text: &'t str, seed: S) -> Result<S::Value, NotPlain> {
    let mut plain = Plain { text, at: 0 };
    let value = seed.deserialize(&mut plain)?;
    if plain.rest().is_empty() { Ok(value) } else { Err(NotPlain) }
}

impl<'t> Plain<'t> {
    /// What is still to be read.
    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes on over bytes that were looked at: the sum is a place in the text, or its end.
    fn skip(&mut self, bytes: usize) {
        self.at = self.at.wrapping_add(bytes);
    }

    /// Takes the next byte, which has to be the given one.
    fn take(&mut self, byte: u8) -> Result<(), NotPlain> {
        if self.peek() != Some(byte) {
            return Err(NotPlain);
        }
        self.skip(1);
        Ok(())
    }

    /// The rest of a text whose first quotation mark is taken already.
    #[inline]
    fn rest_of_text(&mut self) -> Result<&'t str, NotPlain> {
        let begin = self.at;
        self.skip(plain_length(self.rest()));
        let text = self.text.get(begin..self.at).ok_or(NotPlain)?;
        self.take(b'"')?;
        Ok(text)
    }

    fn number(&mut self) -> Result<u64, NotPlain> {
        let digit = |byte: &u8| byte.is_ascii_digit().then(|| u64::from(byte.wrapping_sub(b'0')));
        let starts_with_zero = self.peek() == Some(b'0');
        let (mut number, mut length) = (0_u64, 0_usize);
        for digit in self.rest().iter().take(MAX_DIGITS).map_while(digit) {
            number = number.wrapping_mul(10).wrapping_add(digit);
            length = length.wrapping_add(1);
        }
        if length > 1 && starts_with_zero {
            return Err(NotPlain);
        }
        // What follows is for whoever reads on, who takes no `.5` and no nineteenth digit.
        self.skip(length);
        Ok(number)
    }

    /// Goes to the next item of a list or object; `false` at its end.
    fn has_next(&mut self, is_first: &mut bool, end: u8) -> Result<bool, NotPlain> {
        match self.peek() {
            Some(byte) if byte == end => {
                self.skip(1);
                return Ok(false);
            }
            _ if std::mem::take(is_first) => {}
            Some(b',') => self.skip(1),
            _ => return Err(NotPlain),
        }
        Ok(true)
    }

    fn word(&mut self, word: &[u8]) -> Result<(), NotPlain> {
        if !self.rest().starts_with(word) {
            return Err(NotPlain);
        }
        self.skip(word.len());
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
            return length.wrapping_add(first_byte(marked));
        }
        length = length.wrapping_add(word.len());
    }
    let is_plain = |byte: &u8| *byte >= b' ' && *byte != b'"' && *byte != b'\\';
    length.wrapping_add(rest.iter().take_while(|byte| is_plain(byte)).count())
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
        match self.peek() {
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
                self.word(b"true")?;
                visitor.visit_bool(true)
            }
            Some(b'f') => {
                self.word(b"false")?;
                visitor.visit_bool(false)
            }
            Some(b'n') => {
                self.word(b"null")?;
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
        let number = |text: &'static str| Plain { text, at: 0 }.number().ok();
        assert_eq!(number("0"), Some(0));
        assert_eq!(number("123456789012345678"), Some(123_456_789_012_345_678));
        assert_eq!(number("999999999999999999"), Some(999_999_999_999_999_999));
        assert_eq!(number("01"), None);
        let mut longer = Plain { text: "1234567890123456789", at: 0 };
        assert_eq!(longer.number().ok(), Some(123_456_789_012_345_678));
        assert_eq!(longer.rest(), b"9", "whoever reads on stumbles");
    }
}
