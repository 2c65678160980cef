//! Password hashes and codes of authenticators that others made.

use std::time::{Duration, SystemTime};

use auth_core::{Attempt, Factor, Facts, Source};
use auth_issuer::sealing::{SealingKey, SealingKeys};
use auth_issuer::totp::{CodeOutcome, FactorChange, Totp, TotpStore as _, TotpWindow};
use auth_issuer::{Account, AccountStore as _, LoginKey, MemoryStore, PasswordHash, RecentSignIn, Throttle};
use serde_json::Value;

const HASHES: &str = include_str!("../vectors/passwords/argon2id.json");
const CODES: &str = include_str!("../vectors/rfc/otp.json");
const LOGIN: &str = "alice@example.com";
/// The current time step alone.
const NOW: TotpWindow = TotpWindow { past: 0, future: 0 };

fn cases(file: &str, name: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(file).expect("JSON");
    file[name].as_array().expect("cases").clone()
}

fn text<'c>(case: &'c Value, name: &str) -> &'c str {
    case[name].as_str().unwrap_or_else(|| panic!("{name} of {case}"))
}

fn number(case: &Value, name: &str) -> u64 {
    case[name].as_u64().unwrap_or_else(|| panic!("{name} of {case}"))
}

fn at(seconds: u64) -> Attempt {
    Attempt::new(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds), Source::Unknown)
}

fn from_hex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).expect("ASCII"));
    pairs.map(|pair| u8::from_str_radix(pair, 16).expect("hex")).collect()
}

/// RFC 4648 section 6, without padding.
fn from_base32(text: &str) -> Vec<u8> {
    let (mut bytes, mut buffer, mut bits) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes() {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|known| *known == letter).expect("base32");
        buffer = buffer << 5 | u32::try_from(value).expect("small");
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(buffer >> bits & 0xff).expect("a byte"));
        }
    }
    bytes
}

/// An account whose authenticator has this secret.
struct Authenticator {
    store: MemoryStore,
    service: Totp<MemoryStore>,
}

impl Authenticator {
    /// One that is being enrolled.
    async fn pending(secret: &[u8], window: TotpWindow) -> Self {
        let store = MemoryStore::new();
        store.accounts().insert(Account::new("1", LOGIN).expect("good")).expect("new");
        let keys = SealingKeys::new(SealingKey::new("test", &[7; 32]).expect("good"));
        let service = Totp::new(store.clone(), keys, "Acme", Throttle::in_memory()).with_window(window);
        let sealed = service.seal_imported("1", secret).expect("sealed");
        assert!(store.begin_totp("1", 0, &sealed).await.expect("an answer"));
        Self { store, service }
    }

    /// One that is in use.
    async fn enabled(secret: &[u8]) -> Self {
        let new = Self::pending(secret, TotpWindow::default()).await;
        let sealed =
            new.store.find_totp("1").await.expect("an answer").expect("the account").pending.expect("a secret");
        assert!(new.store.enable_totp("1", 0, &sealed, 0, "none").await.expect("an answer").is_some());
        new
    }

    async fn account(&self) -> Account {
        let login = LoginKey::parse(LOGIN).expect("a name");
        self.store.find_account(&login).await.expect("an answer").expect("the account")
    }

    /// Whether a code proves that the owner has the authenticator.
    async fn is_confirmed_by(&self, code: &str, now: &Attempt) -> bool {
        let facts = Facts::new("1").with_factor(Factor::new("pwd").at(now.now)).with_auth_time(now.now);
        let proof = RecentSignIn::of(&facts, RecentSignIn::LIMIT, now.now).expect("recent");
        match self.service.confirm(&self.account().await, &proof, code, now).await.expect("an answer") {
            FactorChange::Done { .. } => true,
            FactorChange::WrongCode => false,
            other => panic!("{other:?}"),
        }
    }

    async fn accepts(&self, code: &str, now: &Attempt) -> bool {
        match self.service.verify(&self.account().await, code, now).await.expect("an answer") {
            CodeOutcome::Accepted => true,
            CodeOutcome::Wrong => false,
            other => panic!("{other:?}"),
        }
    }
}

/// One verdict for each case, whatever its level: the advisory ones are decided like the others.
#[test]
fn decides_every_argon2id_hash_as_expected() {
    let cases = cases(HASHES, "cases");
    assert_eq!(cases.len(), 26);
    for case in &cases {
        let hash = PasswordHash::parse(text(case, "hash"));
        let verdict = hash.and_then(|hash| hash.verify(text(case, "password").as_bytes()));
        let is_expected = match text(case, "expect") {
            "match" => verdict == Ok(true),
            "mismatch" => verdict == Ok(false),
            "error" => verdict.is_err(),
            "not-match" => verdict != Ok(true),
            other => panic!("unknown expectation {other}"),
        };
        assert!(is_expected, "{}: {verdict:?}, {}", text(case, "name"), text(case, "why"));
    }
}

/// RFC 4226 appendix D: the counter is the time step.
#[tokio::test]
async fn accepts_the_codes_of_hotp() {
    let cases = cases(CODES, "hotp");
    assert_eq!(cases.len(), 10);
    for case in &cases {
        let authenticator = Authenticator::pending(&from_hex(text(case, "secret_hex")), NOW).await;
        let counter = number(case, "counter");
        for other in (0..12).filter(|other| *other != counter) {
            assert!(!authenticator.is_confirmed_by(text(case, "code"), &at(other * 30)).await, "{other}: {case}");
        }
        assert!(authenticator.is_confirmed_by(text(case, "code"), &at(counter * 30)).await, "{case}");
    }
}

/// RFC 6238 appendix B: authenticators use SHA-1, and six digits, which are the last of eight (RFC 4226 section 5.3).
#[tokio::test]
async fn accepts_the_codes_of_totp() {
    let cases = cases(CODES, "totp");
    let (ours, others): (Vec<_>, Vec<_>) = cases.iter().partition(|case| text(case, "alg") == "SHA1");
    assert_eq!((ours.len(), others.len()), (6, 12));
    for case in ours {
        let authenticator = Authenticator::pending(&from_hex(text(case, "secret_hex")), NOW).await;
        let code = &text(case, "code")[2..];
        let now = number(case, "time");
        assert!(!authenticator.is_confirmed_by(code, &at(now + 30)).await, "{case}");
        assert!(authenticator.is_confirmed_by(code, &at(now)).await, "{case}");
    }
}

#[tokio::test]
async fn decides_every_behaviour_of_codes_as_expected() {
    let cases = cases(CODES, "totp_behaviour");
    assert_eq!(cases.len(), 18);
    for case in &cases {
        assert_eq!(number(case, "window_steps"), 1, "the window of a new service: {case}");
        let authenticator = Authenticator::enabled(&from_base32(text(case, "secret_base32"))).await;
        let now = at(number(case, "now"));
        if let Some(before) = case.get("after_success_of") {
            assert!(authenticator.accepts(before.as_str().expect("a code"), &now).await, "{case}");
        }
        let is_accepted = authenticator.accepts(text(case, "given"), &now).await;
        match text(case, "expect") {
            "accept" => assert!(is_accepted, "{case}"),
            "reject" => assert!(!is_accepted, "{case}"),
            other => assert_eq!(other, "either"),
        }
    }
}
