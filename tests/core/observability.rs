//! `docs/observability.md` says what is told, all of it and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use auth_core::credential::{BearerRef, BearerToken, OpaqueRef, OpaqueToken};
use auth_core::decision::{Authenticated, Handle, Watch, begin, current};
use auth_core::policy::{Name, Requirement, SchemeUse};
use auth_core::{
    Attempt, Bearer, Facts, Policy, Realm, Reason, Refusal, RefusalKind, Scheme, Verified, Verifier, VerifyError,
    VerifyErrorKind,
};
use auth_tests::{endpoint, leak};
use auth_tower::HttpHead;
use http::Request;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context as LayerContext, Layer, SubscriberExt as _};

const PAGE: &str = include_str!("../../docs/observability.md");

/// The rows of the page's tables below a heading, without their heads: a list of cells for each.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let section = PAGE.split("\n## ").find(|section| section.lines().next() == Some(heading)).unwrap();
    let tables = section.split("\n\n").filter(|block| block.starts_with('|'));
    let cells = |row: &str| row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect();
    tables.flat_map(|table| table.lines().skip(2).map(cells)).collect()
}

/// The names in the first column of the table whose head begins with `head`.
fn names(heading: &str, head: &str) -> BTreeSet<String> {
    let section = PAGE.split("\n## ").find(|section| section.lines().next() == Some(heading)).unwrap();
    let table = section.split("\n\n").find(|block| block.starts_with(&format!("| {head} |"))).unwrap();
    let name = |row: &str| row.split('`').nth(1).map(str::to_owned);
    table.lines().skip(2).filter_map(name).collect()
}

fn set(names: impl IntoIterator<Item = impl Into<String>>) -> BTreeSet<String> {
    names.into_iter().map(Into::into).collect()
}

/// One event: its target and its fields, the text among them as `message`.
#[derive(Debug)]
struct Told {
    target: String,
    level: tracing::Level,
    fields: BTreeMap<String, String>,
}

impl Visit for Told {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.fields.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name().to_owned(), value.to_owned());
    }
}

/// Keeps the events, and how many spans were opened.
#[derive(Clone, Default)]
struct Listener(Arc<Mutex<(Vec<Told>, usize)>>);

impl<S: Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, _: LayerContext<'_, S>) {
        let metadata = event.metadata();
        let mut told = Told { target: metadata.target().to_owned(), level: *metadata.level(), fields: BTreeMap::new() };
        event.record(&mut told);
        self.0.lock().unwrap().0.push(told);
    }

    fn on_new_span(&self, _: &Attributes<'_>, _: &Id, _: LayerContext<'_, S>) {
        self.0.lock().unwrap().1 += 1;
    }
}

/// What is told while `act` runs; no span may be opened.
fn told(act: impl FnOnce()) -> Vec<Told> {
    let listener = Listener::default();
    tracing::subscriber::with_default(tracing_subscriber::registry().with(listener.clone()), act);
    let (events, spans) = std::mem::take(&mut *listener.0.lock().unwrap());
    assert_eq!(spans, 0, "the page says that there are no spans");
    events
}

fn alice() -> Facts {
    Facts::new("alice").with_issuer("https://issuer.example").with_credential_id("t-1")
}

/// An issuer that lets people choose their own names.
fn hostile() -> Facts {
    let name = format!("mallory\r\nauth.subject=root \u{202e}{}", "a".repeat(1 << 16));
    Facts::new(name.clone()).with_issuer(name.clone()).with_credential_id(name)
}

/// Decides as its token says.
struct AsTold;

impl Verifier<BearerToken> for AsTold {
    type Value = ();

    fn try_verify(&self, token: &BearerRef<'_>, _: &Attempt) -> Option<Result<Verified<()>, VerifyError>> {
        Some(match token.reveal() {
            "good" => Ok(Verified::new(alice(), ())),
            "hostile" => Ok(Verified::new(hostile(), ())),
            "nameless" => Ok(Verified::new(Facts::new("alice"), ())),
            "fast" => Err(VerifyError::throttled(Duration::from_secs(1))),
            "down" => Err(VerifyError::unavailable(Reason::STORE).with_source("connection refused")),
            name => {
                let reason = Reason::ALL.iter().find(|reason| reason.as_str() == name);
                Err(VerifyError::refused(*reason.unwrap_or(&Reason::UNKNOWN_CREDENTIAL)))
            }
        })
    }

