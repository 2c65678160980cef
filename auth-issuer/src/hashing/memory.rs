//! The memory of Argon2.
//!
//! A thread that computes one hash after another keeps it: 19 MiB that are mapped and unmapped for each cost page faults, and
//! keep other threads of the process waiting. What it holds was derived of a password, so it is wiped after each hash.

use std::cell::RefCell;

use argon2::{Argon2, Block, Error};
use zeroize::Zeroize as _;

/// The most that is kept: 64 MiB. Hashes that need more get memory of their own.
const MOST_KEPT: usize = 64 * 1024 * 1024 / Block::SIZE;

thread_local! {
    static KEPT: RefCell<Option<Vec<Block>>> = const { RefCell::new(None) };
}

/// Has the calling thread keep its memory from now on, until it ends.
pub(crate) fn keep() {
    KEPT.with_borrow_mut(|kept| _ = kept.get_or_insert_default());
}

/// Frees what the calling thread has kept so far.
pub(crate) fn free() {
    KEPT.with_borrow_mut(|kept| drop(kept.as_mut().map(std::mem::take)));
}

/// Computes a hash, in the memory that the thread keeps if it does, and wipes the memory.
pub(super) fn hash_into(argon2: &Argon2<'_>, password: &[u8], salt: &[u8], tag: &mut [u8]) -> Result<(), Error> {
    let count = argon2.params().block_count();
    KEPT.with_borrow_mut(|kept| match kept {
        Some(blocks) if count <= MOST_KEPT => hash_in(blocks, count, argon2, password, salt, tag),
        _ => hash_in(&mut Vec::new(), count, argon2, password, salt, tag),
    })
}

/// Computes a hash in so many of these blocks, which are wiped then.
fn hash_in(
    blocks: &mut Vec<Block>,
    count: usize,
    argon2: &Argon2<'_>,
    password: &[u8],
    salt: &[u8],
    tag: &mut [u8],
) -> Result<(), Error> {
    let missing = count.saturating_sub(blocks.len());
    blocks.try_reserve_exact(missing).or(Err(Error::OutOfMemory))?;
    blocks.resize(blocks.len().saturating_add(missing), Block::new());
    let used = blocks.get_mut(..count).ok_or(Error::OutOfMemory)?;
    let result = argon2.hash_password_into_with_memory(password, salt, tag, &mut *used);
    used.iter_mut().zeroize();
    result
}

#[cfg(test)]
mod tests {
    use argon2::{Algorithm, Params, Version};

    use super::*;

    fn hash(memory_kib: u32, password: &[u8]) -> [u8; 32] {
        let params = Params::new(memory_kib, 1, 1, Some(32)).expect("possible");
        let mut tag = [0; 32];
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        hash_into(&argon2, password, b"some salt", &mut tag).expect("a hash");
        tag
    }

    #[test]
    fn kept_memory_changes_no_hash_and_holds_nothing_of_the_last() {
        let hashes = || [(64, b"one"), (8, b"two"), (256, b"two"), (64, b"one")].map(|(kib, word)| hash(kib, word));
        let without = hashes();
        keep();
        assert_eq!(hashes(), without);
        assert_eq!(without[0], without[3]);
        KEPT.with_borrow(|kept| {
            let blocks = kept.as_ref().expect("kept");
            assert_eq!(blocks.len(), 256);
            assert!(blocks.iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
        });
        free();
        KEPT.with_borrow(|kept| assert_eq!(kept.as_ref().map(Vec::len), Some(0)));
    }
}
