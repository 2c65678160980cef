//! Secrets that must be nowhere.

use std::path::Path;

/// Checks that no secret is in a text, nor in any file below the directories.
#[track_caller]
pub fn assert_absent(secrets: &[&str], log: &str, directories: &[&Path]) {
    for secret in secrets {
        assert!(secret.len() >= 6, "too short to be looked for: {secret}");
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    for directory in directories {
        search(directory, secrets);
    }
}

#[track_caller]
fn search(directory: &Path, secrets: &[&str]) {
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            search(&path, secrets);
            continue;
        }
        let bytes = std::fs::read(&path).expect("a file");
        for secret in secrets {
            let is_there = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!is_there, "{secret} is in {}", path.display());
        }
    }
}