    async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<()>, VerifyError> {
        unreachable!("answers at once")
    }
}

fn handle() -> Handle {
    Handle::new(Realm::<()>::builder("demo").bearer(AsTold).build().unwrap().erase())
}

fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("waits for nothing"),
    }
}

fn policy() -> Policy {
    Policy::listed(leak([SchemeUse::of::<Bearer>()]))
}

fn request(tokens: &[&str]) -> Request<()> {
    let mut request = Request::get("/items?page=2");
    for token in tokens {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body(()).unwrap()
}

/// Decides one request; the answer's kind, or nothing if it passed.
fn decide(handle: Option<&Handle>, tokens: &[&str], policy: Policy) -> Option<RefusalKind> {
    let request = request(tokens);
    let endpoint = leak(endpoint(policy));
    now(begin(handle, &HttpHead::of_request(&request), endpoint)).err().map(|refusal| refusal.kind())
}

/// Everything that a decision can come to.
fn every_outcome() -> Vec<Told> {
    let handle = handle();
    let here = Some(&handle);
    let scope = Requirement::Scope(Name::Text("items:read"));
    let role = || Requirement::Role(Name::Text("admin"));
    let factor = Requirement::Factor { method: "otp", within: None };
    told(|| {
        use RefusalKind as Kind;

        assert_eq!(decide(here, &["good"], policy()), None);
        assert_eq!(decide(here, &[], policy().optional()), None);
        assert_eq!(decide(here, &[], policy()), Some(Kind::NoCredentials));
        assert_eq!(decide(here, &["forged"], policy()), Some(Kind::InvalidCredentials));
        assert_eq!(decide(here, &["good", "good"], policy()), Some(Kind::AmbiguousCredentials));
        assert_eq!(decide(here, &["good"], policy().require(scope)), Some(Kind::InsufficientScope));
        assert_eq!(decide(here, &["good"], policy().require(role())), Some(Kind::Forbidden));
        assert_eq!(decide(here, &["good"], policy().require(factor)), Some(Kind::InsufficientAuthentication));
        assert_eq!(decide(here, &["good"], policy().require(role()).hide()), Some(Kind::NotFound));
        assert_eq!(decide(here, &["fast"], policy()), Some(Kind::Throttled));
        assert_eq!(decide(here, &["down"], policy()), Some(Kind::Unavailable));
        assert_eq!(decide(None, &["good"], policy()), Some(Kind::Misconfigured));
        let request = request(&[]);
        let head = HttpHead::of_request(&request);
        assert_eq!(now(current::<String>(None, &head)).unwrap_err().kind(), Kind::Misconfigured);
        assert_eq!(Watch::new(&handle, &head).withhold().kind(), Kind::Misconfigured);
    })
}

#[test]
fn every_field_of_a_decision_is_on_the_page_and_no_other() {
    let mut fields: BTreeSet<String> = every_outcome().into_iter().flat_map(|told| told.fields.into_keys()).collect();
    assert!(fields.remove("message"));
    assert_eq!(fields, names("Events of a decision", "field"));
}

#[test]
fn every_outcome_is_on_the_page_and_no_other() {
    let outcomes = set(every_outcome().iter().map(|told| told.fields["auth.outcome"].as_str()));
    assert_eq!(outcomes, names("Outcomes", "outcome"));
}

#[test]
fn texts_levels_and_targets_are_those_of_the_page() {
    let (mut texts, page) = (BTreeSet::new(), rows("Events of a decision"));
    for told in every_outcome() {
        assert!(told.target.starts_with("auth_core::decision::"), "{told:?}");
        let level = told.level.to_string().to_lowercase();
        let text = format!("`{}`", told.fields["message"]);
        let text = if level == "error" { "the problem and its fix".to_owned() } else { text };
        let row = page.iter().find(|row| row[0] == text).unwrap_or_else(|| panic!("{text} is not on the page"));
        assert!(row[1].contains(&level), "{told:?}");
        texts.insert(text);
    }
    let levelled = set(page.iter().filter(|row| row.len() == 3).map(|row| row[0].as_str()));
    assert_eq!(texts, levelled);
}

#[test]
fn every_reason_is_on_the_page_and_no_other() {
    assert_eq!(set(Reason::ALL.iter().map(|reason| reason.as_str())), names("Reasons", "reason"));
}

/// Uniform outside: the answer is the same to the byte. Inside the reason stands as it is.
#[test]
fn reasons_are_for_the_operator_only() {
    let handle = handle();
    let endpoint = leak(endpoint(policy()));
    let mut answers = BTreeSet::new();
    for reason in Reason::ALL {
        let request = request(&[reason.as_str()]);
        let events = told(|| {
            let refusal = now(begin(Some(&handle), &HttpHead::of_request(&request), endpoint)).unwrap_err();
            answers.insert(format!(
                "{} {:?} {:?}",
                refusal.status(),
                refusal.headers().collect::<Vec<_>>(),
                refusal.body()
            ));
        });
        assert_eq!(
            events.iter().map(|told| told.fields["auth.reason"].as_str()).collect::<Vec<_>>(),
            [reason.as_str()]
        );
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert!(matches!(VerifyError::refused(Reason::EXPIRED).kind(), VerifyErrorKind::Refused));
}

/// Who was refused, by which credential, and what OWASP's vocabulary calls it.
#[test]
fn a_known_party_that_is_refused_is_named() {
    let handle = handle();
    let role = || Requirement::Role(Name::Text("admin"));
    let scope = Requirement::Scope(Name::Text("items:read"));
    let factor = Requirement::Factor { method: "otp", within: None };
    let told_of = |token: &str, policy: Policy| {
        let events = told(|| {
            decide(Some(&handle), &[token], policy);
        });
        let [event] = <[Told; 1]>::try_from(events).unwrap();
        event
    };
    let party = |told: &Told| {
        ["event", "auth.subject", "auth.issuer", "auth.credential"].map(|name| told.fields.get(name).cloned())
    };
    let alice = [Some("authz_fail"), Some("alice"), Some("https://issuer.example"), Some("t-1")];
    for policy in
        [policy().require(role()), policy().require(role()).hide(), policy().require(scope), policy().require(factor)]
    {
        let told = told_of("good", policy);
        assert_eq!(party(&told), alice.map(|text| text.map(str::to_owned)), "{told:?}");
    }
    let told = told_of("nameless", policy().require(role()));
    assert_eq!(party(&told), [Some("authz_fail"), Some("alice"), None, None].map(|text| text.map(str::to_owned)));
    for nobody in ["forged", "expired", "fast", "down"] {
        let told = told_of(nobody, policy().require(role()));
        assert_eq!(party(&told), [const { None }; 4], "{told:?}");
    }
    let told = told_of("good", policy());
    assert_eq!(party(&told), [const { None }; 4], "who passes is the service's to tell");
}

#[test]
fn names_that_a_party_has_chosen_are_escaped_and_cut() {
    let handle = handle();
    let policy = policy().require(Requirement::Role(Name::Text("admin")));
    let events = told(|| assert_eq!(decide(Some(&handle), &["hostile"], policy), Some(RefusalKind::Forbidden)));
    for name in ["auth.subject", "auth.issuer", "auth.credential"] {
        let shown = &events[0].fields[name];
        assert!(shown.starts_with(r"mallory\r\nauth.subject=root \u{202e}aaa"), "{shown}");
        assert!(shown.len() == 64 && shown.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{shown}");
    }
}

type Ensure = fn(&Authenticated<()>) -> Result<(), Refusal>;

/// An object's refusal is one of a known party too.
#[test]
fn a_party_that_is_refused_an_object_is_named() {
    let (handle, request, endpoint) = (handle(), request(&["good"]), leak(endpoint(policy())));
    let head = HttpHead::of_request(&request);
    now(begin(Some(&handle), &head, endpoint)).unwrap();
    let party = now(current::<()>(Some(&handle), &head)).unwrap().unwrap();
    let ensures: [Ensure; 2] = [|party| party.ensure(false), |party| party.ensure_scope("items:read")];
    for ensure in ensures {
        let events = told(|| drop(ensure(&party).unwrap_err()));
        let field = |name: &str| events[0].fields.get(name).map(String::as_str);
        let told = ["event", "auth.subject", "auth.credential"].map(field);
        assert_eq!(told, [Some("authz_fail"), Some("alice"), Some("t-1")], "{events:?}");
    }
}

struct Stale;

impl Verifier<OpaqueToken> for Stale {
    type Value = ();

    fn try_verify(&self, _: &OpaqueRef<'_>, _: &Attempt) -> Option<Result<Verified<()>, VerifyError>> {
        Some(Err(VerifyError::refused(Reason::EXPIRED)))
    }

    async fn verify(&self, _: OpaqueToken, _: Attempt) -> Result<Verified<()>, VerifyError> {
        unreachable!("answers at once")
    }
}

#[derive(Scheme)]
#[scheme(cookie = "__Host-session", challenge = none)]
struct Cookie;

#[test]
fn a_guest_with_a_bad_cookie_is_told_with_what_is_wrong_with_it() {
    let realm = Realm::<()>::builder("demo").bearer(AsTold).scheme(Cookie, Stale).bad_cookies_are_guests();
    let handle = Handle::new(realm.build().unwrap().erase());
    let schemes = leak([SchemeUse::of::<Bearer>(), SchemeUse::of::<Cookie>()]);
    let endpoint = leak(endpoint(Policy::listed(schemes).optional()));
    for (method, cookie, reason) in [
        ("GET", Some("__Host-session=stale-7f3a"), Some("expired")),
        ("GET", Some("__Host-session="), Some("malformed")),
        ("POST", Some("__Host-session=stale-7f3a"), Some("cross_site")),
        ("GET", None, None),
    ] {
        let request = Request::builder().method(method);
        let request = cookie.into_iter().fold(request, |request, cookie| request.header("cookie", cookie));
        let request = request.body(()).unwrap();
        let events = told(|| assert!(now(begin(Some(&handle), &HttpHead::of_request(&request), endpoint)).is_ok()));
        let [event] = events.as_slice() else { panic!("{events:?}") };
        let field = |name: &str| event.fields.get(name).map(String::as_str);
        assert_eq!((field("auth.outcome"), field("auth.reason")), (Some("guest"), reason), "{event:?}");
        assert_eq!(field("auth.scheme"), cookie.map(|_| "cookie"), "{event:?}");
        assert!(!format!("{event:?}").contains("7f3a"), "{event:?}");
    }
}

#[derive(Scheme)]
#[scheme(header = "X-Token", prefix = "tk_", challenge = none)]
struct Token;

/// A cookie that was planted is worth a look, what other clients send is not. The answer is the same.
#[test]
fn two_cookies_of_one_name_are_told_by_a_reason_of_their_own() {
    let realm = Realm::<()>::builder("demo").bearer(AsTold).scheme(Cookie, Stale).scheme(Token, Stale);
    let handle = Handle::new(realm.build().unwrap().erase());
    let schemes = leak([SchemeUse::of::<Bearer>(), SchemeUse::of::<Cookie>(), SchemeUse::of::<Token>()]);
    let endpoint = leak(endpoint(Policy::listed(schemes)));
    let mut answers = BTreeSet::new();
    for (headers, scheme, level, reason) in [
        (vec![("cookie", "__Host-session=a-7f3a; __Host-session=b-7f3a")], Some("cookie"), "INFO", "duplicate_cookie"),
        (
            vec![("cookie", "__Host-session=a"), ("cookie", "x=y; __Host-session=")],
            Some("cookie"),
            "INFO",
            "duplicate_cookie",
        ),
        (vec![("cookie", "__Host-other=a; __Host-other=b")], None, "DEBUG", "no_credentials"),
        (vec![("authorization", "Digest 7f3a")], None, "DEBUG", "other_scheme"),
        (vec![("x-token", "other_7f3a")], None, "DEBUG", "other_scheme"),
    ] {
        let request = headers.iter().fold(Request::get("/"), |request, (name, value)| request.header(*name, *value));
        let request = request.body(()).unwrap();
        let events = told(|| {
            let refusal = now(begin(Some(&handle), &HttpHead::of_request(&request), endpoint)).unwrap_err();
            let headers: Vec<_> = refusal.headers().collect();
            answers.insert(format!("{} {headers:?} {:?}", refusal.status(), refusal.body()));
        });
        let [event] = events.as_slice() else { panic!("{events:?}") };
        let field = |name: &str| event.fields.get(name).map(String::as_str);
        assert_eq!((event.level.as_str(), field("auth.reason")), (level, Some(reason)), "{event:?}");
        assert_eq!((field("auth.outcome"), field("auth.scheme")), (Some("no_credentials"), scheme), "{event:?}");
        assert!(!format!("{event:?}").contains("7f3a"), "{event:?}");
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
}

/// The Rust files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// The calls of `tracing`'s event macros in a file: level and what stands between the parentheses.
fn events(source: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for call in source.split("tracing::").skip(1) {
        let Some((level, rest)) = call.split_once("!(") else { continue };
        if !["error", "warn", "info", "debug", "trace"].contains(&level) {
            continue;
        }
        let (mut depth, mut is_text, mut last) = (1_usize, false, ' ');
        let end = rest.find(|character| {
            match character {
                '"' if last != '\\' => is_text = !is_text,
                '(' if !is_text => depth += 1,
                ')' if !is_text => depth -= 1,
                _ => {}
            }
            last = character;
            depth == 0
        });
        found.push((level.to_owned(), rest[..end.unwrap()].trim().to_owned()));
    }
    found
}

/// The row of an event: its text with placeholders, and the names of its fields.
fn row_of(crate_name: &str, level: &str, arguments: &str) -> Vec<String> {
    let arguments = match arguments.strip_prefix("target: ").and_then(|rest| rest.split_once(',')) {
        Some((_target, rest)) => rest.trim_start(),
        None => arguments,
    };
    let arguments = arguments.trim_end_matches([',', ' ', '\n']);
    // The text is the last literal; a field may hold another.
    let start = arguments.strip_suffix('"').map_or(arguments.len(), |rest| {
        let mut quotes = rest.rmatch_indices('"').map(|(at, _)| at);
        quotes.find(|at| !rest[..*at].ends_with('\\')).unwrap()
    });
    let text = arguments[start..].trim_matches('"').replace("\\\"", "\"");
    let fields: Vec<_> = arguments[..start]
        .split(',')
        .map(|field| field.split('=').next().unwrap().trim().trim_start_matches(['%', '?']))
        .filter(|field| !field.is_empty())
        .map(|field| format!("`{field}`"))
        .collect();
    vec![crate_name.to_owned(), level.to_owned(), text, fields.join(", ")]
}

#[test]
fn every_other_event_is_on_the_page_and_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let adapters = fs::read_dir(root.join("adapters")).unwrap().map(|entry| entry.unwrap().path());
    let crates = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let crates = crates.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("auth-"));
    let mut found = BTreeSet::new();
    for folder in crates.chain(adapters) {
        let prefix = if folder.parent().unwrap().ends_with("adapters") { "auth-" } else { "" };
        let name = format!("{prefix}{}", folder.file_name().unwrap().to_str().unwrap());
        for file in sources(&folder.join("src")) {
            if file.parent().unwrap().ends_with("auth-core/src/decision") {
                continue;
            }
            for (level, arguments) in events(&fs::read_to_string(&file).unwrap()) {
                found.insert(row_of(&name, &level, &arguments));
            }
        }
    }
    let page: BTreeSet<_> = rows("Other events").into_iter().collect();
    let line = |row: &Vec<String>| format!("| {} |\n", row.join(" | "));
    let missing: String = found.difference(&page).map(line).collect();
    let gone: String = page.difference(&found).map(line).collect();
    assert!(missing.is_empty() && gone.is_empty(), "add to docs/observability.md:\n{missing}take off:\n{gone}");
}

/// Decided once: a new field is a new row, so nothing gets a second name unseen.
#[test]
fn every_field_of_other_events_is_explained_and_no_other() {
    let rows = rows("Other events");
    let fields = rows.iter().flat_map(|row| row[3].split(", ")).map(|field| field.trim_matches('`'));
    let fields = set(fields.filter(|field| !field.is_empty()));
    assert_eq!(fields, names("Fields of other events", "field"));
}

#[test]
fn every_audit_event_is_on_the_page_and_no_other() {
    let names_of_issuer = include_str!("../../auth-issuer/src/audit/event.rs").split("\nnames! {").nth(1).unwrap();
    let constants = names_of_issuer.split("\n}\n").next().unwrap().lines();
    let constants = constants.filter_map(|line| line.split_once(" = \"")?.1.strip_suffix("\";"));
    assert_eq!(set(constants), names("Audit events", "event"));
}
