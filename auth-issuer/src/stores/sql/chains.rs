//! Refresh chains: one row each, and a table of spent tokens that finds them.

use std::time::SystemTime;

use auth_core::StoreError;
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};

use super::convert::{factors_of, factors_text, list_of, list_text};
use super::statements::statements;
use super::value::{Row, corrupt};
use super::{Engine, SqlStore, Transaction as _};
use crate::refresh::{Chain, ChainEnd, ChainStore, Rotation, SealedToken};
use crate::secret::SecretDigest;

/// The columns, read by [`read`]; with a prefix where two tables are joined.
macro_rules! columns {
    () => {
        "c.id, c.account, c.client, c.scopes, c.epoch, c.generation, c.current_token, c.previous_token, c.rotated_at, \
         c.sealed, c.factors, c.auth_time, c.idle_expires_at, c.expires_at, c.ended_at, c.end_reason"
    };
}

statements! {
    INSERT = [
        "INSERT INTO auth_refresh_chains (id, account, client, scopes, epoch, generation, current_token, \
         previous_token, rotated_at, sealed, factors, auth_time, idle_expires_at, expires_at, ended_at, end_reason) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    ];
    // One statement and so one snapshot: a rotation in between would hide the token from two.
    FIND = [
        "SELECT ", columns!(), " FROM auth_refresh_chains c WHERE c.current_token = $1 \
         UNION ALL SELECT ", columns!(),
        " FROM auth_spent_tokens s JOIN auth_refresh_chains c ON c.id = s.chain WHERE s.token = $1"
    ];
    ROTATE = [
        "UPDATE auth_refresh_chains SET previous_token = current_token, current_token = $3, sealed = $4, \
         rotated_at = $5, idle_expires_at = $6, generation = generation + 1 \
         WHERE id = $1 AND current_token = $2 AND ended_at IS NULL AND idle_expires_at > $5 AND expires_at > $5"
    ];
    SPEND = ["INSERT INTO auth_spent_tokens (token, chain) VALUES ($1, $2)"];
    END = [
        "UPDATE auth_refresh_chains SET ended_at = $2, end_reason = $3, sealed = NULL \
         WHERE id = $1 AND ended_at IS NULL"
    ];
    // The chain itself too, if a greater one of its moment is live: that one's statement may have run before this was there.
    REPLACE = [
        "UPDATE auth_refresh_chains SET ended_at = $5, end_reason = 'replaced', sealed = NULL \
         WHERE account = $1 AND client = $2 AND ended_at IS NULL \
         AND (auth_time < $3 OR (auth_time = $3 AND (expires_at < $6 OR (expires_at = $6 AND id < $4))) \
         OR (id = $4 AND EXISTS (SELECT 1 FROM auth_refresh_chains o WHERE o.account = $1 AND o.client = $2 \
         AND o.auth_time = $3 AND o.expires_at = $6 AND o.id > $4 \
         AND o.ended_at IS NULL AND o.idle_expires_at > $5 AND o.expires_at > $5)))"
    ];
    LIST = [
        "SELECT ", columns!(), " FROM auth_refresh_chains c WHERE c.account = $1 AND c.ended_at IS NULL \
         AND c.idle_expires_at > $2 AND c.expires_at > $2 ORDER BY c.auth_time DESC, c.id DESC"
    ];
}

impl<E: Engine> ChainStore for SqlStore<E> {
    async fn insert_chain(&self, chain: Chain) -> Result<(), StoreError> {
        let (ended_at, reason) = chain.ended.map_or((None, None), |(at, end)| (Some(at), Some(end.as_str())));
        let values = values![
            chain.id,
            chain.account,
            chain.client,
            list_text(&chain.scopes),
            chain.epoch,
            chain.generation,
            chain.current,
            chain.previous,
            chain.rotated_at,
            chain.sealed.as_ref().map(sealed_text),
            factors_text(&chain.factors),
            chain.auth_time,
            chain.idle_expires_at,
            chain.expires_at,
            ended_at,
            reason,
        ];
        self.write(INSERT, values).await?;
        Ok(())
    }

    async fn find_chain(&self, token: &SecretDigest) -> Result<Option<Chain>, StoreError> {
        self.read_one(FIND, values![*token]).await?.map(read).transpose()
    }

    async fn rotate_chain(&self, rotation: Rotation) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let sealed = rotation.sealed.as_ref().map(sealed_text);
        let chain = rotation.chain.as_str();
        let values = values![chain, rotation.from, rotation.to, sealed, rotation.now, rotation.idle_expires_at];
        if transaction.write(ROTATE, values).await? == 0 {
            return Ok(false);
        }
        transaction.write(SPEND, values![rotation.from, chain]).await?;
        self.commit(transaction).await?;
        Ok(true)
    }

    async fn end_chain(&self, chain: &str, end: ChainEnd, now: SystemTime) -> Result<bool, StoreError> {
        Ok(self.write_one(END, values![chain, now, end.as_str()]).await?)
    }

    async fn replace_chains(&self, chain: &Chain, now: SystemTime) -> Result<u64, StoreError> {
        let Chain { account, client, auth_time, id, expires_at, .. } = chain;
        let values = values![account.as_str(), client.as_str(), *auth_time, id.as_str(), now, *expires_at];
        Ok(self.write(REPLACE, values).await?)
    }

    async fn list_chains(&self, account: &str, now: SystemTime) -> Result<Vec<Chain>, StoreError> {
        self.read(LIST, values![account, now]).await?.into_iter().map(read).collect()
    }
}

fn sealed_text(sealed: &SealedToken) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(sealed.as_bytes())
}

fn sealed_of(text: &str) -> Result<SealedToken, StoreError> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.map(SealedToken::from_bytes).ok_or_else(|| corrupt("a text is not a sealed token"))
}

fn read(mut row: Row) -> Result<Chain, StoreError> {
    Ok(Chain {
        id: row.text()?,
        account: row.text()?,
        client: row.text()?,
        scopes: list_of(&row.text()?)?,
        epoch: row.number()?,
        generation: row.number()?,
        current: row.digest()?,
        previous: row.optional_digest()?,
        rotated_at: row.optional_time()?,
        sealed: row.optional_text()?.as_deref().map(sealed_of).transpose()?,
        factors: factors_of(&row.text()?)?,
        auth_time: row.time()?,
        idle_expires_at: row.time()?,
        expires_at: row.time()?,
        ended: match (row.optional_time()?, row.optional_text()?) {
            (None, _) => None,
            // A newer version may know more reasons; ended is ended.
            (Some(at), reason) => {
                Some((at, reason.as_deref().and_then(ChainEnd::from_name).unwrap_or(ChainEnd::Revoked)))
            }
        },
    })
}
