//! What decisions count and time, with the feature `metrics`. The page of names is `docs/observability.md`.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails that way, in its helpers too")]

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::net::IpAddr;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use auth_core::cache::{Caching, Revocations};
use auth_core::catalogue::Endpoint;
use auth_core::credential::{BearerRef, BearerToken};
use auth_core::decision::{Handle, begin, current_party};
use auth_core::policy::{Name, Requirement, SchemeUse};
use auth_core::{Attempt, Bearer, Facts, Policy, Realm, Reason, RequestHead, Verified, Verifier, VerifyError};
use metrics_util::MetricKind;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};

const PAGE: &str = include_str!("../../docs/observability.md");

/// A request with these `Authorization` values.
struct Head(Vec<String>);

impl RequestHead for Head {
    fn method(&self) -> &'static str {
        "GET"
    }

    fn path(&self) -> &'static str {
        "/items"
    }

    fn query(&self) -> Option<&str> {
        None
    }

    fn for_each_header<'h>(&'h self, name: &str, each: &mut dyn FnMut(&'h [u8])) {
        if name == "authorization" {
            self.0.iter().for_each(|value| each(value.as_bytes()));
        }
    }

    fn peer(&self) -> Option<IpAddr> {
        None
    }

    fn is_multiplexed(&self) -> bool {
        true
    }
}

/// Decides as its token says, and lets the rest be cached.
struct AsTold(Option<Caching>);

impl Verifier<BearerToken> for AsTold {
    type Value = ();

    fn try_verify(&self, token: &BearerRef<'_>, _: &Attempt) -> Option<Result<Verified<()>, VerifyError>> {
        Some(match token.reveal() {
            "good" => Ok(Verified::new(Facts::new("alice"), ())),
            "fast" => Err(VerifyError::throttled(Duration::from_secs(1))),
            "down" => Err(VerifyError::unavailable(Reason::STORE)),
            _ => Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL)),
        })
    }

    async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<()>, VerifyError> {
        unreachable!("answers at once")
    }

    fn caching(&self) -> Option<Caching> {
        self.0.clone()
    }
}

fn handle(caching: Option<Caching>) -> Handle {
    Handle::new(Realm::<()>::builder("demo").bearer(AsTold(caching)).build().unwrap().erase())
}

fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("waits for nothing"),
    }
}

fn policy() -> Policy {
    Policy::listed(Box::leak(Box::new([SchemeUse::of::<Bearer>()])))
}

fn head(tokens: &[&str]) -> Head {
    Head(tokens.iter().map(|token| format!("Bearer {token}")).collect())
}

/// Decides one request; the answer's status.
fn decide(handle: Option<&Handle>, tokens: &[&str], policy: Policy) -> u16 {
    let endpoint = Endpoint { name: "items", module: "items", file: "items.rs", line: 1, policy, principal: None };
    now(begin(handle, &head(tokens), Box::leak(Box::new(endpoint)))).map_or_else(|refusal| refusal.status(), |_| 200)
}

/// How often each metric was counted: its kind, name and labels, as one line.
fn counted(act: impl FnOnce()) -> BTreeMap<String, u64> {
    let recorder = DebuggingRecorder::new();
    let snapshots = recorder.snapshotter();
    ::metrics::with_local_recorder(&recorder, act);
    let entries = snapshots.snapshot().into_vec().into_iter();
    entries
        .map(|(key, _, _, value)| {
            let labels: Vec<_> = key.key().labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
            let count = match value {
                DebugValue::Counter(count) => count,
                DebugValue::Histogram(values) => {
                    assert!(values.iter().all(|seconds| (0.0..60.0).contains(&seconds.into_inner())), "{values:?}");
                    u64::try_from(values.len()).unwrap()
                }
                DebugValue::Gauge(_) => panic!("the page has no gauge"),
            };
            assert_eq!(key.kind() == MetricKind::Histogram, key.key().name().ends_with("_seconds"));
            (format!("{} {}", key.key().name(), labels.join(" ")), count)
        })
        .collect()
}

/// Everything that a decision can come to, each once.
fn every_outcome() -> BTreeMap<String, u64> {
    counted(|| {
        let scope = Requirement::Scope(Name::Text("items:read"));
        let role = || Requirement::Role(Name::Text("admin"));
        let factor = Requirement::Factor { method: "otp", within: None };
        let plain = handle(None);
        let here = Some(&plain);
        assert_eq!(decide(here, &["good"], policy()), 200);
        assert_eq!(decide(here, &[], policy().optional()), 200);
        assert_eq!(decide(here, &[], policy()), 401);
        assert_eq!(decide(here, &["forged"], policy()), 401);
        assert_eq!(decide(here, &["good", "good"], policy()), 400);
        assert_eq!(decide(here, &["good"], policy().require(scope)), 403);
        assert_eq!(decide(here, &["good"], policy().require(role())), 403);
        assert_eq!(decide(here, &["good"], policy().require(factor)), 401);
        assert_eq!(decide(here, &["good"], policy().require(role()).hide()), 404);
        assert_eq!(decide(here, &["fast"], policy()), 429);
        assert_eq!(decide(here, &["down"], policy()), 503);
        assert_eq!(decide(None, &["good"], policy()), 500);
        assert_eq!(decide(here, &["good"], Policy::public("everybody")), 200);
    })
}

