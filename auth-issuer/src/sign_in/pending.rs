//! What a sign-in hands out that still needs a code.
//!
//! All that the second step has to know lies in the token, sealed; no store keeps it. So there are no places that somebody
//! who knows the password could fill, or take from the owner, by beginning again and again. It permits no more guesses
//! either: codes are counted for the account, however many tokens there are. Only a token that has completed a sign-in is
//! remembered, until it would have expired.

use std::fmt;
use std::time::{Duration, SystemTime};

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use zeroize::Zeroizing;

use crate::accounts::Account;
use crate::randomness;
use crate::sealing::SealingKeys;
use crate::time::{later, seconds};
use crate::token_ids::SomeTokenIds;
use crate::unavailable::Unavailable;

/// What the tokens are sealed for, and the kind of their ids.
const KIND: &str = "second_factor";
/// How much longer a spent token is remembered, since the clocks of nodes differ.
const MARGIN: Duration = Duration::from_mins(10);

/// A token between the two steps of a sign-in.
///
/// Text of visible ASCII, as long as the account's id and 128 characters or so.
///
/// # Security
///
/// It is a secret: whoever has it needs a code only. `Debug` prints a placeholder, it cannot be compared, and this copy is
/// wiped on drop.
#[derive(Clone)]
pub struct PendingToken(Zeroizing<String>);

/// What a token says.
#[derive(Debug)]
pub(super) struct Pending {
    id: [u8; 16],
    pub(super) account: String,
    pub(super) epoch: u64,
    /// When the password was right, in whole seconds.
    pub(super) began_at: SystemTime,
}

impl PendingToken {
    /// The longest token that is looked at, in bytes.
    pub const MAX_LEN: usize = 4 * 1024;

    /// The token in clear, to be handed to whoever signs in.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Pending {
    /// How long a sign-in waits for its code.
    const LIFE: Duration = Duration::from_mins(5);

    /// A sign-in whose password was right just now.
    pub(super) fn begin(account: &Account, now: SystemTime) -> Result<Self, Unavailable> {
        let mut id = [0_u8; 16];
        randomness::fill(&mut id)?;
        Ok(Self { id, account: account.id().to_owned(), epoch: account.epoch(), began_at: now })
    }

    pub(super) fn seal(&self, keys: &SealingKeys) -> Result<PendingToken, Unavailable> {
        let (epoch, began_at) = (self.epoch.to_be_bytes(), seconds(self.began_at).to_be_bytes());
        let text = [self.id.as_slice(), &epoch, &began_at, self.account.as_bytes()].concat();
        keys.seal(&text, KIND, "").map(|sealed| PendingToken(Zeroizing::new(sealed)))
    }

    /// What a presented token says, if it was sealed here and is not over.
    pub(super) fn open(token: &str, keys: &SealingKeys, now: SystemTime) -> Option<Self> {
        if token.len() > PendingToken::MAX_LEN {
            return None;
        }
        // Whoever presents it may have made it up, so that it does not open says nothing of the keys.
        let opened = keys.open(token, KIND, "").ok()?;
        let (id, rest) = opened.split_first_chunk()?;
        let (epoch, rest) = rest.split_first_chunk()?;
        let (began_at, account) = rest.split_first_chunk()?;
        let pending = Self {
            id: *id,
            account: std::str::from_utf8(account).ok()?.to_owned(),
            epoch: u64::from_be_bytes(*epoch),
            began_at: SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(u64::from_be_bytes(*began_at)))?,
        };
        (now < pending.expires_at()).then_some(pending)
    }

    pub(super) async fn is_spent(&self, ids: &SomeTokenIds) -> Result<bool, Unavailable> {
        Ok(ids.is_spent(KIND, &self.id()).await?)
    }

    /// Says whether it was not spent before: of two requests at once exactly one is told so.
    pub(super) async fn spend(&self, ids: &SomeTokenIds) -> Result<bool, Unavailable> {
        Ok(ids.spend(KIND, &self.id(), later(self.expires_at(), MARGIN)).await?)
    }

    fn expires_at(&self) -> SystemTime {
        later(self.began_at, Self::LIFE)
    }

    fn id(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.id)
    }
}

impl fmt::Debug for PendingToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PendingToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sealing::SealingKey;

    fn keys() -> SealingKeys {
        SealingKeys::new(SealingKey::random().expect("randomness"))
    }

    #[test]
    fn only_what_was_sealed_for_this_opens_until_it_is_over() {
        let (keys, now) = (keys(), SystemTime::UNIX_EPOCH + Duration::from_secs(1_000));
        let account = Account::new("ünï", "alice").expect("good");
        let token = Pending::begin(&account, now).expect("randomness").seal(&keys).expect("sealed");
        let open = |token: &str, seconds| Pending::open(token, &keys, now + Duration::from_secs(seconds));
        let pending = open(token.reveal(), 299).expect("its own");
        assert_eq!((pending.account.as_str(), pending.epoch, pending.began_at), ("ünï", 0, now));
        assert!(open(token.reveal(), 300).is_none(), "it is over");

        let forged = keys.seal(&[0_u8; 40], "totp", "1").expect("sealed");
        let short = keys.seal(&[0_u8; 31], KIND, "").expect("sealed");
        let no_text = keys.seal(&[0xff_u8; 40], KIND, "").expect("sealed");
        let long = keys.seal(&[b'a'; PendingToken::MAX_LEN], KIND, "").expect("sealed");
        let changed = format!("{}A", token.reveal());
        for (bad, why) in [(forged, "another purpose"), (short, "too short"), (no_text, "no text"), (long, "too long")]
        {
            assert!(open(&bad, 0).is_none(), "{why}");
        }
        for bad in ["", "x1.random", changed.as_str()] {
            assert!(open(bad, 0).is_none(), "{bad}");
        }
        assert!(Pending::open(token.reveal(), &self::keys(), now).is_none(), "another key");
    }

    #[test]
    fn a_token_prints_nothing() {
        assert_eq!(format!("{:?}", PendingToken(Zeroizing::new("secret".to_owned()))), "PendingToken(..)");
    }
}
