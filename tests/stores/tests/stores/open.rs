//! Opening: what is made, what is refused, and what is done about rows that cannot be read.

use std::error::Error as _;
use std::time::{Duration, SystemTime};

use auth_core::Claims;
use auth_core::claims::ClaimValue;
use auth_issuer::accounts::{AccountAdmin as _, AccountState, Inserted};
use auth_issuer::stores::{AnyStore, SqliteStore, Store as _};
use auth_issuer::sweep::SweepStore as _;
use auth_issuer::token_ids::TokenIdStore as _;
use auth_issuer::{Account, AccountStore as _, DigestKey, HashParams, LoginKey, Nodes, PasswordHash, Throttle};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};

use crate::temporary::{Place, TempDir};

/// Runs statements beside the store.
pub(crate) async fn execute(place: &Place, statements: &str) {
    let statements = AssertSqlSafe(statements.to_owned());
    match place {
        Place::Postgres(database) => {
            let mut connection = PgConnection::connect(database.url()).await.expect("a connection");
            sqlx::raw_sql(statements).execute(&mut connection).await.expect("a good statement");
        }
        Place::Sqlite(directory) => {
            let url = directory.sqlite("auth.db");
            let mut connection = SqliteConnection::connect(&url).await.expect("a connection");
            sqlx::raw_sql(statements).execute(&mut connection).await.expect("a good statement");
        }
    }
}

