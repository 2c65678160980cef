//! What came of a run.

use std::fmt;

/// The outcome of a run of the suite.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// How many cases were run.
    pub count: usize,
    /// The cases that were left out, with the reason that was given.
    pub skipped: Vec<(String, String)>,
    /// The cases that came out otherwise than the rules say.
    pub failures: Vec<Failure>,
}

/// A case that came out otherwise than the rules say.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The case, named after its rule.
    pub name: String,
    /// What the rules say, and what was sent.
    pub expected: String,
    /// What came.
    pub got: String,
}

impl Report {
    /// Whether every case came out as the rules say.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.failures.is_empty()
    }
}

/// Shows the numbers, and each failure in full.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cases, {} skipped, {} failed", self.count, self.skipped.len(), self.failures.len())?;
        for (name, reason) in &self.skipped {
            write!(f, "\n  skipped {name}: {reason}")?;
        }
        for Failure { name, expected, got } in &self.failures {
            write!(f, "\n\n{name}\n  expected {expected}\n  got {got}")?;
        }
        Ok(())
    }
}
