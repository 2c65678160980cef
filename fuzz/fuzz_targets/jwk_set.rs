//! Any key set of somebody else's: what comes out of it has an algorithm that was wanted, and no shared secret.
#![no_main]

use auth_core::jwt::{JwtAlgorithm, JwtKeySet};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(set) = JwtKeySet::from_foreign_json(data, &JwtAlgorithm::ALL) {
        assert!((1..=100).contains(&set.keys().len()));
        assert!(set.keys().iter().all(|key| !key.is_shared_secret()));
        let mut ids: Vec<_> = set.keys().iter().filter_map(|key| key.id()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert!(ids.len() == set.keys().len() || set.keys().len() == 1, "every id stands once");
    }
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = JwtKeySet::from_json(text);
    }
});