#[test]
fn each_outcome_is_timed_and_counted_once() {
    let counts = every_outcome();
    let refused = [
        ("none", "no_credentials", true),
        ("bearer", "invalid_credentials", true),
        ("none", "ambiguous_credentials", true),
        ("bearer", "insufficient_scope", true),
        ("bearer", "forbidden", false),
        ("bearer", "insufficient_authentication", true),
        ("bearer", "not_found", false),
        ("bearer", "throttled", false),
        ("bearer", "unavailable", false),
    ];
    let mut expected = BTreeMap::from([
        ("auth_decision_seconds realm=demo scheme=bearer outcome=passed".to_owned(), 1),
        ("auth_decision_seconds realm=demo scheme=none outcome=guest".to_owned(), 1),
        ("auth_refusals_total realm=none scheme=none outcome=misconfigured".to_owned(), 1),
        ("auth_outages_total realm=demo scheme=bearer reason=store_unavailable".to_owned(), 1),
    ]);
    for (scheme, outcome, is_challenged) in refused {
        for name in ["auth_decision_seconds", "auth_refusals_total"] {
            expected.insert(format!("{name} realm=demo scheme={scheme} outcome={outcome}"), 1);
        }
        if is_challenged {
            expected.insert(format!("auth_challenges_total realm=demo outcome={outcome}"), 1);
        }
    }
    assert_eq!(counts, expected);
}

#[test]
fn cache_counts_hits_and_misses() {
    let realm = Realm::<()>::builder("demo")
        .bearer(AsTold(Some(Caching::of_signed_tokens(Revocations::new()))))
        .build()
        .unwrap();
    let counts = counted(|| {
        for _ in 0..3 {
            // Another request each time: one request asks for its credential once.
            assert_eq!(decide(Some(&Handle::new(realm.clone().erase())), &["good"], policy()), 200);
        }
    });
    assert_eq!(counts["auth_cache_lookups_total realm=demo scheme=bearer result=miss"], 1);
    assert_eq!(counts["auth_cache_lookups_total realm=demo scheme=bearer result=hit"], 2);
    assert_eq!(counts["auth_decision_seconds realm=demo scheme=bearer outcome=passed"], 3);
}

#[test]
fn refusal_of_a_handler_is_counted_and_not_timed() {
    let handle = handle(None);
    let counts = counted(|| {
        assert_eq!(decide(Some(&handle), &["good"], policy()), 200);
        let party = now(current_party::<()>(Some(&handle), &head(&["good"]))).unwrap();
        assert_eq!(party.ensure(false).unwrap_err().status(), 403);
    });
    assert_eq!(counts["auth_refusals_total realm=demo scheme=bearer outcome=forbidden"], 1);
    assert!(!counts.contains_key("auth_decision_seconds realm=demo scheme=bearer outcome=forbidden"));
}

/// Whatever requests bring, the labels stay few.
#[test]
fn no_label_comes_from_a_request() {
    let handle = handle(None);
    let counts = counted(|| {
        for token in 0..100 {
            decide(Some(&handle), &[&format!("guess-{token}")], policy());
        }
    });
    assert_eq!(counts.len(), 3, "{counts:?}");
}

#[test]
fn metrics_and_labels_are_those_of_the_page() {
    // The tables of other crates are held by tests of theirs.
    let table = PAGE.split("\n\n").find(|block| block.starts_with("| metric |")).unwrap();
    let rows = table.lines().skip(2);
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>().join(" ");
    let page: BTreeSet<_> = rows
        .map(|row| {
            let cells: Vec<_> = row.split(" | ").collect();
            format!("{}: {}", names(cells[0]), names(cells[2]))
        })
        .collect();

    let cached = counted(|| {
        decide(Some(&handle(Some(Caching::of_signed_tokens(Revocations::new())))), &["good"], policy());
    });
    let real = every_outcome().into_keys().chain(cached.into_keys()).map(|line| {
        let mut words = line.split(' ');
        let name = words.next().unwrap().to_owned();
        let labels: Vec<_> = words.map(|label| label.split('=').next().unwrap()).collect();
        format!("{name}: {}", labels.join(" "))
    });
    assert_eq!(real.collect::<BTreeSet<_>>(), page);
}

#[test]
fn every_metric_is_described() {
    let recorder = DebuggingRecorder::new();
    let snapshots = recorder.snapshotter();
    ::metrics::with_local_recorder(&recorder, || {
        auth_core::metrics::describe();
        let cached = Realm::<()>::builder("demo").bearer(AsTold(Some(Caching::of_signed_tokens(Revocations::new()))));
        let handle = Handle::new(cached.build().unwrap().erase());
        decide(Some(&handle), &["good"], policy());
        decide(Some(&handle), &["down"], policy());
        decide(Some(&handle), &[], policy());
    });
    let entries = snapshots.snapshot().into_vec();
    assert!(entries.len() >= 5);
    for (key, unit, description, _) in entries {
        assert!(unit.is_some() && description.is_some(), "{} is not described", key.key().name());
    }
}
