//! What a node does when it starts.

use auth_core::{ConfigError, ConfigErrorKind, StoreError};

use super::store::KeyIdStore;

/// Records the first of `ids` as a key of that kind which is in use, if this node has every key that is. Call it when
/// the program starts, before anything is signed or sealed, once for each kind.
///
/// `ids` are those of all keys that the node has, the one first that signs or seals: `KeyRing::ids`,
/// [`SealingKeys::ids`](crate::sealing::SealingKeys::ids), [`Peppers::ids`](crate::hashing::Peppers::ids), or
/// [`DigestKey::id`](crate::DigestKey::id) alone.
///
/// Of two nodes that start at once with different keys at most one does.
///
/// # Errors
///
/// [`ConfigError`], which names the kind and the id, if a key is in use that is not among `ids`. Nothing is recorded
/// then. Also if there are no `ids`, or the store does not answer.
///
/// # Examples
///
/// ```
/// use auth_issuer::key_ids::{self, KeyIdStore as _};
/// use auth_issuer::sealing::{SealingKey, SealingKeys};
/// use auth_issuer::stores::MemoryStore;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (store, old, new) = (MemoryStore::new(), SealingKey::new("2025", &[1; 32])?, SealingKey::new("2026", &[2; 32])?);
/// let before = SealingKeys::new(old.clone());
/// key_ids::record(&store, "sealing", before.ids()).await?;
///
/// let both = SealingKeys::new(new.clone()).with_old(old)?;
/// key_ids::record(&store, "sealing", both.ids()).await?;
/// let error = key_ids::record(&store, "sealing", before.ids()).await.unwrap_err();
/// assert!(error.to_string().contains("`2026."));
///
/// // When nothing is sealed under the old one any more.
/// let alone = SealingKeys::new(new);
/// assert!(key_ids::record(&store, "sealing", alone.ids()).await.is_err());
/// for id in before.ids() {
///     store.delete_key_id("sealing", &id).await?;
/// }
/// key_ids::record(&store, "sealing", alone.ids()).await?;
/// # Ok(())
/// # }
/// ```
pub async fn record<I: AsRef<str>>(
    store: &impl KeyIdStore,
    kind: &str,
    ids: impl IntoIterator<Item = I>,
) -> Result<(), ConfigError> {
    let ids: Vec<String> = ids.into_iter().map(|id| id.as_ref().to_owned()).collect();
    let Some(active) = ids.first() else {
        let text = format!("this node has no `{kind}` key; give it one");
        return Err(ConfigError::new(ConfigErrorKind::KeySet, text));
    };
    let silent = |error: StoreError| {
        let text = format!("the store does not say which `{kind}` keys are in use: {error}; see whether it is up");
        ConfigError::new(ConfigErrorKind::Store, text).with_source(error)
    };
    let lacks_none = |used: Vec<String>| match used.into_iter().find(|id| !ids.contains(id)) {
        Some(id) => Err(missing(kind, &id)),
        None => Ok(()),
    };
    lacks_none(store.list_key_ids(kind).await.map_err(silent)?)?;
    let is_new = store.insert_key_id(kind, active).await.map_err(silent)?;
    // Another node may have recorded another key since: whoever comes second to look sees both.
    let verdict = lacks_none(store.list_key_ids(kind).await.map_err(silent)?);
    if is_new && verdict.is_err() {
        store.delete_key_id(kind, active).await.map_err(silent)?;
    }
    verdict
}

fn missing(kind: &str, id: &str) -> ConfigError {
    let text = format!(
        "the `{kind}` key `{id}` is in use, and this node does not have it; give it the key that the other nodes have, or \
         delete the id from the store (`auth_key_ids`) once nothing made under the key is good any more"
    );
    ConfigError::new(ConfigErrorKind::KeySet, text)
}
