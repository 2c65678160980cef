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

/// A text, and what of it is still to be read.
pub(super) struct Plain<'t> {
    text: &'t str,
    rest: &'t [u8],
}

/// Reads what the seed takes, and nothing after it: here if the text is plain, and else by the full reader.
pub(super) fn read<'t, S: DeserializeSeed<'t> + Copy>(text: &'t str, seed: S) -> Result<S::Value, NotStrictJson> {
    read_plain(text, seed).or_else(|NotPlain| json::read(text, seed))
}

/// Reads what the seed takes, and nothing after it, if the text is plain.
pub(super) fn read_plain<'t, S: DeserializeSeed<'t>>(text: &'t str, seed: S) -> Result<S::Value, NotPlain> {
    let mut plain = Plain::new(text);
    let value = seed.deserialize(&mut plain)?;
    plain.end()?;
    Ok(value)
}

impl<'t> Plain<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, rest: text.as_bytes() }
    }

    /// Goes into an object.
    pub(super) fn members(&mut self) -> Result<Items<'_, 't>, NotPlain> {
        self.word(b"{")?;
        Ok(Items { plain: self, is_first: true })
    }

    /// Reads a value: a text at once, and anything else as the seed does.
    #[inline]
    pub(super) fn text_or<S: DeserializeSeed<'t>>(
        &mut self,
        text: impl FnOnce(&'t str) -> S::Value,
        other: S,
    ) -> Result<S::Value, NotPlain> {
        match self.rest {
            [b'"', rest @ ..] => self.text(rest).map(text),
            _ => other.deserialize(self),
        }
    }

    /// Nothing follows.
    pub(super) fn end(&self) -> Result<(), NotPlain> {
        if self.rest.is_empty() { Ok(()) } else { Err(NotPlain) }
    }

    /// A text whose first quotation mark stands right before `rest`, which is all that follows.
    #[inline]
    fn text(&mut self, rest: &'t [u8]) -> Result<&'t str, NotPlain> {
        let length = self.quoted(rest, [])?.len();
        let begin = self.text.len().wrapping_sub(rest.len());
        self.text.get(begin..begin.wrapping_add(length)).ok_or(NotPlain)
    }

    /// The same in bytes. Goes on behind it, and behind `after`, which has to follow its last quotation mark.
    #[inline]
    fn quoted<const AFTER: usize>(&mut self, rest: &'t [u8], after: [u8; AFTER]) -> Result<&'t [u8], NotPlain> {
        let (text, behind) = rest.split_at_checked(plain_length(rest)).ok_or(NotPlain)?;
        self.rest = behind.strip_prefix(b"\"").and_then(|behind| behind.strip_prefix(&after)).ok_or(NotPlain)?;
        Ok(text)
    }

    fn number(&mut self) -> Result<u64, NotPlain> {
        let digits = self.rest;
        let (mut number, mut length) = (0_u64, 0_usize);
        if let Some(eight) = digits.first_chunk().and_then(|digits| eight_digits(*digits)) {
            (number, length) = (eight, 8);
        }
        let digit = |byte: &u8| byte.is_ascii_digit().then(|| u64::from(byte.wrapping_sub(b'0')));
        for digit in digits.iter().take(MAX_DIGITS).skip(length).map_while(digit) {
            number = number.wrapping_mul(10).wrapping_add(digit);
            length = length.wrapping_add(1);
        }
        if length > 1 && digits.starts_with(b"0") {
            return Err(NotPlain);
        }
        // What follows is for whoever reads on, who takes no `.5` and no nineteenth digit.
        self.rest = digits.get(length..).unwrap_or_default();
        Ok(number)
    }

    /// What follows the comma before the next item of a list or object, which the first item has none of; `None` at the
    /// end, which is gone over.
    #[inline]
    fn next(&mut self, is_first: &mut bool, end: u8) -> Result<Option<&'t [u8]>, NotPlain> {
        match self.rest {
            [byte, rest @ ..] if *byte == end => {
                self.rest = rest;
                Ok(None)
            }
            rest if std::mem::take(is_first) => Ok(Some(rest)),
            [b',', rest @ ..] => Ok(Some(rest)),
            _ => Err(NotPlain),
        }
    }

    fn word(&mut self, word: &[u8]) -> Result<(), NotPlain> {
        self.rest = self.rest.strip_prefix(word).ok_or(NotPlain)?;
        Ok(())
    }
}

