//! A key and the keys that made it.

use std::time::SystemTime;

use auth_core::Reason;

use super::record::OwnedKey;

/// How many keys a line may have, with the one that is used: each costs a read at every use.
const MAX_LEN: usize = 8;

/// The line goes on after so many, or in a circle: nobody made it so.
const TOO_LONG: Reason = Reason::custom("key_line_too_long");

/// A key, the key that made it, the one that made that, and so on. The key is good while all of them are, and permits what
/// all of them permit: whoever disables or narrows a key stops what was made with it too.
pub(super) struct Line {
    key: OwnedKey,
    makers: Vec<OwnedKey>,
    is_cut: bool,
}

impl Line {
    pub(super) fn of(key: OwnedKey) -> Self {
        Self { key, makers: Vec::new(), is_cut: false }
    }

    pub(super) fn key(&self) -> &OwnedKey {
        &self.key
    }

    /// The first, as far as the line is known: the key that no other made.
    pub(super) fn first(&self) -> &OwnedKey {
        self.makers.last().unwrap_or(&self.key)
    }

    pub(super) fn into_key(self) -> OwnedKey {
        self.key
    }

    /// Whether the key may make another.
    pub(super) fn has_room(&self) -> bool {
        self.all().count() < MAX_LEN
    }

    /// The id of the key that made the last one, if there is room for that one.
    pub(super) fn next(&self) -> Option<&str> {
        self.maker_of_last().filter(|_| self.has_room())
    }

    /// Adds the key that made the last one; `None` if it is gone.
    pub(super) fn push(&mut self, maker: Option<OwnedKey>) {
        match maker.filter(|maker| maker.owner == self.key.owner) {
            Some(maker) => self.makers.push(maker),
            None => self.is_cut = true,
        }
    }

    /// Why the key is refused, whoever owns it.
    pub(super) fn refusal(&self, now: SystemTime) -> Option<Reason> {
        if self.is_cut || self.all().any(|key| key.is_disabled) {
            return Some(Reason::REVOKED);
        }
        if self.expires_at().is_some_and(|expiry| now >= expiry) {
            return Some(Reason::EXPIRED);
        }
        (!self.has_room() && self.maker_of_last().is_some()).then_some(TOO_LONG)
    }

    /// Whether nothing has made any of them void since it was made.
    pub(super) fn is_of(&self, epoch: u64) -> bool {
        self.all().all(|key| key.epoch.is_none_or(|of_key| of_key == epoch))
    }

    /// What the key permits, as far as its owner is permitted it.
    pub(super) fn scopes(&self) -> impl Iterator<Item = &String> {
        self.key.scopes.iter().filter(|scope| self.makers.iter().all(|maker| maker.scopes.contains(scope)))
    }

    /// The earliest end.
    pub(super) fn expires_at(&self) -> Option<SystemTime> {
        self.all().filter_map(|key| key.expires_at).min()
    }

    fn maker_of_last(&self) -> Option<&str> {
        if self.is_cut { None } else { self.first().parent.as_deref() }
    }

    fn all(&self) -> impl Iterator<Item = &OwnedKey> {
        std::iter::once(&self.key).chain(&self.makers)
    }
}
