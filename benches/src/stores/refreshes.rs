//! How many refresh tokens are exchanged a second: through the service, and by its statements alone.
//!
//! Both take turns on one store, one exchange after the other, so both see the same machine. What is alone has its own
//! connections, with the settings of the store's, and does nothing with what it reads.

use std::time::{Duration, Instant, SystemTime};

use auth_core::{Attempt, Factor, Source};
use auth_issuer::refresh::{RefreshOutcome, RefreshTokens};
use auth_issuer::secret::Secret;
use auth_issuer::sign_in::Granted;
use auth_issuer::stores::Store;
use auth_request_bench::statistics::ratio;
use auth_request_bench::table::Table;
use sqlx::{Connection, Database, Encode, Executor, IntoArguments, Type};

use super::fill::{Scale, chain, digest};
use crate::Failure;

/// Chains that are exchanged in turn, each by its own account.
const CHAINS: usize = 100;
/// How often each chain is exchanged; the first time is left out.
const ROUNDS: usize = 11;
const CLIENT: &str = "refreshes";

macro_rules! chain_columns {
    () => {
        "c.id, c.account, c.client, c.scopes, c.epoch, c.generation, c.current_token, c.previous_token, c.rotated_at, \
         c.sealed, c.factors, c.auth_time, c.idle_expires_at, c.expires_at, c.ended_at, c.end_reason"
    };
}

// The statements of the store, to the letter; a test compares them.
const FIND_CHAIN: &str = concat!(
    "SELECT ",
    chain_columns!(),
    " FROM auth_refresh_chains c WHERE c.current_token = $1 UNION ALL SELECT ",
    chain_columns!(),
    " FROM auth_spent_tokens s JOIN auth_refresh_chains c ON c.id = s.chain WHERE s.token = $1"
);
const FIND_ACCOUNT: &str = "SELECT id, login, password_hash, state, epoch, second_factor, roles, scopes, attributes \
                            FROM auth_accounts WHERE id = $1 AND state <> 'deleted'";
const ROTATE: &str = "UPDATE auth_refresh_chains SET previous_token = current_token, current_token = $3, sealed = $4, \
                      rotated_at = $5, idle_expires_at = $6, generation = generation + 1 \
                      WHERE id = $1 AND current_token = $2 AND ended_at IS NULL AND idle_expires_at > $5 \
                      AND expires_at > $5";
const SPEND: &str = "INSERT INTO auth_spent_tokens (token, chain) VALUES ($1, $2)";

/// Connections for the statements alone.
pub(super) struct Bare<D: Database> {
    /// `None`: the one that writes reads too.
    pub(super) reader: Option<D::Connection>,
    pub(super) writer: D::Connection,
    /// How the store begins to write.
    pub(super) begin: &'static str,
}

