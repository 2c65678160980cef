//! The rules of stores of counters.

use std::time::{Duration, SystemTime};

use super::samples::at;
use crate::throttle::{Counter, CounterKey, LEASE, Reserved, Rule, Settled, ThrottleStore};

/// Runs the rules of a store of counters on an empty one: whatever happens, it answers like [`Counter`].
///
/// # Panics
///
/// If a rule is broken, or the store fails.
pub async fn throttle<S: ThrottleStore>(store: &S) {
    let minute = Duration::from_mins(1);
    let rules = [
        Rule { limit: 3, window: minute, then_one_per: None },
        Rule { limit: 2, window: minute * 10, then_one_per: Some(Duration::from_secs(5)) },
        Rule { limit: 1, window: LEASE / 2, then_one_per: None },
        Rule { limit: 10, window: minute * 60, then_one_per: Some(Duration::from_secs(40)) },
        Rule { limit: 3, window: Duration::MAX, then_one_per: None },
        Rule { limit: 3, window: minute * 60, then_one_per: Some(Duration::MAX) },
    ];
    for (n, rule) in (0_u8..).zip(rules) {
        answers_like_a_counter(store, CounterKey::from_bytes([n; 32]), rule).await;
    }
    counters_are_apart(store).await;
    what_has_no_end_refuses(store).await;
}

/// A walk through some hundred steps, the same in every run.
async fn answers_like_a_counter<S: ThrottleStore>(store: &S, key: CounterKey, rule: Rule) {
    let (mut model, mut now) = (Counter::default(), at(0));
    let mut state = u64::from(rule.limit).wrapping_add(rule.window.as_secs());
    for step in 0..300 {
        // The generator of MMIX; its high bits are the good ones.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let dice = state >> 40;
        now += Duration::from_millis([0, 1, 400, 1_000, 5_000, 31_000][usize::try_from(dice % 6).expect("small")]);
        let context = format!("step {step} of {rule:?}, {model:?}");
        match (dice >> 8) % 8 {
            0..=3 => {
                let expected = model.reserve(&rule, now);
                assert_eq!(store.reserve(key, rule, now).await.expect("an answer"), expected, "{context}");
            }
            4 => settle(store, key, rule, &mut model, Settled::Abandoned, now).await,
            5 if step % 3 == 0 => settle(store, key, rule, &mut model, Settled::Success, now).await,
            _ => settle(store, key, rule, &mut model, Settled::Failure, now).await,
        }
    }
}

async fn settle<S: ThrottleStore>(
    store: &S,
    key: CounterKey,
    rule: Rule,
    model: &mut Counter,
    settled: Settled,
    now: SystemTime,
) {
    model.settle(&rule, settled, now);
    store.settle(key, rule, settled, now).await.expect("an answer");
}

/// A time that cannot be written is no time that is over.
async fn what_has_no_end_refuses<S: ThrottleStore>(store: &S) {
    let (hour, forever) = (Duration::from_hours(1), Duration::MAX);
    for (n, window, then_one_per) in
        [(0xe0, forever, None), (0xe1, hour, Some(forever)), (0xe2, forever, Some(forever))]
    {
        let (key, rule) = (CounterKey::from_bytes([n; 32]), Rule { limit: 1, window, then_one_per });
        assert_eq!(store.reserve(key, rule, at(0)).await.expect("an answer"), Reserved::Admitted);
        store.settle(key, rule, Settled::Failure, at(0)).await.expect("an answer");
        let refused = store.reserve(key, rule, at(1)).await.expect("an answer");
        assert!(matches!(refused, Reserved::Refused { .. }), "{rule:?}: {refused:?}");
    }
}

async fn counters_are_apart<S: ThrottleStore>(store: &S) {
    let rule = Rule { limit: 1, window: Duration::from_mins(1), then_one_per: None };
    let (one, other) = (CounterKey::from_bytes([0xf0; 32]), CounterKey::from_bytes([0xf1; 32]));
    assert_eq!(store.reserve(one, rule, at(0)).await.expect("an answer"), Reserved::Admitted);
    store.settle(one, rule, Settled::Failure, at(0)).await.expect("an answer");
    let refused = store.reserve(one, rule, at(1)).await.expect("an answer");
    assert_eq!(refused, Reserved::Refused { retry_after: Duration::from_secs(59) });
    assert_eq!(store.reserve(other, rule, at(1)).await.expect("an answer"), Reserved::Admitted);
    assert_eq!(store.reserve(other, rule, at(1)).await.expect("an answer"), Reserved::Busy);
}
