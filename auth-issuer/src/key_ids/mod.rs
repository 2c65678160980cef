//! Ids of keys in use, recorded where every node reads them.
//!
//! What one node signs, seals or digests under a key, another has to verify, open or compare. A node that lacks a key
//! would refuse good tokens, answer 503 for second factors, or count guesses apart, and nobody would see why. So each key
//! that is put to use is recorded in the store, and a node that has not got all of them does not start:
//! [`record`] says which one is missing.
//!
//! An id stays recorded until somebody [deletes](KeyIdStore::delete_key_id) it: when the last token has expired that was
//! signed under the key, or nothing is sealed under it any more. That is for people to know.

mod record;
mod store;

pub use record::record;
pub use store::KeyIdStore;
