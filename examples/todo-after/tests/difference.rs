//! Protecting the service took just the lines that the README shows.

use similar::TextDiff;

const README: &str = include_str!("../README.md");

/// What the README shows as the difference of a file: the block after its name, nothing if there is none.
fn shown(file: &str) -> &'static str {
    let rest = README.split_once(&format!("`{file}`:\n\n```diff\n")).map(|(_, rest)| rest);
    rest.and_then(|rest| rest.split_once("```\n")).map(|(block, _)| block).unwrap_or_default()
}

#[track_caller]
fn assert_shown(file: &str, before: &str, after: &str) {
    let difference = TextDiff::from_lines(before, after).unified_diff().context_radius(1).to_string();
    assert!(difference == shown(file), "README.md has to show this as the difference of {file}:\n\n{difference}");
}

#[test]
fn readme_shows_every_line_that_differs() {
    assert_shown("Cargo.toml", include_str!("../../todo-before/Cargo.toml"), include_str!("../Cargo.toml"));
    assert_shown("src/main.rs", include_str!("../../todo-before/src/main.rs"), include_str!("../src/main.rs"));
}
