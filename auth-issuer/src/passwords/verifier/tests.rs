use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::SystemTime;

use auth_core::{Source, StoreError, VerifyErrorKind};

use super::super::check::compared_with;
use super::*;
use crate::accounts::{AccountState, MemoryAccounts};
use crate::hash_pool::Requester;
use crate::hashing::{HashParams, PasswordHash, Pepper, Peppers};
use crate::login_key::LoginKey;

const PASSWORD: &str = "correct horse";

fn today() -> HashParams {
    HashParams::new_insecure(16, 1, 1).expect("possible")
}

fn yesterday() -> HashParams {
    HashParams::new_insecure(8, 1, 1).expect("possible")
}

fn attempt() -> Attempt {
    Attempt::new(SystemTime::UNIX_EPOCH, Source::Unknown)
}

fn with_password(login: &str, params: HashParams) -> Account {
    let hash = PasswordHash::create(PASSWORD.as_bytes(), params).expect("a hash");
    Account::new(format!("id of {login}"), login).expect("good").with_password_hash(hash)
}

/// Accounts of every kind; each that has a password has the same.
fn accounts() -> MemoryAccounts {
    let accounts = MemoryAccounts::new();
    for account in [
        with_password("alice", today()).with_scopes(["items:read"]).expect("good").with_roles(["user"]),
        with_password("old", yesterday()),
        with_password("inactive", today()).with_state(AccountState::Inactive),
        with_password("suspended", today()).with_state(AccountState::Suspended),
        with_password("old-suspended", yesterday()).with_state(AccountState::Suspended),
        with_password("must-reset", today()).with_state(AccountState::MustReset),
        with_password("old-must-reset", yesterday()).with_state(AccountState::MustReset),
        with_password("second-factor", today()).with_second_factor(true),
        with_password("old-second-factor", yesterday()).with_second_factor(true),
        Account::new("id of passwordless", "passwordless").expect("good"),
    ] {
        accounts.insert(account).expect("new");
    }
    accounts
}

fn verifier() -> PasswordVerifier<MemoryAccounts> {
    PasswordVerifier::new(accounts(), HashPool::new(2, today()))
}

async fn verify<S: AccountStore>(
    verifier: &PasswordVerifier<S>,
    user: &str,
    password: &str,
) -> Result<Verified<Claims>, VerifyError> {
    verifier.verify(BasicCredentials::new(user, password), attempt()).await
}

/// What is refused with, and how many hashes that took.
async fn refusal(verifier: &PasswordVerifier<MemoryAccounts>, user: &str, password: &str) -> (Reason, u64) {
    let before = verifier.check.pool.hashes();
    let error = verify(verifier, user, password).await.expect_err("refused");
    assert_eq!(error.kind(), VerifyErrorKind::Refused);
    (error.reason(), verifier.check.pool.hashes().abs_diff(before))
}

#[tokio::test]
async fn every_refusal_costs_one_hash() {
    let verifier = verifier();
    for (user, password, reason) in [
        ("alice", "wrong", Reason::WRONG_PASSWORD),
        ("alice", "", Reason::WRONG_PASSWORD),
        ("old", "wrong", Reason::WRONG_PASSWORD),
        ("nobody", PASSWORD, Reason::WRONG_PASSWORD),
        ("nobody", "", Reason::WRONG_PASSWORD),
        ("inactive", PASSWORD, Reason::ACCOUNT_STATE),
        ("inactive", "wrong", Reason::ACCOUNT_STATE),
        ("suspended", PASSWORD, Reason::ACCOUNT_STATE),
        ("suspended", "wrong", Reason::ACCOUNT_STATE),
        ("must-reset", PASSWORD, Reason::ACCOUNT_STATE),
        ("must-reset", "wrong", Reason::ACCOUNT_STATE),
        ("old-must-reset", PASSWORD, Reason::ACCOUNT_STATE),
        ("second-factor", PASSWORD, Reason::ACCOUNT_STATE),
        ("second-factor", "wrong", Reason::ACCOUNT_STATE),
        ("old-suspended", PASSWORD, Reason::ACCOUNT_STATE),
        ("old-second-factor", PASSWORD, Reason::ACCOUNT_STATE),
        ("passwordless", PASSWORD, Reason::ACCOUNT_STATE),
        ("passwordless", "", Reason::ACCOUNT_STATE),
        ("", PASSWORD, Reason::WRONG_PASSWORD),
        ("al\u{200b}ice", PASSWORD, Reason::WRONG_PASSWORD),
        (" alice", PASSWORD, Reason::WRONG_PASSWORD),
        ("ali\0ce", PASSWORD, Reason::WRONG_PASSWORD),
    ] {
        assert_eq!(refusal(&verifier, user, password).await, (reason, 1), "{user:?} {password:?}");
    }
}

