//! What remote key sets count, with the feature `metrics`. The page of names is `docs/observability.md`.

#![expect(clippy::panic, reason = "a test fails that way, in its helpers too")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use auth_core::jwt::JwtAlgorithm;
use auth_jwks::fetch::ClientCredentials;
use auth_jwks::{Fetch, FetchError, RemoteKeySet, metrics as names};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};

const PAGE: &str = include_str!("../../docs/observability.md");
const ADDRESS: &str = "https://issuer.example/jwks";

/// Has one key at first, and nothing that can be used later.
#[derive(Default)]
struct Provider(AtomicUsize);

impl Fetch for Provider {
    async fn get(&self, _: &str) -> Result<Vec<u8>, FetchError> {
        Ok(match self.0.fetch_add(1, Ordering::Relaxed) {
            0 => br#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"2026-01",
                 "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#
                .to_vec(),
            _ => b"closed for lunch".to_vec(),
        })
    }

    async fn post_form(&self, _: &str, _: &ClientCredentials, _: &[(&str, &str)]) -> Result<Vec<u8>, FetchError> {
        panic!("nobody introspects")
    }
}

#[test]
fn counts_fetches_by_result_and_says_when_the_last_good_set_came() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let keys = metrics::with_local_recorder(&recorder, || {
        names::describe();
        let keys = RemoteKeySet::at(ADDRESS).algorithms([JwtAlgorithm::EdDsa]).fetch(Provider::default()).build();
        let keys = keys.unwrap();
        runtime.block_on(keys.refresh()).unwrap();
        for _ in 0..2 {
            runtime.block_on(keys.refresh()).unwrap_err();
        }
        keys
    });

    let mut told = BTreeMap::new();
    for (key, _, description, value) in snapshotter.snapshot().into_vec() {
        let labels: Vec<_> = key.key().labels().map(|label| (label.key(), label.value().to_owned())).collect();
        assert_eq!(labels[0], ("address", ADDRESS.to_owned()));
        assert!(description.is_some(), "{key:?}");
        let result = labels.get(1).map(|(name, value)| format!(" {name}={value}")).unwrap_or_default();
        told.insert(format!("{}{result}", key.key().name()), value);
    }
    let Some(DebugValue::Gauge(at)) = told.remove(names::FETCHED_AT) else { panic!("{told:?}") };
    assert!(at.into_inner() > 1_700_000_000.0, "{at}");
    let counted = [(format!("{} result=ok", names::FETCHES), 1), (format!("{} result=failed", names::FETCHES), 2)];
    let counted = counted.map(|(name, count)| (name, DebugValue::Counter(count)));
    let expected: BTreeMap<_, _> =
        counted.into_iter().chain([(names::KEYS.to_owned(), DebugValue::Gauge(1.0.into()))]).collect();
    assert_eq!(told, expected);
    assert_eq!((keys.status().fetches, keys.status().failures), (3, 2), "the same as without a recorder");
}

#[test]
fn every_metric_is_on_the_page_and_no_other() {
    let table = PAGE.split("\n\n").find(|block| block.starts_with("| remote keys |")).unwrap();
    let rows: Vec<_> = table.lines().skip(2).filter_map(|row| row.split('`').nth(1)).collect();
    assert_eq!(rows, [names::FETCHES, names::KEYS, names::FETCHED_AT]);
}
