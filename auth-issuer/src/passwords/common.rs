//! The list of common passwords.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Made by `data/generate-common-passwords`.
const LIST: &str = include_str!("../../data/common-passwords.txt");

static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| LIST.lines().collect());

/// Whether a password, in lower case, is on the list.
pub(super) fn is_common(folded: &str) -> bool {
    COMMON.contains(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_long_sorted_and_in_lower_case() {
        let lines: Vec<&str> = LIST.lines().collect();
        assert!(lines.iter().filter(|line| line.len() >= 8).count() >= 3_000, "{}", lines.len());
        assert!(lines.is_sorted(), "as the generator writes it");
        assert_eq!(COMMON.len(), lines.len(), "each once");
        assert!(lines.iter().all(|line| line.is_ascii() && *line == line.to_lowercase() && line.trim() == *line));
    }

    #[test]
    fn what_guessers_try_first_is_on_it() {
        for common in ["password", "password123", "qwertyuiop", "1q2w3e4r", "letmein123", "football1", "trustno1"] {
            assert!(is_common(common), "{common}");
        }
        assert!(!is_common("correct horse battery staple"));
    }
}
