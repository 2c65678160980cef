//! Fills a store in bulk: copies of rows that the store has written itself, under other ids.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use auth_core::{Claims, Factor};
use auth_issuer::api_keys::OwnedKey;
use auth_issuer::one_time::{OneTimeRecord, Purpose, Slot};
use auth_issuer::refresh::Chain;
use auth_issuer::secret::SecretDigest;
use auth_issuer::stores::Store;
use auth_issuer::{Account, HashParams, PasswordHash};
use sqlx::{AssertSqlSafe, Connection, Database, Executor};

use crate::Failure;

/// Refresh chains and API keys of each account.
pub(super) const CHAINS: usize = 4;
pub(super) const KEYS: usize = 2;
/// Rows of one statement.
const BATCH: usize = 500;
/// The id of the rows that are copied.
const TEMPLATE: &str = "template";

#[derive(Clone, Copy)]
pub(super) struct Scale {
    pub(super) accounts: usize,
}

impl Scale {
    pub(super) fn describe(self) -> String {
        let Self { accounts } = self;
        format!("{accounts}, {}, {}", accounts * CHAINS, accounts * KEYS)
    }
}

/// The rows to copy are there.
pub(super) struct Templates(());

pub(super) fn digest(text: &str) -> SecretDigest {
    SecretDigest::of(text.as_bytes())
}

pub(super) fn login(account: usize) -> String {
    format!("person-{account}@example.com")
}

/// A chain that began now, whose token is `id`.
pub(super) fn chain(id: &str, account: &str, client: &str, now: SystemTime) -> Chain {
    Chain {
        id: id.to_owned(),
        account: account.to_owned(),
        client: client.to_owned(),
        scopes: vec!["items:read".to_owned(), "items:write".to_owned()],
        epoch: 0,
        generation: 0,
        current: digest(id),
        previous: None,
        rotated_at: None,
        sealed: None,
        factors: vec![Factor::new("pwd").at(now)],
        auth_time: now,
        idle_expires_at: now + Duration::from_hours(24),
        expires_at: now + Duration::from_hours(24 * 30),
        ended: None,
    }
}

/// Writes one row of each kind through the store, so that every column has the form that the store gives it.
pub(super) async fn templates(store: &impl Store) -> Result<Templates, Failure> {
    let now = SystemTime::now();
    let cheap = HashParams::new_insecure(8, 1, 1)?;
    let account = Account::new(TEMPLATE, TEMPLATE)?
        .with_password_hash(PasswordHash::create(b"correct horse battery staple", cheap)?)
        .with_roles(["user"])
        .with_scopes(["items:read", "items:write"])?
        .with_attributes(Claims::new().with("email", "person@example.com"));
    let _ = store.insert_account(account).await?;
    store.insert_chain(chain(TEMPLATE, TEMPLATE, "app-0", now)).await?;
    let key = OwnedKey {
        id: TEMPLATE.to_owned(),
        digest: digest(TEMPLATE),
        owner: TEMPLATE.to_owned(),
        epoch: None,
        parent: None,
        name: "laptop".to_owned(),
        description: "for backups".to_owned(),
        scopes: vec!["items:read".to_owned()],
        is_disabled: false,
        created_at: now,
        updated_at: now,
        expires_at: None,
        last_used_at: None,
    };
    let secret = OneTimeRecord {
        purpose: Purpose::RESET_PASSWORD,
        account: TEMPLATE.to_owned(),
        epoch: 0,
        digest: digest(TEMPLATE),
        expires_at: now + Duration::from_hours(1),
    };
    if !store.insert_key(key).await? || !store.insert_one_time(secret, Slot::Only, now).await? {
        return Err("a template is there already".into());
    }
    Ok(Templates(()))
}

