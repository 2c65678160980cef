//! The tables of `docs/jwt.md`: cases that are decided otherwise than the vectors say, and cases whose key is refused.

use std::collections::{BTreeMap, BTreeSet};

const DOCUMENT: &str = include_str!("../../docs/jwt.md");

/// Fails unless the cases of `vectors` that were decided otherwise are those of the table, decided as it says.
pub fn compare(vectors: &str, found: &BTreeMap<String, bool>) {
    let mut listed = BTreeMap::new();
    for (row, [cases, here, why]) in rows(vectors) {
        assert!(!why.is_empty(), "a row without a reason: {row}");
        let is_accepted = match here {
            "accepted" => true,
            "refused" => false,
            other => panic!("`{other}` is no verdict: {row}"),
        };
        for case in cases.split(", ") {
            let case = case.trim_matches('`').to_owned();
            assert!(listed.insert(case, is_accepted).is_none(), "a case that is listed twice: {row}");
        }
    }
    assert_eq!(found, &listed, "{vectors}: left is what happened, right is what docs/jwt.md lists");
}

/// Fails unless the cases of `vectors` whose key is refused are those of the other table, each with its reason.
pub fn compare_refused_keys(vectors: &str, found: &BTreeSet<String>) {
    let mut listed = BTreeSet::new();
    for (row, [cases, why]) in rows(vectors) {
        assert!(!why.is_empty(), "a row without a reason: {row}");
        for case in cases.split(", ") {
            assert!(listed.insert(case.trim_matches('`').to_owned()), "a case that is listed twice: {row}");
        }
    }
    assert_eq!(found, &listed, "{vectors}: left are the refused keys, right is what docs/jwt.md lists");
}

/// The rows of `vectors` that have `N` more cells.
fn rows<const N: usize>(vectors: &str) -> impl Iterator<Item = (&'static str, [&'static str; N])> {
    DOCUMENT.lines().filter(|line| line.starts_with("| ")).filter_map(move |row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let (of, cells) = cells.split_first()?;
        let cells = <[&str; N]>::try_from(cells).ok()?;
        (*of == vectors).then_some((row, cells))
    })
}
