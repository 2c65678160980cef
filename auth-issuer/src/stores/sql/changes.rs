//! The log of changes: what a verb withdraws, written down in the verb's own transaction for other processes.
//!
//! A row says which account or credential is not to be believed as it was read before. Whoever [follows](super::feed)
//! the log reads all rows from a position on, so no row may ever appear below a position that was read:
//!
//! - In SQLite one transaction writes at a time, so the order of rows is that of commits.
//! - In PostgreSQL a transaction may commit long after one that began later. Rows carry the number of their transaction,
//!   and what is read next begins at the oldest number that was still open: a row is read twice rather than not at all.

use auth_core::cache::Revocations;

use super::failure::Failure;
use super::statements::statements;
use super::value::{Row, Value};
use super::{Engine, SqlStore, Transaction, read_epoch};
use crate::text::is_storable;

/// How many rows a sweep leaves. More than [`MOST_READ`], so that nobody who needs a row that is gone fails to notice.
pub(super) const KEPT: u32 = 10_000;

/// The most rows that are read one by one; where there are more, everything is withdrawn.
pub(super) const MOST_READ: usize = 1_000;

/// The channel of PostgreSQL's NOTIFY. It carries nothing: who hears it reads the log.
#[cfg(feature = "postgres")]
pub(super) const CHANNEL: &str = "auth_changes";

/// The rows from `$1` on, and one row without a kind: where to go on reading the next time.
#[cfg(feature = "sqlite")]
pub(super) const READ_SQLITE: &str = "SELECT COALESCE(MAX(position), 0) + 1, NULL, NULL FROM auth_changes UNION ALL \
     SELECT * FROM (SELECT position, kind, name FROM auth_changes WHERE position >= $1 \
     ORDER BY position DESC LIMIT 1001)";
#[cfg(feature = "postgres")]
pub(super) const READ_POSTGRES: &str = "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT), \
     CAST(NULL AS TEXT), CAST(NULL AS TEXT) UNION ALL \
     (SELECT position, kind, name FROM auth_changes WHERE position >= $1 ORDER BY position DESC LIMIT 1001)";

#[cfg(feature = "sqlite")]
pub(super) const RECORD_SQLITE: &str = "INSERT INTO auth_changes (kind, name, position) \
     SELECT $1, $2, COALESCE(MAX(position), 0) + 1 FROM auth_changes";
/// Tells whoever listens as well, once the transaction is committed.
#[cfg(feature = "postgres")]
pub(super) const RECORD_POSTGRES: &str = "INSERT INTO auth_changes (kind, name, position) \
     VALUES ($1, $2, CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)) ON CONFLICT DO NOTHING \
     RETURNING CAST(pg_notify('auth_changes', '') AS TEXT)";

statements! {
    // The rows beyond so many, the latest first; they go, the oldest first.
    SURPLUS_CHANGES_SINCE = ["SELECT position FROM auth_changes ORDER BY position DESC LIMIT 1 OFFSET $1"];
    SURPLUS_CHANGES = ["SELECT kind, name FROM auth_changes WHERE position <= $1 ORDER BY position LIMIT $2"];
    DELETE_CHANGE = ["DELETE FROM auth_changes WHERE kind = $2 AND name = $3 AND position <= $1"];
}

/// What is not to be believed any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change<'a> {
    /// Everything of an account, by its id.
    Account(&'a str),
    /// One credential, by its id.
    Credential(&'a str),
}

const ACCOUNT: &str = "account";
const CREDENTIAL: &str = "credential";

impl<'a> Change<'a> {
    fn values(self) -> Vec<Value> {
        match self {
            Self::Account(id) => values![ACCOUNT, id],
            Self::Credential(id) => values![CREDENTIAL, id],
        }
    }

    /// Whether it can be of anything: no row has another id.
    pub(super) fn is_possible(self) -> bool {
        let (Self::Account(id) | Self::Credential(id)) = self;
        is_storable(id)
    }

    /// The change that a row says; `None` if it is of a kind that this version does not know.
    fn of(kind: &str, name: &'a str) -> Option<Self> {
        match kind {
            ACCOUNT => Some(Self::Account(name)),
            CREDENTIAL => Some(Self::Credential(name)),
            _ => None,
        }
    }

    fn withdraw(self, revocations: &Revocations) {
        match self {
            Self::Account(id) => revocations.revoke_subject(id),
            Self::Credential(id) => revocations.revoke_credential(id),
        }
    }
}

/// What was read of the log at once.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Where to go on.
    pub(super) next: i64,
    /// Position, kind and name of each change.
    pub(super) changes: Vec<(i64, String, String)>,
}