/// The number that eight bytes say in decimal, if all of them are digits.
fn eight_digits(bytes: [u8; 8]) -> Option<u64> {
    let word = u64::from_le_bytes(bytes);
    // A digit is 0x30 to 0x39, and so stays below 0x40 with six added. Nothing is carried where the first half holds.
    let high = |word: u64| word & (0xf0f0_f0f0_f0f0_f0f0) == 0x3030_3030_3030_3030;
    if !high(word) || !high(word.wrapping_add(0x0606_0606_0606_0606)) {
        return None;
    }
    // Digits become pairs, pairs become fours, and fours the number: the first digit lies lowest, and weighs most.
    let joined = |word: u64, factor: u64, bits: u32| word.wrapping_mul(factor).wrapping_add(word >> bits);
    let pairs = joined(word & (0x0f0f_0f0f_0f0f_0f0f), 10, 8) & 0x00ff_00ff_00ff_00ff;
    let fours = joined(pairs, 100, 16) & 0x0000_ffff_0000_ffff;
    Some(joined(fours, 10_000, 32) & 0xffff_ffff)
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
        match self.rest {
            [b'"', text @ ..] => visitor.visit_borrowed_str(self.text(text)?),
            [b'0'..=b'9', ..] => visitor.visit_u64(self.number()?),
            [b'[', rest @ ..] => {
                self.rest = rest;
                visitor.visit_seq(Items { plain: self, is_first: true })
            }
            [b'{', rest @ ..] => {
                self.rest = rest;
                visitor.visit_map(Items { plain: self, is_first: true })
            }
            [b't', ..] => {
                self.word(b"true")?;
                visitor.visit_bool(true)
            }
            [b'f', ..] => {
                self.word(b"false")?;
                visitor.visit_bool(false)
            }
            [b'n', ..] => {
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
pub(super) struct Items<'p, 't> {
    plain: &'p mut Plain<'t>,
    is_first: bool,
}

impl<'t> Items<'_, 't> {
    /// The name of the next member of an object, whose [`value`](Self::value) has to be read then; `None` at the end.
    #[inline]
    pub(super) fn next_name(&mut self) -> Result<Option<&'t [u8]>, NotPlain> {
        match self.plain.next(&mut self.is_first, b'}')? {
            Some([b'"', name @ ..]) => self.plain.quoted(name, [b':']).map(Some),
            Some(_) => Err(NotPlain),
            None => Ok(None),
        }
    }

    pub(super) fn value(&mut self) -> &mut Plain<'t> {
        self.plain
    }
}

impl<'t> SeqAccess<'t> for Items<'_, 't> {
    type Error = NotPlain;

    fn next_element_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<Option<S::Value>, NotPlain> {
        let Some(item) = self.plain.next(&mut self.is_first, b']')? else { return Ok(None) };
        self.plain.rest = item;
        seed.deserialize(&mut *self.plain).map(Some)
    }
}

impl<'t> MapAccess<'t> for Items<'_, 't> {
    type Error = NotPlain;

    fn next_key_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<Option<S::Value>, NotPlain> {
        let Some(name) = self.next_name()? else { return Ok(None) };
        let name = str::from_utf8(name).or(Err(NotPlain))?;
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
    fn eight_digits_are_read_at_once_and_nothing_else_is() {
        for number in (0..100_000_000_u32).step_by(9_973).chain([99_999_999, 12_345_678, 87_654_321]) {
            let text = format!("{number:08}");
            assert_eq!(eight_digits(text.as_bytes().try_into().unwrap()), Some(number.into()));
        }
        for at in 0..8 {
            for byte in (0..=u8::MAX).filter(|byte| !byte.is_ascii_digit()) {
                let mut bytes = *b"90909090";
                bytes[at] = byte;
                assert_eq!(eight_digits(bytes), None, "{byte} at {at}");
            }
        }
    }

    #[test]
    fn numbers_are_plain_up_to_eighteen_digits() {
        let number = |text: &'static str| Plain::new(text).number().ok();
        assert_eq!(number("0"), Some(0));
        assert_eq!(number("123456789012345678"), Some(123_456_789_012_345_678));
        assert_eq!(number("999999999999999999"), Some(999_999_999_999_999_999));
        assert_eq!(number("01"), None);
        let mut longer = Plain::new("1234567890123456789");
        assert_eq!(longer.number().ok(), Some(123_456_789_012_345_678));
        assert_eq!(longer.rest, b"9", "whoever reads on stumbles");
    }
}
