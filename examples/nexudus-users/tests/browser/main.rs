//! In a browser.
fn main() {}
