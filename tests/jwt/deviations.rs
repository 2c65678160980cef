//! The table of `docs/jwt.md`: cases that are decided otherwise than the vectors say.

use std::collections::BTreeMap;

const DOCUMENT: &str = include_str!("../../docs/jwt.md");

/// Fails unless the cases of `vectors` that were decided otherwise are those of the table, decided as it says.
pub fn compare(vectors: &str, found: &BTreeMap<String, bool>) {
    let mut listed = BTreeMap::new();
    for row in DOCUMENT.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [of, cases, here, why] = cells[..] else { continue };
        if of != vectors {
            continue;
        }
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
