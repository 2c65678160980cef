//! Why a server does not start.

use std::error::Error;
use std::fmt;

/// Why a server does not start, in one line that says what and where.
///
/// Every error of a library is one too, so `?` works on all of them.
#[derive(Debug)]
pub struct StartError(String);

impl StartError {
    /// The reason. Control characters become spaces, so that it stays one line.
    #[must_use]
    pub fn new(text: impl AsRef<str>) -> Self {
        let line: String = text.as_ref().trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        Self(line)
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: Error> From<E> for StartError {
    fn from(error: E) -> Self {
        Self::new(error.to_string())
    }
}
