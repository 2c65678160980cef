//! Directories and databases of one test.

use std::path::{Path, PathBuf};

use auth_test::postgres::TestDatabase;

/// A directory that goes when this is dropped.
pub(crate) struct TempDir(PathBuf);

impl TempDir {
    pub(crate) fn new() -> Self {
        let random = getrandom::u64().expect("randomness");
        let path = std::env::temp_dir().join(format!("auth-stores-{random:016x}"));
        std::fs::create_dir(&path).expect("a new directory");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// What a configuration would say for a database in it.
    pub(crate) fn sqlite(&self, name: &str) -> String {
        format!("sqlite:{}", self.0.join(name).display())
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            eprintln!("{} stays: {error}", self.0.display());
        }
    }
}

/// A place for one database, of each kind that there is.
pub(crate) enum Place {
    Postgres(TestDatabase),
    Sqlite(TempDir),
}

impl Place {
    /// A file, and a database of a server if there is one.
    pub(crate) async fn all() -> Vec<Self> {
        let mut places = vec![Self::Sqlite(TempDir::new())];
        places.extend(auth_test::postgres::database().await.map(Self::Postgres));
        places
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Postgres(database) => database.url().to_owned(),
            Self::Sqlite(directory) => directory.sqlite("auth.db"),
        }
    }
}
