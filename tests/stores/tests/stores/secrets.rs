//! What would open something is in no file of a database.

use std::time::{Duration, SystemTime};

use auth_core::Factor;
use auth_core::credential::{ApiKey, ApiKeyPrefix};
use auth_issuer::accounts::AccountAdmin as _;
use auth_issuer::api_keys::{KeyStore as _, OwnedKey};
use auth_issuer::one_time::{OneTimeRecord, OneTimeStore as _, Purpose, Slot};
use auth_issuer::refresh::{Chain, ChainStore as _, Rotation, SealedToken};
use auth_issuer::secret::{Secret, SecretDigest};
use auth_issuer::sessions::{SessionRecord, SessionStore as _};
use auth_issuer::stores::AnyStore;
use auth_issuer::totp::{SealedSecret, TotpStore as _};
use auth_issuer::{Account, HashParams, PasswordHash};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::temporary::Place;

const PASSWORD: &str = "planted horse battery staple";
/// 20 bytes and their Base32: what an authenticator has.
const TOTP: (&[u8], &str) = (b"planted-totp-secret!", "OBWGC3TUMVSC25DPORYC243FMNZGK5BB");

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// Stores one of everything, and returns what must not be found and what has to be.
async fn plant(store: &AnyStore) -> (Vec<Vec<u8>>, Vec<String>) {
    let now = SystemTime::now();
    let later = now + Duration::from_hours(1);
    let mut secrets = vec![PASSWORD.as_bytes().to_vec(), TOTP.0.to_vec(), TOTP.1.as_bytes().to_vec()];
    let mut found = vec!["planted-login".to_owned()];
    let mut secret = || {
        let secret = Secret::generate().expect("randomness");
        secrets.push(secret.reveal().as_bytes().to_vec());
        found.push(secret.digest().to_text());
        secret.digest()
    };

    let cheap = HashParams::new_insecure(8, 1, 1).expect("possible");
    let hash = PasswordHash::create(PASSWORD.as_bytes(), cheap).expect("a hash");
    let account = Account::new("1", "planted-login").expect("good").with_password_hash(hash.clone());
    let _ = store.insert_account(account).await.expect("an answer");

    let (current, next) = (secret(), secret());
    let chain = Chain {
        id: "chain".to_owned(),
        account: "1".to_owned(),
        client: "web".to_owned(),
        scopes: Vec::new(),
        epoch: 0,
        generation: 0,
        current,
        previous: None,
        rotated_at: None,
        sealed: None,
        factors: vec![Factor::new("pwd").at(now)],
        auth_time: now,
        idle_expires_at: later,
        expires_at: later,
        ended: None,
    };
    store.insert_chain(chain).await.expect("an answer");
    let sealed = Some(SealedToken::from_bytes([1; 32]));
    let chain = "chain".to_owned();
    let rotation = Rotation { chain, from: current, to: next, sealed, now, idle_expires_at: later };
    assert!(store.rotate_chain(rotation).await.expect("an answer"));

    let session = SessionRecord {
        id: "session".to_owned(),
        digest: secret(),
        account: "1".to_owned(),
        epoch: 0,
        label: String::new(),
        factors: Vec::new(),
        created_at: now,
        seen_at: now,
        idle_expires_at: later,
        expires_at: later,
    };
    store.insert_session(session).await.expect("an answer");
    let link = OneTimeRecord {
        purpose: Purpose::LOGIN,
        account: "1".to_owned(),
        epoch: 0,
        digest: secret(),
        expires_at: later,
    };
    assert!(store.insert_one_time(link, Slot::Free, now).await.expect("an answer"));
    let code = secret();
    store.add_recovery_codes("1", "one", &[code]).await.expect("an answer");
    // Sealing is not the store's; what it is given looks like this.
    let sealed = SealedSecret::from_text("v1.sealed-totp");
    assert!(store.begin_totp("1", 0, &sealed).await.expect("an answer"));
    found.push("v1.sealed-totp".to_owned());

    let api_key = ApiKey::generate(&ApiKeyPrefix::new("acme").expect("a prefix")).expect("randomness");
    let digest = SecretDigest::of(api_key.reveal().as_bytes());
    found.push(digest.to_text());
    secrets.push(api_key.reveal().as_bytes().to_vec());
    let key = OwnedKey {
        id: "key".to_owned(),
        digest,
        owner: "1".to_owned(),
        epoch: None,
        parent: None,
        name: String::new(),
        description: String::new(),
        scopes: Vec::new(),
        is_disabled: false,
        created_at: now,
        updated_at: now,
        expires_at: None,
        last_used_at: None,
    };
    assert!(store.insert_key(key).await.expect("an answer"));
    (secrets, found)
}

/// All rows of all tables, as the database writes them.
async fn dump(url: &str) -> Vec<u8> {
    let mut connection = PgConnection::connect(url).await.expect("a connection");
    let tables = "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public'";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut connection).await.expect("tables");
    assert!(tables.len() >= 9, "{tables:?}");
    let mut dump = Vec::new();
    for table in tables {
        let rows = AssertSqlSafe(format!("SELECT CAST(t AS TEXT) FROM {table} AS t"));
        let rows: Vec<String> = sqlx::query_scalar(rows).fetch_all(&mut connection).await.expect("rows");
        dump.extend(rows.into_iter().flat_map(String::into_bytes));
    }
    dump
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_a_file() {
    for place in Place::all().await {
        let store = AnyStore::open(&place.url()).await.expect("a store");
        let (secrets, found) = plant(&store).await;
        let mut bytes = Vec::new();
        match &place {
            Place::Postgres(database) => bytes = dump(database.url()).await,
            Place::Sqlite(directory) => {
                let mut names = Vec::new();
                for entry in std::fs::read_dir(directory.path()).expect("a directory") {
                    let path = entry.expect("an entry").path();
                    bytes.extend(std::fs::read(&path).expect("a file"));
                    names.push(path);
                }
                assert_eq!(names.len(), 3, "the file, its log and the index of that: {names:?}");
            }
        }
        for text in found {
            assert!(contains(&bytes, text.as_bytes()), "{text} should be there, or this test looks at nothing");
        }
        for secret in secrets {
            assert!(!contains(&bytes, &secret), "a secret lies in the database");
        }
    }
}
