//! No statement reads a whole table, however many rows there are.

use auth_issuer::stores::{AnyStore, statements};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection};

use crate::temporary::Place;

/// Statements that walk through an index on purpose: two lists of all accounts for administrators, which say how many
/// they want or count them, and those that look for the millionth counter and the ten thousandth change.
const WALKS: [&str; 3] = ["LIST", "SURPLUS_SINCE", "SURPLUS_CHANGES_SINCE"];

fn walks(name: &str, statement: &str) -> bool {
    (WALKS.contains(&name) && !statement.contains("WHERE owner") && !statement.contains("WHERE account"))
        || statement == "SELECT COUNT(list_key) FROM auth_accounts"
}

fn placeholders(statement: &str) -> usize {
    (1..20).rev().find(|n| statement.contains(&format!("${n}"))).unwrap_or(0)
}

async fn sqlite_plan(connection: &mut SqliteConnection, statement: &str) -> String {
    let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
    let rows = sqlx::query(explain).fetch_all(connection).await.expect("a good statement");
    rows.iter().map(|row| row.get::<String, _>("detail") + "\n").collect()
}

async fn postgres_plan(connection: &mut PgConnection, statement: &str) -> String {
    let nulls = vec!["NULL"; placeholders(statement)].join(", ");
    let arguments = if nulls.is_empty() { String::new() } else { format!("({nulls})") };
    let prepare = format!("DEALLOCATE ALL; PREPARE it AS {statement}");
    sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut *connection).await.expect("a good statement");
    let explain = AssertSqlSafe(format!("EXPLAIN EXECUTE it{arguments}"));
    let rows = sqlx::raw_sql(explain).fetch_all(connection).await.expect("a plan");
    rows.iter().map(|row| row.get::<String, _>(0) + "\n").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_reads_a_whole_table() {
    assert!(statements().count() > 60, "all of them are listed");
    for place in Place::all().await {
        drop(AnyStore::open(&place.url()).await.expect("a store"));
        match &place {
            Place::Sqlite(directory) => {
                let url = directory.sqlite("auth.db");
                let mut connection = SqliteConnection::connect(&url).await.expect("a connection");
                for (name, statement) in statements() {
                    let plan = sqlite_plan(&mut connection, statement).await;
                    let reads_all = plan.lines().any(|line| line.contains("SCAN ") && !line.contains("CONSTANT ROW"));
                    let by_index =
                        plan.lines().filter(|line| line.contains("SCAN ")).all(|line| line.contains("INDEX"));
                    assert!(!reads_all || (walks(name, statement) && by_index), "{name}: {statement}\n{plan}");
                }
                let control = sqlite_plan(&mut connection, "SELECT id FROM auth_accounts WHERE login = $1").await;
                assert!(control.contains("SCAN "), "{control}");
            }
            Place::Postgres(database) => {
                let mut connection = PgConnection::connect(database.url()).await.expect("a connection");
                // Of an empty table it would read everything; so it does now only where there is no index.
                let settings = "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan";
                sqlx::raw_sql(settings).execute(&mut connection).await.expect("settings");
                for (name, statement) in statements() {
                    let plan = postgres_plan(&mut connection, statement).await;
                    assert!(!plan.contains("Seq Scan"), "{name}: {statement}\n{plan}");
                }
                let control = postgres_plan(&mut connection, "SELECT id FROM auth_accounts WHERE login = $1").await;
                assert!(control.contains("Seq Scan"), "{control}");
            }
        }
    }
}
