//! RSA public keys, checked before they are used (RFC 8017 A.1.1, RFC 7518 §3.3).

use super::der;

/// The smallest modulus, in bits.
const MIN_BITS: usize = 2048;
/// The largest that both backends take; a larger one from elsewhere could make each check slow.
const MAX_BITS: usize = 4096;
/// The longest exponent that both backends take, in bits.
const MAX_EXPONENT_BITS: usize = 33;

/// A public key, big-endian, without leading zeros.
pub(super) struct RsaPublicKey<'k> {
    pub(super) modulus: &'k [u8],
    pub(super) exponent: &'k [u8],
}

impl<'k> RsaPublicKey<'k> {
    /// Reads `RSAPublicKey`.
    pub(super) fn from_der(der: &'k [u8]) -> Option<Self> {
        der::rsa_numbers(der).map(|(modulus, exponent)| Self::new(modulus, exponent))
    }

    pub(super) fn new(modulus: &'k [u8], exponent: &'k [u8]) -> Self {
        Self { modulus: significant(modulus), exponent: significant(exponent) }
    }

    /// What is wrong with the key, and what to do.
    pub(super) fn complaint(&self) -> Option<String> {
        let bits = bit_length(self.modulus);
        if !(MIN_BITS..=MAX_BITS).contains(&bits) {
            return Some(format!("has {bits} bits; use {MIN_BITS} to {MAX_BITS}"));
        }
        if is_even(self.modulus) {
            return Some("has an even modulus, so it is not an RSA key; make a new one".to_owned());
        }
        if is_even(self.exponent) || !(2..=MAX_EXPONENT_BITS).contains(&bit_length(self.exponent)) {
            return Some("has an even or huge exponent, or one below 3; make a new key, usually with 65537".to_owned());
        }
        self.has_roca().then(|| "was made by a broken generator (ROCA, CVE-2017-15361); make a new one".to_owned())
    }

    /// Moduli of the broken generator are powers of 65537 modulo every small prime; among other keys one in
    /// 2^27 is, for these.
    fn has_roca(&self) -> bool {
        const PRIMES: [u64; 17] = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];
        PRIMES.into_iter().all(|prime| {
            let residue =
                self.modulus.iter().fold(0, |rest: u64, byte| remainder((rest << 8) | u64::from(*byte), prime));
            let mut power = 1;
            (0..prime).any(|_| {
                let found = power == residue;
                power = remainder(power.saturating_mul(65_537), prime);
                found
            })
        })
    }
}

fn remainder(number: u64, divisor: u64) -> u64 {
    number.checked_rem(divisor).unwrap_or(0)
}

fn is_even(number: &[u8]) -> bool {
    number.last().is_none_or(|last| last & 1 == 0)
}

fn significant(number: &[u8]) -> &[u8] {
    let first = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    number.get(first..).unwrap_or_default()
}

/// The length of a number without leading zeros.
fn bit_length(number: &[u8]) -> usize {
    let leading_zeros = number.first().map_or(0, |byte| usize::try_from(byte.leading_zeros()).unwrap_or(0));
    number.len().saturating_mul(8).saturating_sub(leading_zeros)
}