/// By the parameters that are asked for: whoever may not sign in costs what an unknown name costs, however old its hash is.
#[tokio::test]
async fn every_account_that_may_not_sign_in_costs_todays_parameters() {
    let verifier = verifier();
    for (user, stored) in [
        ("alice", Some(today())),
        ("old", Some(yesterday())),
        ("inactive", None),
        ("suspended", None),
        ("old-suspended", None),
        ("must-reset", None),
        ("old-must-reset", None),
        ("second-factor", None),
        ("old-second-factor", None),
        ("passwordless", None),
    ] {
        let account = verifier.check.accounts.find_account(&LoginKey::parse(user).expect("a name")).await;
        let account = account.expect("an answer").expect("the account");
        let asked = compared_with(&account, verifier.worth(&account)).and_then(PasswordHash::params);
        assert_eq!(asked, stored, "{user}: without a hash the cost is today's");
        // And it is that hash which is asked: the right password of the others is not found right.
        let worth = |account: &Account| verifier.worth(account);
        let checked = verifier.check.check(user, &PASSWORD.into(), &attempt(), worth).await.expect("an answer");
        let Checked::Answered { is_right, .. } = checked else { panic!("nothing has failed before") };
        assert_eq!(is_right, stored.is_some(), "{user}");
    }
}

/// Hashes of other systems are of no password that these cut or fill up. That takes no work, and so would tell of them.
#[cfg(all(feature = "bcrypt", feature = "pbkdf2", feature = "scrypt"))]
#[tokio::test]
async fn every_refusal_of_an_imported_account_costs_one_hash() {
    let verifier = verifier();
    for (name, hash) in [
        ("bcrypt", "$2b$04$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm"),
        ("scrypt", "$scrypt$ln=4,r=8,p=1$c29tZXNhbHRzb21lc2FsdA$rjCGpPW8r+9XVz9RqXtAszWzNTGPgzIyDDbKAQjn6LU"),
        ("pbkdf2", "$pbkdf2-sha256$i=1000,l=32$c29tZXNhbHRzb21lc2FsdA$s5LQUeAEZUMuFVrnmF3OMNPXs3QWnF8SO/5BXmCj6QQ"),
    ] {
        let account = Account::new(format!("id of {name}"), name).expect("good");
        let account = account.with_password_hash(PasswordHash::parse(hash).expect(name));
        verifier.check.accounts.insert(account).expect("new");
    }
    for wrong in ["wrong", "", "password\0", "\0", &"a".repeat(72), &"a".repeat(73), &"a".repeat(1024)] {
        for name in ["bcrypt", "scrypt", "pbkdf2", "nobody"] {
            let answer = refusal(&verifier, name, wrong).await;
            assert_eq!(answer, (Reason::WRONG_PASSWORD, 1), "{name} {wrong:?}");
        }
    }
}

/// And are neither a success in the records nor one that ends the limit.
#[tokio::test]
async fn accounts_of_another_place_look_and_count_like_a_wrong_password() {
    let verifier = verifier().admit_only_if(|account| account.login() != "old");
    let counted = async |user: &str, password: &str| {
        for _ in 0..10 {
            let (reason, hashes) = refusal(&verifier, user, password).await;
            assert_eq!(hashes, 1, "{user}");
            let expected = if user == "old" { SignIn::<MemoryAccounts>::NOT_ADMITTED } else { Reason::WRONG_PASSWORD };
            assert_eq!(reason, expected, "{user}");
        }
        verify(&verifier, user, password).await.expect_err("the eleventh").kind()
    };
    let (elsewhere, wrong) = (counted("old", PASSWORD).await, counted("alice", "wrong").await);
    assert_eq!(elsewhere, wrong);
    assert!(matches!(elsewhere, VerifyErrorKind::Throttled { .. }));
    let stored = verifier.check.accounts.find_account(&LoginKey::parse("old").expect("a name")).await;
    let params = stored.expect("an answer").and_then(|account| account.password_hash().and_then(PasswordHash::params));
    assert_eq!(params, Some(yesterday()), "nothing is renewed");
}

#[tokio::test]
async fn refusals_read_alike() {
    let verifier = verifier();
    for user in ["alice", "nobody", "suspended", "second-factor", "passwordless", ""] {
        let password = if user == "alice" { "wrong" } else { PASSWORD };
        let error = verify(&verifier, user, password).await.expect_err("refused");
        assert_eq!(error.to_string(), "credentials refused");
    }
}

#[tokio::test]
async fn a_password_over_1024_bytes_costs_no_hash() {
    let verifier = verifier();
    for (length, hashes) in [(1024, 1), (1025, 0)] {
        for user in ["alice", "nobody"] {
            let answer = refusal(&verifier, user, &"a".repeat(length)).await;
            assert_eq!(answer, (Reason::WRONG_PASSWORD, hashes), "{user} {length}");
        }
    }
}

