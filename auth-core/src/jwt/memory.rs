//! The header that was read last: most tokens of an issuer have the same one, byte for byte.
//!
//! What a header says depends on its bytes alone. What it is worth, which is for the keys and the settings of the verifier
//! to say, is asked anew for each token.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, RwLock};

use super::token::{Compact, Header, with_token};
use crate::verifier::VerifyError;

/// Of so many good tokens with other headers one header is remembered: writing takes longer than reading, and there are
/// issuers who write a new header into each token.
const ONE_OF: u32 = 64;

/// Remembers the header of a token that was good.
#[derive(Default)]
pub(super) struct HeaderMemory {
    /// Never waited for: who does not get it reads the header.
    last: RwLock<Option<Arc<KnownHeader>>>,
    /// How many good tokens had another header since one was to be remembered.
    others: AtomicU32,
}

/// A header as it was sent, and what it says.
pub(super) struct KnownHeader {
    encoded: Box<[u8]>,
    says: Header<'static>,
}

impl HeaderMemory {
    /// Reads a token and hands it on. Its header is remembered if it turns out to be good, so that nobody else chooses
    /// what is remembered.
    pub(super) fn with_token<T>(
        &self,
        token: &[u8],
        check: impl FnOnce(&Compact<'_>) -> Option<Result<T, VerifyError>>,
    ) -> Option<Result<T, VerifyError>> {
        // Let go of at once: checking a signature takes long, and meanwhile nobody could write.
        let known = self.last.try_read().ok().and_then(|last| last.clone());
        let mut unknown = None;
        let answer = with_token(token, known.as_deref(), |token| {
            let answer = check(token);
            if !token.has_known_header && matches!(answer, Some(Ok(_))) && self.is_turn() {
                unknown = Some(KnownHeader::of(token));
            }
            answer
        });
        if let Some(header) = unknown {
            self.remember(header);
        }
        answer.unwrap_or_else(|reason| Some(Err(VerifyError::refused(reason))))
    }

    fn remember(&self, header: KnownHeader) {
        if let Ok(mut last) = self.last.try_write() {
            *last = Some(Arc::new(header));
        } else {
            // Then the next one is to be: else, among many who read, one that is seldom sent any more might stay.
            self.others.store(0, Ordering::Relaxed);
        }
    }

    fn is_turn(&self) -> bool {
        self.others.fetch_add(1, Ordering::Relaxed).is_multiple_of(ONE_OF)
    }
}

impl KnownHeader {
    fn of(token: &Compact<'_>) -> Self {
        let encoded = token.message.split(|byte| *byte == b'.').next().unwrap_or_default();
        Self { encoded: encoded.into(), says: token.header.to_owned() }
    }

    /// What the message's header says if it is this one, and what follows the dot after it.
    pub(super) fn find<'t>(&'t self, message: &'t [u8]) -> Option<(Header<'t>, &'t [u8])> {
        let payload = message.strip_prefix(&*self.encoded)?.strip_prefix(b".")?;
        Some((self.says.by_ref(), payload))
    }
}