impl Page {
    pub(super) fn of(rows: Vec<Row>) -> Result<Self, Failure> {
        let mut page = Self::default();
        for mut row in rows {
            let (position, kind) = (row.integer()?, row.optional_text()?);
            match kind {
                None => page.next = position,
                Some(kind) => page.changes.push((position, kind, row.text()?)),
            }
        }
        Ok(page)
    }
}

/// Withdraws what a row says; everything if it cannot be read.
pub(super) fn withdraw(kind: &str, name: &str, revocations: &Revocations) {
    match Change::of(kind, name) {
        Some(change) => change.withdraw(revocations),
        None => revocations.revoke_all(),
    }
}

impl<E: Engine> SqlStore<E> {
    /// One statement on one row that withdraws something; says whether the row was there and met the condition.
    pub(super) async fn change_one(
        &self,
        statement: &'static str,
        values: Vec<Value>,
        change: Change<'_>,
    ) -> Result<bool, Failure> {
        if !change.is_possible() {
            return Ok(false);
        }
        let mut transaction = self.begin().await?;
        if transaction.write(statement, values).await? == 0 {
            return Ok(false);
        }
        self.commit_change(transaction, change).await?;
        Ok(true)
    }

    /// One statement on one row that returns the row's new epoch, if it was there and met the condition.
    pub(super) async fn change_epoch(
        &self,
        statement: &'static str,
        values: Vec<Value>,
        account: &str,
    ) -> Result<Option<u64>, Failure> {
        let change = Change::Account(account);
        if !change.is_possible() {
            return Ok(None);
        }
        let mut transaction = self.begin().await?;
        let Some(epoch) = read_epoch(transaction.write_returning(statement, values).await?)? else { return Ok(None) };
        self.commit_change(transaction, change).await?;
        Ok(Some(epoch))
    }

    /// Writes the change down, commits, and withdraws here what others withdraw when they read of it.
    pub(super) async fn commit_change(
        &self,
        mut transaction: E::Transaction,
        change: Change<'_>,
    ) -> Result<(), Failure> {
        transaction.write(E::RECORD, change.values()).await?;
        let _withdrawal = Withdrawal { change, revocations: self.feed.revocations() };
        self.commit(transaction).await
    }
}

/// Withdraws a change once its commit is over. After a failure too, and where whoever wanted it goes away meanwhile: nobody
/// knows whether it was committed.
struct Withdrawal<'a> {
    change: Change<'a>,
    revocations: &'a Revocations,
}

impl Drop for Withdrawal<'_> {
    fn drop(&mut self) {
        self.change.withdraw(self.revocations);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_changes_and_where_to_go_on() {
        let rows = vec![
            Row::new(values![7_i64, None::<&str>, None::<&str>]),
            Row::new(values![6_i64, "account", "ada"]),
            Row::new(values![5_i64, "credential", "key"]),
        ];
        let page = Page::of(rows).expect("readable");
        assert_eq!(page.next, 7);
        assert_eq!(page.changes.len(), 2);
    }

    #[test]
    fn what_cannot_be_read_withdraws_everything() {
        let revocations = Revocations::new();
        let mark = revocations.mark().expect("trusted");
        withdraw("credential", "key", &revocations);
        assert!(revocations.holds("ada", Some("other"), mark) && !revocations.holds("ada", Some("key"), mark));
        withdraw("account", "ada", &revocations);
        assert!(!revocations.holds("ada", None, mark));
        let mark = revocations.mark().expect("trusted");
        withdraw("of a later version", "ada", &revocations);
        assert!(!revocations.holds("bob", None, mark));
    }
}
