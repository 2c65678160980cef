//! Rows to test with. Times are whole milliseconds, since that is what stores keep.

use std::time::{Duration, SystemTime};

use auth_core::{Claims, Factor};

use crate::accounts::{Account, AccountAdmin, Inserted};
use crate::api_keys::OwnedKey;
use crate::hashing::{HashParams, PasswordHash};
use crate::login_key::LoginKey;
use crate::one_time::{OneTimeRecord, Purpose};
use crate::refresh::{Chain, Rotation, SealedToken};
use crate::secret::SecretDigest;
use crate::sessions::SessionRecord;

/// `seconds` after some day.
pub(super) fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000) + Duration::from_secs(seconds)
}

pub(super) fn digest(text: &str) -> SecretDigest {
    SecretDigest::of(text.as_bytes())
}

pub(super) fn login(name: &str) -> LoginKey {
    LoginKey::parse(name).expect("a name")
}

pub(super) fn hash() -> PasswordHash {
    let cheap = HashParams::new_insecure(8, 1, 1).expect("possible");
    PasswordHash::create(b"correct horse battery staple", cheap).expect("a hash")
}

pub(super) fn account(id: &str, name: &str) -> Account {
    Account::new(id, name).expect("a good account")
}

/// An account with something in every column.
pub(super) fn full_account(id: &str, name: &str) -> Account {
    account(id, name)
        .with_password_hash(hash())
        .with_roles(["user", "a \"quoted\" r\u{f4}le"])
        .with_scopes(["items:read", "items:write"])
        .expect("good scopes")
        .with_attributes(Claims::new().with("email", "ada@example.com").with("age", 36).with("tags", vec!["a", "b"]))
        .with_epoch(3)
}

pub(super) async fn insert(store: &impl AccountAdmin, account: Account) {
    assert_eq!(store.insert_account(account).await.expect("an answer"), Inserted::Stored);
}

/// A chain that began at `at(0)`, whose token `<id>-0` is good for an hour, and which ends after a day.
pub(super) fn chain(id: &str, account: &str, client: &str) -> Chain {
    Chain {
        id: id.to_owned(),
        account: account.to_owned(),
        client: client.to_owned(),
        scopes: vec!["items:read".to_owned()],
        epoch: 3,
        generation: 0,
        current: digest(&format!("{id}-0")),
        previous: None,
        rotated_at: None,
        sealed: None,
        factors: vec![Factor::new("pwd").at(at(0)), Factor::new("otp")],
        auth_time: at(0),
        idle_expires_at: at(3_600),
        expires_at: at(86_400),
        ended: None,
    }
}

/// The exchange of the token `<chain>-<n>` for `<chain>-<n + 1>`.
pub(super) fn rotation(chain: &str, n: u32, now: SystemTime) -> Rotation {
    Rotation {
        chain: chain.to_owned(),
        from: digest(&format!("{chain}-{n}")),
        to: digest(&format!("{chain}-{}", n.wrapping_add(1))),
        sealed: Some(SealedToken::from_bytes([7; 32])),
        now,
        idle_expires_at: now + Duration::from_hours(1),
    }
}

pub(super) fn one_time_record(account: &str, secret: &str, epoch: u64, expires_at: SystemTime) -> OneTimeRecord {
    OneTimeRecord { purpose: Purpose::LOGIN, account: account.to_owned(), epoch, digest: digest(secret), expires_at }
}

/// A session that began at `at(0)`, is good for half an hour and ends after twelve.
pub(super) fn session(id: &str, account: &str) -> SessionRecord {
    SessionRecord {
        id: id.to_owned(),
        digest: digest(id),
        account: account.to_owned(),
        epoch: 3,
        label: "Firefox on a \u{201c}phone\u{201d}".to_owned(),
        factors: vec![Factor::new("pwd").at(at(0))],
        created_at: at(0),
        seen_at: at(0),
        idle_expires_at: at(1_800),
        expires_at: at(43_200),
    }
}

/// A key without an end, made at `at(0)`.
pub(super) fn key(id: &str, owner: &str, parent: Option<&str>) -> OwnedKey {
    OwnedKey {
        id: id.to_owned(),
        digest: digest(id),
        owner: owner.to_owned(),
        epoch: Some(3),
        parent: parent.map(str::to_owned),
        name: "laptop".to_owned(),
        description: "for \u{201c}backups\u{201d}".to_owned(),
        scopes: vec!["items:read".to_owned()],
        is_disabled: false,
        created_at: at(0),
        updated_at: at(0),
        expires_at: None,
        last_used_at: None,
    }
}
