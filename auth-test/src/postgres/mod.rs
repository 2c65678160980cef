//! PostgreSQL for tests: a database of its own for each.
//!
//! The server is one that is started for the tests of one program, from the installed `initdb` and `postgres`: in a
//! temporary directory, reached by a socket in it (so on Unix only), without a password. It stops, and its directory goes, when the
//! program ends, however it ends. Where the tests run as root, it runs as `nobody`.
//!
//! | variable | means |
//! | --- | --- |
//! | `AUTH_TEST_POSTGRES_URL` | use this server instead; the user has to be allowed to make databases |
//! | `AUTH_TEST_REQUIRE_POSTGRES=1` | no server is a failure, and not a reason to skip |
//!
//! # Examples
//!
//! ```no_run
//! # async fn example() {
//! let Some(database) = auth_test::postgres::database().await else { return };
//! assert!(database.url().starts_with("postgres://"));
//! # }
//! ```

mod server;

use std::env;
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};

/// How long a server may take until it answers.
const START: Duration = Duration::from_mins(2);

/// A database that nobody else uses. It goes when this is dropped.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
    admin: String,
    name: String,
}

/// Makes a database.
///
/// `None`, and one line on the standard error, if there is no server and none can be started: then the test has
/// nothing to run on and should return.
///
/// # Panics
///
/// If there is no server and `AUTH_TEST_REQUIRE_POSTGRES` is `1`, or if the server does not do as it is told.
pub async fn database() -> Option<TestDatabase> {
    let admin = match env::var("AUTH_TEST_POSTGRES_URL") {
        Ok(url) if !url.is_empty() => url,
        _ => match tokio::task::spawn_blocking(server::url).await.expect("starting does not panic") {
            Ok(url) => url,
            Err(reason) => {
                let is_required = env::var("AUTH_TEST_REQUIRE_POSTGRES").is_ok_and(|value| value == "1");
                assert!(!is_required, "AUTH_TEST_REQUIRE_POSTGRES is set, and {reason}");
                eprintln!("skipped: {reason}; install PostgreSQL or set AUTH_TEST_POSTGRES_URL");
                return None;
            }
        },
    };
    let name = format!("auth_test_{:016x}", getrandom::u64().expect("randomness"));
    execute(&admin, format!("CREATE DATABASE {name}")).await.expect("a new database");
    let options: PgConnectOptions = admin.parse().expect("the URL has just been used");
    let url = options.database(&name).to_url_lossy().to_string();
    Some(TestDatabase { url, admin, name })
}

impl TestDatabase {
    /// The URL of the database, its user and password included.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (admin, drop) = (self.admin.clone(), format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        // On a thread of its own: the one that drops may be driving a runtime.
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(execute(&admin, drop))
        });
        if !matches!(thread.join(), Ok(Ok(()))) {
            eprintln!("the database {} could not be dropped", self.name);
        }
    }
}

/// Runs one statement, once the server answers.
async fn execute(url: &str, statement: String) -> Result<(), sqlx::Error> {
    let deadline = Instant::now() + START;
    let mut connection = loop {
        match PgConnection::connect(url).await {
            Ok(connection) => break connection,
            // Not there yet, or still starting (57P03).
            Err(error) if Instant::now() < deadline && is_early(&error) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => return Err(error),
        }
    };
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
    connection.close().await
}

fn is_early(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code == "57P03"),
        _ => false,
    }
}