impl fmt::Debug for HeaderMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HeaderMemory(..)")
    }
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};

    use super::*;
    use crate::verifier::Reason;

    const ONE: &str = r#"{"alg":"HS256","kid":"one","typ":"JWT"}"#;
    const TWO: &str = r#"{"alg":"HS256","kid":"two","typ":"JWT"}"#;

    fn token(header: &str) -> String {
        format!("{}.e30.AAAA", BASE64_URL_SAFE_NO_PAD.encode(header))
    }

    /// Puts a token to the memory: why it cannot be read, or what its header says and whether that was known.
    fn put(memory: &HeaderMemory, token: &str, is_good: bool) -> Result<(Header<'static>, bool), Reason> {
        let mut found = None;
        let answer = memory.with_token(token.as_bytes(), |token| {
            found = Some((token.header.to_owned(), token.has_known_header));
            Some(if is_good { Ok(()) } else { Err(VerifyError::refused(Reason::SIGNATURE)) })
        });
        found.ok_or_else(|| answer.expect("it is decided").expect_err("it was not read").reason())
    }

    fn is_known(memory: &HeaderMemory, header: &str, is_good: bool) -> bool {
        let (says, is_known) = put(memory, &token(header), is_good).expect("a token");
        let (read, _) = put(&HeaderMemory::default(), &token(header), false).expect("a token");
        assert_eq!(says, read, "{header} means the same, known or not");
        is_known
    }

    #[test]
    fn the_header_of_a_good_token_is_known_from_then_on() {
        let memory = HeaderMemory::default();
        assert!(!is_known(&memory, ONE, true));
        assert!(is_known(&memory, ONE, true) && is_known(&memory, ONE, false));
        assert!(!is_known(&memory, TWO, false));
    }

    #[test]
    fn nothing_is_remembered_of_a_bad_token() {
        let memory = HeaderMemory::default();
        assert!(!(0..=ONE_OF).any(|_| is_known(&memory, ONE, false)));
        assert!(memory.with_token(token(ONE).as_bytes(), |_| None::<Result<(), _>>).is_none());
        assert!(!is_known(&memory, ONE, false), "nor of one that has to be waited for");
    }

    #[test]
    fn another_header_takes_the_place_before_long() {
        let memory = HeaderMemory::default();
        is_known(&memory, ONE, true);
        let unknown = (0..=ONE_OF).take_while(|_| !is_known(&memory, TWO, true)).count();
        assert_eq!(u32::try_from(unknown), Ok(ONE_OF));
        assert!(!is_known(&memory, ONE, false));
    }

    #[test]
    fn near_misses_are_read_as_ever() {
        let memory = HeaderMemory::default();
        is_known(&memory, ONE, true);
        let known = token(ONE);
        let header = known.split('.').next().expect("a header");
        for near in [
            header.to_owned(),
            format!("{header}."),
            format!("{header}.e30"),
            format!("{header}.."),
            format!("{header}.e30."),
            format!("{header}.e30.AAAA.AAAA"),
            format!("{header}.e30.AAA="),
            format!("{header}.e3.AAAA"),
            format!("{header}A.e30.AAAA"),
            format!("{header}AAAA.e30.AAAA"),
            format!(".{header}.e30.AAAA"),
            format!("{}.e30.AAAA", header.strip_prefix("eyJh").expect("it begins like that")),
            format!("{}.e30.AAAA", header.strip_suffix("VCJ9").expect("it ends like that")),
            format!("{}.e30.AAAA", header.to_ascii_lowercase()),
        ] {
            let fresh = put(&HeaderMemory::default(), &near, false).map(|(says, _)| says);
            assert_eq!(put(&memory, &near, false).map(|(says, _)| says), fresh, "{near}");
        }
    }

    #[test]
    fn whoever_cannot_have_the_memory_goes_without() {
        let memory = HeaderMemory::default();
        is_known(&memory, ONE, true);
        let writing = memory.last.write().expect("no poison");
        assert!(!is_known(&memory, ONE, true));
        drop(writing);
        let reading = memory.last.read().expect("no poison");
        for _ in 0..=ONE_OF {
            assert!(!is_known(&memory, TWO, true));
        }
        assert!(is_known(&memory, ONE, true), "nobody waits to write");
        drop(reading);
        assert!(!is_known(&memory, TWO, true));
        assert!(is_known(&memory, TWO, true), "whoever could not write leaves it to the next");
    }

    #[test]
    fn whoever_checks_a_token_keeps_nobody_from_writing() {
        let memory = HeaderMemory::default();
        is_known(&memory, ONE, true);
        let answer = memory.with_token(token(ONE).as_bytes(), |one| {
            assert!(one.has_known_header);
            let until_known = (0..=ONE_OF).take_while(|_| !is_known(&memory, TWO, true)).count();
            assert_eq!(u32::try_from(until_known), Ok(ONE_OF));
            Some(Ok(one.header.to_owned()))
        });
        let says = answer.expect("it is decided").expect("it is good");
        assert_eq!(says.key_id.as_deref(), Some("one"), "the header that it was read with");
    }
}