#[tokio::test]
async fn facts_are_the_accounts() {
    let verifier = verifier();
    let alice = verify(&verifier, "alice", PASSWORD).await.expect("the right password");
    let expected = Facts::new("id of alice")
        .with_scopes(["items:read"])
        .with_roles(["user"])
        .with_factor(Factor::new("pwd").at(attempt().now))
        .with_auth_time(attempt().now);
    assert_eq!(alice.facts(), &expected);
    assert_eq!(verifier.check.pool.hashes(), 1);
}

#[tokio::test]
async fn attributes_are_the_value() {
    let verifier = verifier();
    let claims = Claims::new().with("email", "bob@example.com");
    verifier.check.accounts.insert(with_password("bob", today()).with_attributes(claims.clone())).expect("new");
    assert_eq!(verify(&verifier, "bob", PASSWORD).await.expect("the right password").value(), &claims);
}

#[tokio::test]
async fn names_compare_as_login_keys_and_passwords_byte_by_byte() {
    let verifier = verifier();
    let hash = PasswordHash::create("p\u{e4}ss".as_bytes(), today()).expect("a hash");
    let zoe = Account::new("2", "zo\u{eb}").expect("good").with_password_hash(hash);
    verifier.check.accounts.insert(zoe).expect("new");
    for name in ["zo\u{eb}", "ZO\u{eb}", "zoe\u{308}"] {
        assert!(verify(&verifier, name, "p\u{e4}ss").await.is_ok(), "{name}");
        assert!(verify(&verifier, name, "pa\u{308}ss").await.is_err(), "{name}");
        assert!(verify(&verifier, name, "P\u{e4}ss").await.is_err(), "{name}");
    }
}

#[tokio::test]
async fn a_sign_in_renews_an_old_hash_once() {
    let verifier = verifier();
    verify(&verifier, "old", PASSWORD).await.expect("the right password");
    assert_eq!(verifier.check.pool.hashes(), 2, "verified, and hashed anew");

    let stored =
        verifier.check.accounts.find_account(&LoginKey::parse("old").expect("a name")).await.expect("an answer");
    let params = stored.and_then(|account| account.password_hash().and_then(PasswordHash::params));
    assert_eq!(params, Some(today()));
    verify(&verifier, "old", PASSWORD).await.expect("the same password");
    assert_eq!(verifier.check.pool.hashes(), 3);
}

#[tokio::test]
async fn a_refused_sign_in_renews_nothing() {
    let verifier = verifier();
    for (user, password) in [("old", "wrong"), ("old-must-reset", PASSWORD)] {
        verify(&verifier, user, password).await.expect_err("refused");
        let stored =
            verifier.check.accounts.find_account(&LoginKey::parse(user).expect("a name")).await.expect("an answer");
        let params = stored.and_then(|account| account.password_hash().and_then(PasswordHash::params));
        assert_eq!(params, Some(yesterday()), "{user}");
    }
}

/// A store that can be read and not written, or neither.
struct Failing {
    inner: MemoryAccounts,
    reads: bool,
}

impl AccountStore for Failing {
    async fn find_account(&self, login: &LoginKey) -> Result<Option<Account>, StoreError> {
        if self.reads { self.inner.find_account(login).await } else { Err(StoreError::new("down")) }
    }

    async fn find_account_by_id(&self, id: &str) -> Result<Option<Account>, StoreError> {
        if self.reads { self.inner.find_account_by_id(id).await } else { Err(StoreError::new("down")) }
    }

    async fn replace_password_hash(&self, _: &LoginKey, _: &PasswordHash, _: PasswordHash) -> Result<bool, StoreError> {
        Err(StoreError::new("read only"))
    }
}

