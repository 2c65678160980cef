//! Public keys in DER and PEM: as much of X.690 as two structures need, and no more.
//!
//! A reader takes what it expects and nothing else: definite lengths in their one shortest form, nothing left over.

use base64::prelude::{BASE64_STANDARD, Engine as _};

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const NULL: u8 = 0x05;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;

/// `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7). Identifiers are in their encoded form.
pub(super) struct PublicKeyInfo<'d> {
    pub(super) algorithm: &'d [u8],
    pub(super) parameters: Parameters<'d>,
    pub(super) key: &'d [u8],
}

/// The parameters of an algorithm: what those of the keys here may be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Parameters<'d> {
    Absent,
    Null,
    Identifier(&'d [u8]),
}

impl<'d> PublicKeyInfo<'d> {
    pub(super) fn parse(der: &'d [u8]) -> Option<Self> {
        let mut document = Der(der);
        let mut info = Der(document.read(SEQUENCE)?);
        let mut algorithm = Der(info.read(SEQUENCE)?);
        // A whole number of bytes: none of the last one's bits is unused.
        let [0, key @ ..] = info.read(BIT_STRING)? else { return None };
        let identifier = algorithm.read(OBJECT_IDENTIFIER)?;
        let parameters = Parameters::read(&mut algorithm)?;
        let is_whole = document.0.is_empty() && info.0.is_empty() && algorithm.0.is_empty();
        is_whole.then_some(Self { algorithm: identifier, parameters, key })
    }
}

impl<'d> Parameters<'d> {
    fn read(algorithm: &mut Der<'d>) -> Option<Self> {
        if algorithm.0.is_empty() {
            return Some(Self::Absent);
        }
        match algorithm.next()? {
            (NULL, []) => Some(Self::Null),
            (OBJECT_IDENTIFIER, identifier) => Some(Self::Identifier(identifier)),
            _ => None,
        }
    }
}

/// Reads `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }` (RFC 8017 A.1.1).
pub(super) fn rsa_numbers(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut document = Der(der);
    let mut numbers = Der(document.read(SEQUENCE)?);
    let (modulus, exponent) = (numbers.unsigned()?, numbers.unsigned()?);
    (document.0.is_empty() && numbers.0.is_empty()).then_some((modulus, exponent))
}

/// Takes label and content out of the textual form (RFC 7468). Text before it explains it; nothing may follow.
pub(super) fn from_pem(text: &str) -> Option<(&str, Vec<u8>)> {
    let (_, text) = text.split_once("-----BEGIN ")?;
    let (label, text) = text.split_once("-----")?;
    let (body, end) = text.trim_end().strip_suffix("-----")?.split_once("-----END ")?;
    if end != label {
        return None;
    }
    let digits: Vec<u8> = body.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    Some((label, BASE64_STANDARD.decode(digits).ok()?))
}

/// What is left to be read.
struct Der<'d>(&'d [u8]);