/// The table: exchanges a second, each way.
pub(super) async fn compare<D: Database>(
    store: &(impl Store + Clone),
    scale: Scale,
    bare: &mut Bare<D>,
) -> Result<String, Failure>
where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    D::Arguments: IntoArguments<D>,
    for<'q> String: Encode<'q, D> + Type<D>,
    for<'q> Option<String>: Encode<'q, D> + Type<D>,
    for<'q> i64: Encode<'q, D> + Type<D>,
{
    let attempt = Attempt::new(SystemTime::now(), Source::Unknown);
    let tokens = RefreshTokens::new(store.clone(), store.clone());
    let (mut served, mut alone) = (Vec::new(), Vec::new());
    for place in 0..CHAINS {
        // Spread over the store.
        let account = (place * scale.accounts / CHAINS).to_string();
        let found = store.find_account_by_id(&account).await?.ok_or("an account is missing")?;
        let granted = Granted::new(found, [Factor::new("pwd").at(attempt.now)], attempt.now);
        let scopes = ["items:read".to_owned(), "items:write".to_owned()];
        served.push(tokens.begin(&granted, CLIENT, &scopes, &attempt).await?.token);
        let id = format!("alone-{place}");
        store.insert_chain(chain(&id, &account, CLIENT, attempt.now)).await?;
        alone.push(Exchanged { account, from: digest(&id).to_text(), chain: id });
    }
    let (mut by_service, mut by_statements) = (Duration::ZERO, Duration::ZERO);
    for round in 0..ROUNDS {
        for (token, exchanged) in served.iter_mut().zip(&mut alone) {
            let began = Instant::now();
            let RefreshOutcome::Renewed(renewed) = tokens.refresh(token.reveal(), CLIENT, None, &attempt).await? else {
                return Err("a refresh token was refused".into());
            };
            let service = began.elapsed();
            *token = renewed.refresh.token;
            let statements = bare.exchange(exchanged, attempt.now).await?;
            if round > 0 {
                by_service += service;
                by_statements += statements;
            }
        }
    }
    let count = f64::from(u32::try_from(CHAINS * (ROUNDS - 1))?);
    let per_second = |time: Duration| format!("{:.0}", count / time.as_secs_f64());
    let mut table = Table::new(&["refreshes a second", "the statements alone", "times their cost"]);
    table.row(&[per_second(by_service), per_second(by_statements), format!("{:.2}", ratio(by_service, by_statements))]);
    Ok(table.into_text())
}

/// A chain that is exchanged by statements: its token is `from` now.
struct Exchanged {
    chain: String,
    account: String,
    from: String,
}

impl<D: Database> Bare<D>
where
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    D::Arguments: IntoArguments<D>,
    for<'q> String: Encode<'q, D> + Type<D>,
    for<'q> Option<String>: Encode<'q, D> + Type<D>,
    for<'q> i64: Encode<'q, D> + Type<D>,
{
    async fn exchange(&mut self, exchanged: &mut Exchanged, now: SystemTime) -> Result<Duration, Failure> {
        let to = Secret::generate()?.digest().to_text();
        let now = i64::try_from(now.duration_since(SystemTime::UNIX_EPOCH)?.as_millis())?;
        let Exchanged { chain, account, from } = &*exchanged;

        let began = Instant::now();
        let reader = self.reader.as_mut().unwrap_or(&mut self.writer);
        let chains = sqlx::query(FIND_CHAIN).bind(from.clone()).fetch_all(&mut *reader).await?;
        let accounts = sqlx::query(FIND_ACCOUNT).bind(account.clone()).fetch_all(&mut *reader).await?;
        let mut transaction = self.writer.begin_with(self.begin).await?;
        let rotate = sqlx::query(ROTATE)
            .bind(chain.clone())
            .bind(from.clone())
            .bind(to.clone())
            .bind(None::<String>)
            .bind(now)
            .bind(now + 86_400_000);
        rotate.execute(&mut *transaction).await?;
        sqlx::query(SPEND).bind(from.clone()).bind(chain.clone()).execute(&mut *transaction).await?;
        transaction.commit().await?;
        let took = began.elapsed();

        // What was not exchanged would not be found the next time.
        if (chains.len(), accounts.len()) != (1, 1) {
            return Err("a statement did not find its row".into());
        }
        exchanged.from = to;
        Ok(took)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A source of the store with each statement in one line.
    fn statements_of(file: &str) -> String {
        let path = format!("{}/../auth-issuer/src/stores/sql/{file}.rs", env!("CARGO_MANIFEST_DIR"));
        fs::read_to_string(path).unwrap().replace("\\\n", "").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_runs_alone_is_what_the_store_runs() {
        let columns = |source: &str| {
            let list = source.split_once("macro_rules! columns { () => { \"").unwrap().1.split_once('"').unwrap().0;
            source.replace("\", columns!(), \"", list)
        };
        let chains = columns(&statements_of("chains"));
        for statement in [FIND_CHAIN, ROTATE, SPEND] {
            assert!(chains.contains(&format!("\"{statement}\"")), "{statement}");
        }
        assert!(columns(&statements_of("accounts")).contains(&format!("\"{FIND_ACCOUNT}\"")));
    }
}
