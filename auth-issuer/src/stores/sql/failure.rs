//! Why a statement failed, as far as a verb can do something about it.

use auth_core::StoreError;
use sqlx::error::DatabaseError;

/// A statement that failed, and wrote nothing unless it was a commit.
#[derive(Debug)]
pub(super) enum Failure {
    /// What it refers to is not there.
    ForeignKey,
    /// What it adds is there.
    Unique,
    /// The database does not answer, or not as it should.
    Other(StoreError),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        let database = error.as_database_error();
        if database.is_some_and(DatabaseError::is_unique_violation) {
            Self::Unique
        } else if database.is_some_and(DatabaseError::is_foreign_key_violation) {
            Self::ForeignKey
        } else {
            // The text only: `Debug` of the error would show values of a row in the log.
            Self::Other(StoreError::new(error.to_string()))
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Other(error)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::ForeignKey => Self::new("what the row refers to is not there"),
            Failure::Unique => Self::new("the row is there already"),
            Failure::Other(error) => error,
        }
    }
}