impl<'d> Der<'d> {
    /// The content of the next element, which has to have this tag.
    fn read(&mut self, tag: u8) -> Option<&'d [u8]> {
        let (found, content) = self.next()?;
        (found == tag).then_some(content)
    }

    /// Tag and content of the next element (X.690 §8.1, §10.1).
    fn next(&mut self) -> Option<(u8, &'d [u8])> {
        let (tag, length, rest) = match *self.0 {
            [tag, length @ ..=0x7f, ref rest @ ..] | [tag, 0x81, length @ 0x80..=0xff, ref rest @ ..] => {
                (tag, usize::from(length), rest)
            }
            [tag, 0x82, high @ 1..=0xff, low, ref rest @ ..] => {
                (tag, usize::from(u16::from_be_bytes([high, low])), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    /// A number that is not negative, without the byte that keeps it so (X.690 §8.3).
    fn unsigned(&mut self) -> Option<&'d [u8]> {
        match self.read(INTEGER)? {
            [0] => Some(&[]),
            [0, number @ ..] if number.first().is_some_and(|first| *first >= 0x80) => Some(number),
            number @ [1..=0x7f, ..] => Some(number),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_form() {
        let read = |der: &'static [u8]| rsa_numbers(der);
        assert_eq!(read(&[0x30, 7, 2, 2, 0, 0x80, 2, 1, 3]), Some((&[0x80][..], &[3][..])));
        assert_eq!(read(&[0x30, 6, 2, 1, 0, 2, 1, 3]), Some((&[][..], &[3][..])));
        for (der, why) in [
            (&[0x30, 6, 2, 1, 0x80, 2, 1, 3][..], "negative"),
            (&[0x30, 7, 2, 2, 0, 0x7f, 2, 1, 3], "padded"),
            (&[0x30, 5, 2, 0, 2, 1, 3], "empty"),
            (&[0x30, 6, 2, 1, 5, 4, 1, 3], "another tag"),
            (&[0x31, 6, 2, 1, 5, 2, 1, 3], "no sequence"),
            (&[0x30, 7, 2, 1, 5, 2, 1, 3], "cut off"),
            (&[0x30, 6, 2, 1, 5, 2, 1, 3, 0], "something after it"),
            (&[0x30, 8, 2, 1, 5, 2, 1, 3, 5, 0], "something in it"),
            (&[0x30, 0x81, 6, 2, 1, 5, 2, 1, 3], "a length that is too long"),
            (&[0x30, 0x82, 0, 6, 2, 1, 5, 2, 1, 3], "a length that is too long"),
            (&[0x30, 0x80, 2, 1, 5, 2, 1, 3, 0, 0], "no definite length"),
        ] {
            assert_eq!(read(der), None, "{why}");
        }
    }

    #[test]
    fn lengths_are_read_in_each_form() {
        for length in [0x7f, 0x80, 0xff, 0x100, 0x1234] {
            let head = match u16::try_from(length).unwrap().to_be_bytes() {
                [0, low @ ..=0x7f] => vec![4, low],
                [0, low] => vec![4, 0x81, low],
                [high, low] => vec![4, 0x82, high, low],
            };
            let der = [head, vec![7; length]].concat();
            let mut reader = Der(&der);
            assert_eq!(reader.next(), Some((4, &[7; 0x1234][..length])), "{length}");
            assert!(reader.0.is_empty() && Der(&der[..der.len() - 1]).next().is_none(), "{length}");
        }
        assert_eq!(Der(&[4, 0x83, 1, 0, 0]).next(), None, "no key is that long");
    }

    #[test]
    fn keys_are_whole() {
        let key = |unused: u8, more: &[u8]| {
            let mut der = vec![0x30, 11, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 2, unused, 9];
            der.extend_from_slice(more);
            der
        };
        let good = key(0, &[]);
        let info = PublicKeyInfo::parse(&good).expect("whole");
        assert_eq!((info.algorithm, info.key), (&[0x2b, 0x65, 0x70][..], &[9][..]));
        assert_eq!(info.parameters, Parameters::Absent);
        assert!(PublicKeyInfo::parse(&key(1, &[])).is_none(), "seven bits");
        assert!(PublicKeyInfo::parse(&key(0, &[0])).is_none(), "something after it");
    }

    #[test]
    fn parameters_are_none_null_or_an_identifier() {
        let parameters = |bytes: [u8; 3]| {
            let der = [&[0x30, 14, 0x30, 8, 6, 3, 0x2b, 0x65, 0x70][..], &bytes, &[3, 2, 0, 9]].concat();
            match PublicKeyInfo::parse(&der)?.parameters {
                Parameters::Identifier(identifier) => Some(identifier.to_vec()),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(parameters([6, 1, 0x2a]), Some(vec![0x2a]));
        for (bytes, why) in
            [([5, 1, 0], "a null of one byte"), ([2, 1, 0], "a number"), ([0x0d, 1, 0], "something else")]
        {
            assert_eq!(parameters(bytes), None, "{why}");
        }
        let null = [0x30, 13, 0x30, 7, 6, 3, 0x2b, 0x65, 0x70, 5, 0, 3, 2, 0, 9];
        assert!(PublicKeyInfo::parse(&null).is_some_and(|info| info.parameters == Parameters::Null));
    }

    #[test]
    fn text_has_one_label_and_one_content() {
        let text = "an explanation\n-----BEGIN A KEY-----\r\nMA\r\nAA\r\n-----END A KEY-----\n";
        assert_eq!(from_pem(text), Some(("A KEY", vec![0x30, 0, 0])));
        for text in [
            "",
            "-----BEGIN A KEY-----",
            "-----BEGIN A KEY-----\nMAA=\n",
            "-----BEGIN A KEY-----\nMAA=\n-----END B KEY-----",
            "-----BEGIN A KEY-----\nMAB=\n-----END A KEY-----",
            "-----BEGIN A KEY-----\nMAA\n-----END A KEY-----",
            "-----BEGIN A KEY-----\nMA-A\n-----END A KEY-----",
            "-----BEGIN A KEY-----\nMAA=\n-----END A KEY-----\nMAA=",
            "-----BEGIN A KEY-----\nMAA=\n-----END A KEY-----\n-----BEGIN A KEY-----\nMAA=\n-----END A KEY-----",
        ] {
            assert_eq!(from_pem(text), None, "{text}");
        }
    }
}
