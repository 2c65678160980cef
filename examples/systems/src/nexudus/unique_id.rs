//! The second id that every record of this API has.

use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

/// The `UniqueId` of a record: a UUID of version 8 (RFC 9562 §5.8) that follows from what kind of record it is and from
/// its id, so that no store has to keep it.
///
/// # Examples
///
/// ```
/// use systems::nexudus::unique_id;
///
/// assert_eq!(unique_id("coworker", "42").to_string(), "66ffaa75-708b-83ce-89f8-e94ed9efb467");
/// assert_ne!(unique_id("coworker", "42"), unique_id("team", "42"));
/// ```
#[must_use]
pub fn unique_id(kind: &str, id: &str) -> Uuid {
    let digest: [u8; 32] = Sha256::digest(format!("nexudus {kind} {id}")).into();
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(byte, hashed)| *byte = hashed);
    Builder::from_custom_bytes(bytes).into_uuid()
}
