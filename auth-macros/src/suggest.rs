//! "Did you mean": the known word that is closest to an unknown one.

use std::cmp::min;

/// The closest of `known`, if it is close enough to be a misspelling, one edit for each three letters, at least one;
/// else the first that the word is the beginning of, since words are read while they are typed.
pub(crate) fn closest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let length = word.chars().count();
    let limit = (length / 3).max(1);
    let known: Vec<&str> = known.into_iter().collect();
    let misspelt = known
        .iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| *candidate);
    misspelt.or_else(|| known.into_iter().find(|candidate| length > 1 && candidate.starts_with(word)))
}

/// `; did you mean ..?` to follow "unknown ..", or nothing.
pub(crate) fn did_you_mean<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    closest(word, known).map(|known| format!("; did you mean `{known}`?")).unwrap_or_default()
}

/// Edits (insert, remove, replace, swap neighbours) that turn one word into the other, case aside.
fn distance(from: &str, to: &str) -> usize {
    let [from, to] = [from, to].map(|word| word.to_lowercase().chars().collect::<Vec<_>>());
    // Rows of the usual table: the one before the last, the last.
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    let mut previous = None;
    for (row, &letter) in from.iter().enumerate() {
        let mut current = vec![row.saturating_add(1)];
        for (column, &wanted) in to.iter().enumerate() {
            let at = |line: &[usize], column: usize| line.get(column).copied().unwrap_or(usize::MAX);
            let replaced = at(&last, column).saturating_add(usize::from(letter != wanted));
            let removed = at(&last, column.saturating_add(1)).saturating_add(1);
            let inserted = at(&current, column).saturating_add(1);
            let swapped = match column.checked_sub(1) {
                Some(left) if to.get(left) == Some(&letter) && previous == Some(wanted) => {
                    at(&before_last, left).saturating_add(1)
                }
                _ => usize::MAX,
            };
            current.push(min(min(replaced, removed), min(inserted, swapped)));
        }
        previous = Some(letter);
        before_last = std::mem::replace(&mut last, current);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        for (from, to, edits) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("bearer", "bearer", 0),
            ("beaerer", "bearer", 1),
            ("baerer", "bearer", 1),
            ("Bearer", "bearer", 0),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(from, to), edits, "{from} to {to}");
        }
    }

    #[test]
    fn suggests_misspellings_only() {
        let known = ["bearer", "basic", "api_key", "any"];
        for (word, suggestion) in [
            ("beaerer", Some("bearer")),
            ("apikey", Some("api_key")),
            ("digest", None),
            ("x", None),
            ("ayn", Some("any")),
            ("bea", Some("bearer")),
            ("ap", Some("api_key")),
            ("b", None),
        ] {
            assert_eq!(closest(word, known), suggestion, "{word}");
        }
    }
}