fn hash() -> PasswordHash {
    let cheap = HashParams::new_insecure(8, 1, 1).expect("possible");
    PasswordHash::create(b"correct horse battery staple", cheap).expect("a hash")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_is_there_when_it_is_opened_again() {
    for place in Place::all().await {
        let store = AnyStore::open(&place.url()).await.expect("a store");
        assert!(!store.is_single_process());
        assert!(Nodes::Several.check_store(&store).is_ok());
        let throttle = Throttle::new(store.clone(), DigestKey::new(&[7; 32]).expect("long enough"));
        assert!(Nodes::Several.check_throttle(&throttle).is_ok());
        let account = Account::new("1", "alice").expect("good").with_password_hash(hash());
        assert_eq!(store.insert_account(account).await.expect("an answer"), Inserted::Stored);
        drop(store);
        let store = AnyStore::open(&place.url()).await.expect("a store");
        let login = LoginKey::parse("ALICE").expect("a name");
        assert!(store.find_account(&login).await.expect("an answer").is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_may_open_one_new_database_at_once() {
    for place in Place::all().await {
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let url = place.url();
                tokio::spawn(async move { AnyStore::open(&url).await.map(drop) })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic").expect("a store");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_cannot_be_read_is_an_account_that_nobody_can_use() {
    for place in Place::all().await {
        let store = AnyStore::open(&place.url()).await.expect("a store");
        for id in ["hash", "state", "roles", "attributes", "login", "scopes"] {
            let account = Account::new(id, id).expect("good").with_password_hash(hash()).with_roles(["admin"]);
            assert_eq!(store.insert_account(account).await.expect("an answer"), Inserted::Stored);
        }
        let damage = "UPDATE auth_accounts SET password_hash = '$2b$nonsense' WHERE id = 'hash';
                      UPDATE auth_accounts SET state = 'euphoric' WHERE id = 'state';
                      UPDATE auth_accounts SET roles = 'admin' WHERE id = 'roles';
                      UPDATE auth_accounts SET attributes = '[]' WHERE id = 'attributes';
                      UPDATE auth_accounts SET login = '' WHERE id = 'login';
                      UPDATE auth_accounts SET scopes = '[\"read\", \"a b\", \"\"]' WHERE id = 'scopes';";
        execute(&place, damage).await;

        let find = async |id: &str| store.find_account_by_id(id).await.expect("an answer");
        let no_password = find("hash").await.expect("the account");
        assert!(no_password.password_hash().is_none());
        assert_eq!(no_password.state(), AccountState::Active);
        for id in ["state", "roles", "attributes"] {
            let account = find(id).await.expect("the account");
            assert_eq!(account.state(), AccountState::Suspended, "{id}");
            assert!(account.roles().is_empty(), "{id}");
        }
        assert!(find("login").await.is_none());
        let scopes = find("scopes").await.expect("the account");
        assert_eq!((scopes.state(), scopes.scopes()), (AccountState::Active, &["read".to_owned()][..]));
        assert_eq!(store.list_accounts(0, 10).await.expect("an answer").len(), 5);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_an_error_or_cut_off() {
    for place in Place::all().await {
        let store = AnyStore::open(&place.url()).await.expect("a store");
        let huge = Claims::new().with("n", ClaimValue::Integer(i128::MAX));
        let account = Account::new("1", "alice").expect("good").with_attributes(huge);
        assert!(store.insert_account(account).await.is_err());

        let far = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::from(u32::MAX) * 4_000_000);
        assert!(store.spend_token_id("reset", "far", far).await.expect("an answer"));
        let before = SystemTime::UNIX_EPOCH - Duration::from_millis(1_500);
        assert!(store.spend_token_id("reset", "before", before).await.expect("an answer"));
        assert_eq!(store.sweep(before, 10).await.expect("an answer"), 1);
        assert!(store.is_token_id_spent("reset", "far").await.expect("an answer"));
    }
}

#[tokio::test]
async fn what_cannot_be_opened_is_named_with_the_fix_and_without_a_password() {
    let directory = TempDir::new();
    let text = |error: auth_core::ConfigError| error.to_string();

    let missing = directory.path().join("no").join("auth.db");
    let error = SqliteStore::open(&missing).await.expect_err("no directory");
    let cause = error.source().and_then(|cause| cause.downcast_ref::<std::io::Error>()).map(std::io::Error::kind);
    assert_eq!(cause, Some(std::io::ErrorKind::NotFound));
    let error = text(error);
    assert!(error.contains(missing.to_str().expect("text")) && error.contains("make its directory"), "{error}");

    let file = directory.path().join("notes.txt");
    std::fs::write(&file, "these are notes, and no database at all".repeat(100)).expect("written");
    let error = text(SqliteStore::open(&file).await.expect_err("no database"));
    assert!(error.contains("notes.txt") && error.contains("name a file that"), "{error}");

    for url in ["postgres://ada:s3cret@127.0.0.1:1/auth", "postgres://ada:s3cret@127.0.0.1:99999/auth"] {
        let error = AnyStore::open(url).await.expect_err("nobody listens");
        let causes = std::iter::successors(error.source(), |cause| (*cause).source());
        assert!(causes.map(|cause| format!("{cause} {cause:?}")).all(|cause| !cause.contains("s3cret")));
        let error = text(error);
        assert!(error.contains("ada:***@127.0.0.1") && !error.contains("s3cret"), "{error}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let directory = TempDir::new();
    let store = SqliteStore::open(directory.path().join("auth.db")).await.expect("a store");
    assert_eq!(store.raise_epoch("nobody").await.expect("an answer"), None);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(directory.path()).expect("a directory") {
        let entry = entry.expect("an entry");
        let mode = entry.metadata().expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", entry.file_name());
        names.push(entry.file_name());
    }
    assert!(names.len() >= 2, "the log stands beside the file: {names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_schema_is_refused() {
    for place in Place::all().await {
        drop(AnyStore::open(&place.url()).await.expect("a store"));
        let newer = "UPDATE auth_migrations SET version = 9999 WHERE version = 1;";
        execute(&place, newer).await;
        let error = AnyStore::open(&place.url()).await.expect_err("of another version").to_string();
        assert!(error.contains("9999"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_store_is_a_failure_and_no_answer() {
    for place in Place::all().await {
        let store = AnyStore::open(&place.url()).await.expect("a store");
        match &store {
            AnyStore::Postgres(store) => store.close().await,
            AnyStore::Sqlite(store) => store.close().await,
            other => panic!("{other:?}"),
        }
        let login = LoginKey::parse("alice").expect("a name");
        assert!(store.find_account(&login).await.is_err());
        assert!(store.raise_epoch("1").await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_is_a_failure_and_the_next_request_has_a_new_one() {
    for place in Place::all().await {
        let Place::Postgres(_) = place else { continue };
        let store = AnyStore::open(&place.url()).await.expect("a store");
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE datname = current_database() AND pid <> pg_backend_pid();";
        execute(&place, kill).await;
        // Whether the loss is noticed before or while a statement runs is not for the test to say.
        let first = store.raise_epoch("nobody").await;
        assert!(first.is_err() || first.is_ok_and(|epoch| epoch.is_none()));
        assert_eq!(store.raise_epoch("nobody").await.expect("an answer"), None);
    }
}