/// Copies the templates, in one transaction.
pub(super) async fn fill<D: Database>(url: &str, scale: Scale, _: &Templates) -> Result<(), Failure>
where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
{
    let mut connection = D::Connection::connect(url).await?;
    let mut transaction = connection.begin().await?;
    for table in [Copies::accounts(scale), Copies::chains(scale), Copies::keys(scale), Copies::secrets(scale)] {
        for first in (0..table.rows).step_by(BATCH) {
            let statement = table.statement(first..(first + BATCH).min(table.rows));
            (&mut *transaction).execute(sqlx::raw_sql(AssertSqlSafe(statement))).await?;
        }
    }
    transaction.commit().await?;
    // PostgreSQL does this by itself sooner or later.
    (&mut connection).execute("ANALYZE").await?;
    connection.close().await?;
    Ok(())
}

/// The copies of one table: which columns differ, and how.
struct Copies {
    table: &'static str,
    /// The column that names the template.
    id: &'static str,
    /// Columns that get values of their own.
    own: &'static str,
    /// Columns that are copied.
    copied: &'static str,
    rows: usize,
    values: fn(usize) -> Vec<String>,
}

impl Copies {
    fn accounts(scale: Scale) -> Self {
        Self {
            table: "auth_accounts",
            id: "id",
            own: "id, list_key, login, login_key",
            copied: "password_hash, state, epoch, second_factor, roles, scopes, attributes",
            rows: scale.accounts,
            values: |row| vec![row.to_string(), format!("{row:016}"), login(row), login(row)],
        }
    }

    fn chains(scale: Scale) -> Self {
        Self {
            table: "auth_refresh_chains",
            id: "id",
            own: "id, account, client, current_token",
            copied: "scopes, epoch, generation, factors, auth_time, idle_expires_at, expires_at",
            rows: scale.accounts * CHAINS,
            values: |row| {
                let id = chain_id(row);
                let token = digest(&id).to_text();
                vec![id, (row / CHAINS).to_string(), format!("app-{}", row % CHAINS), token]
            },
        }
    }

    fn keys(scale: Scale) -> Self {
        Self {
            table: "auth_api_keys",
            id: "id",
            own: "id, digest, owner",
            copied: "epoch, parent, name, description, scopes, is_disabled, created_at, updated_at, expires_at, \
                     last_used_at",
            rows: scale.accounts * KEYS,
            values: |row| {
                let id = key_id(row);
                let key = digest(&id).to_text();
                vec![id, key, (row / KEYS).to_string()]
            },
        }
    }

    /// Each account has asked for a new password.
    fn secrets(scale: Scale) -> Self {
        Self {
            table: "auth_one_time",
            id: "account",
            own: "account, digest_1",
            copied: "purpose, epoch_1, expires_at_1, expires_at",
            rows: scale.accounts,
            values: |row| vec![row.to_string(), digest(&format!("reset-{row}")).to_text()],
        }
    }

    /// Both databases call the columns of a list of values `column1` and so on. No value has a quote in it.
    fn statement(&self, rows: std::ops::Range<usize>) -> String {
        let Self { table, id, own, copied, values, .. } = self;
        let tuples: Vec<_> = rows.map(|row| format!("('{}')", values(row).join("', '"))).collect();
        let columns = own.split(", ").count();
        let mut picked = String::new();
        for column in 1..=columns {
            // Writing to a `String` does not fail.
            let _ = write!(picked, "v.column{column}, ");
        }
        let tuples = tuples.join(", ");
        format!(
            "INSERT INTO {table} ({own}, {copied}) SELECT {picked}{copied} FROM (VALUES {tuples}) AS v \
             CROSS JOIN (SELECT {copied} FROM {table} WHERE {id} = '{TEMPLATE}') AS t"
        )
    }
}

/// The id of a chain, and its token.
pub(super) fn chain_id(row: usize) -> String {
    format!("chain-{row}")
}

/// The id of a key, and the key.
pub(super) fn key_id(row: usize) -> String {
    format!("key-{row}")
}