#[tokio::test]
async fn a_failing_write_does_not_fail_the_sign_in() {
    let verifier = PasswordVerifier::new(Failing { inner: accounts(), reads: true }, HashPool::new(1, today()));
    assert!(verify(&verifier, "old", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_store_that_is_down_is_no_refusal() {
    let verifier = PasswordVerifier::new(Failing { inner: accounts(), reads: false }, HashPool::new(1, today()));
    for user in ["alice", "nobody"] {
        let error = verify(&verifier, user, PASSWORD).await.expect_err("cannot tell");
        assert_eq!((error.kind(), error.reason()), (VerifyErrorKind::Unavailable, Reason::STORE));
    }
}

#[tokio::test]
async fn a_full_queue_is_no_refusal_and_does_not_tell_names_apart() {
    let verifier = verifier();
    let (release, hold) = channel::<()>();
    let hold = Arc::new(std::sync::Mutex::new(hold));
    let holders: Vec<_> = (0..8)
        .map(|n: u8| {
            let (pool, hold) = (verifier.check.pool.clone(), Arc::clone(&hold));
            let requester = Requester::new(attempt().source, &n.to_string());
            tokio::spawn(async move {
                pool.run(requester, move |_| {
                    // An error means that the test is over.
                    let _ended = hold.lock().expect("no panic").recv();
                })
                .await
            })
        })
        .collect();
    while verifier.check.pool.depth() != 8 {
        tokio::task::yield_now().await;
    }
    for user in ["alice", "nobody", "suspended", "passwordless", ""] {
        let error = verify(&verifier, user, PASSWORD).await.expect_err("cannot tell");
        assert_eq!((error.kind(), error.reason()), (VerifyErrorKind::Unavailable, Reason::HASH_QUEUE), "{user}");
    }
    assert_eq!(verifier.check.pool.hashes(), 0);
    drop(release);
    for holder in holders {
        holder.await.expect("no panic").expect("a turn");
    }
    assert!(verify(&verifier, "alice", PASSWORD).await.is_ok());
}

/// With the parameters of production, since that is the point: eight at once have to fit into two seconds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_right_credentials_at_once_succeed() {
    let accounts = MemoryAccounts::new();
    accounts.insert(with_password("alice", HashParams::default())).expect("new");
    let verifier = Arc::new(PasswordVerifier::new(accounts, HashPool::default()));
    let burst: Vec<_> = (0..8)
        .map(|_| {
            let verifier = Arc::clone(&verifier);
            tokio::spawn(async move { verify(&verifier, "alice", PASSWORD).await.map(|_| ()) })
        })
        .collect();
    for task in burst {
        task.await.expect("no panic").expect("the right password");
    }
    assert_eq!(verifier.check.pool.hashes(), 8);
}

#[tokio::test]
async fn ten_failures_a_minute_whatever_their_reason_are_borne() {
    for user in ["alice", "nobody", "suspended", "second-factor", "passwordless", ""] {
        let verifier = verifier();
        let password = if user == "alice" { "wrong" } else { PASSWORD };
        for _ in 0..10 {
            assert_eq!(verify(&verifier, user, password).await.expect_err("refused").kind(), VerifyErrorKind::Refused);
        }
        let error = verify(&verifier, user, PASSWORD).await.expect_err("the eleventh, right or wrong");
        let retry_after = std::time::Duration::from_mins(1);
        assert_eq!(error.kind(), VerifyErrorKind::Throttled { retry_after }, "{user}");
        assert_eq!(verifier.check.pool.hashes(), 10, "{user}");
    }
}

#[tokio::test]
async fn success_clears_the_failures() {
    let verifier = verifier();
    for _ in 0..3 {
        for _ in 0..9 {
            verify(&verifier, "alice", "wrong").await.expect_err("refused");
        }
        verify(&verifier, "alice", PASSWORD).await.expect("the right password");
    }
}

/// None, one, another, and none again: at each sign-in the hash is made anew, and an unknown pepper is a wrong password.
#[tokio::test]
async fn a_sign_in_moves_the_hash_to_todays_pepper() {
    let accounts = Arc::new(accounts());
    let stored = async || {
        let alice = accounts.find_account(&LoginKey::parse("alice").expect("a name")).await.expect("an answer");
        alice.expect("the account").password_hash().expect("a hash").clone()
    };
    let pepper = |id: &str| Pepper::new(id, &[id.as_bytes()[0]; 32]).expect("good");
    let sign_in = async |peppers: Peppers, password: &str| {
        let pool = HashPool::new(2, today()).with_peppers(peppers);
        let verifier = PasswordVerifier::new(Arc::clone(&accounts), pool.clone());
        let result = verify(&verifier, "alice", password).await;
        (result.map(drop).map_err(|error| (error.kind(), error.reason())), pool.hashes())
    };
    let wrong = Err((VerifyErrorKind::Refused, Reason::WRONG_PASSWORD));

    let only = |id| Peppers::new(pepper(id));
    for (what, peppers, id) in [
        ("the first pepper", only("a"), Some("a")),
        ("another", only("b").with_old(pepper("a")).expect("two ids"), Some("b")),
        ("none any more", Peppers::default().with_old(pepper("b")).expect("one id"), None),
        ("one again", only("a"), Some("a")),
    ] {
        assert_eq!(sign_in(peppers.clone(), "wrong").await, (wrong, 1), "{what}");
        assert_eq!(sign_in(peppers.clone(), PASSWORD).await, (Ok(()), 2), "{what}: once more to store it anew");
        assert_eq!(stored().await.pepper_id(), id, "{what}");
        assert_eq!(sign_in(peppers, PASSWORD).await, (Ok(()), 1), "{what}");
    }
    for gone in [only("b"), Peppers::default()] {
        assert_eq!(sign_in(gone, PASSWORD).await, (wrong, 1), "the pepper is not known: as a wrong password");
    }
    assert_eq!(stored().await.pepper_id(), Some("a"));
}
