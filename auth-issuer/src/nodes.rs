//! Services of several processes.

use auth_core::{ConfigError, ConfigErrorKind};

use crate::accounts::AccountStore;
use crate::passwords::PasswordVerifier;
use crate::stores::Store;
use crate::throttle::Throttle;

/// How many processes serve the same accounts, on one machine or several: what a configuration declares, since a process
/// cannot see the others.
///
/// With several, whatever one process keeps to itself holds once for each of them: a guesser has every limit so many times,
/// a one-time secret opens so often, and who was signed out here is signed in there. So what is of one process is refused
/// when the program starts.
///
/// | part | with several |
/// | --- | --- |
/// | [`MemoryStore`](crate::MemoryStore), `memory:` | refused |
/// | `SqliteStore` | for processes of one machine |
/// | `PostgresStore` | for all |
/// | a [`Throttle`] in memory, which a [`PasswordVerifier`] has unless it is given another | refused |
/// | keys | every node needs the same: [`key_ids`](crate::key_ids) |
///
/// # Examples
///
/// ```
/// use auth_issuer::stores::AnyStore;
/// use auth_issuer::{DigestKey, Nodes, Throttle};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = AnyStore::open("memory:").await?;
/// Nodes::One.check_store(&store)?;
/// let error = Nodes::Several.check_store(&store).unwrap_err();
/// assert!(error.to_string().contains("postgres://"));
///
/// let throttle = Throttle::new(store, DigestKey::new(&[7; 32])?);
/// assert!(Nodes::Several.check_throttle(&throttle).is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "one or not")]
pub enum Nodes {
    /// This process alone.
    #[default]
    One,
    /// This process and others.
    Several,
}

impl Nodes {
    /// Checks a store.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if there are several nodes and the store is of [one process](Store::is_single_process).
    pub fn check_store(self, store: &impl Store) -> Result<(), ConfigError> {
        self.refuse_if(
            store.is_single_process(),
            "its store is in the memory of one process, so that each node would have accounts, sessions and spent secrets \
             of its own; open a `PostgresStore` (`postgres://user:password@host/database`), or a `SqliteStore` where all \
             nodes are on one machine",
        )
    }

    /// Checks a throttle.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if there are several nodes and it [counts in one process](crate::throttle::ThrottleStore::counts_in_process).
    pub fn check_throttle(self, throttle: &Throttle) -> Result<(), ConfigError> {
        self.refuse_if(
            throttle.counts_in_process(),
            "its throttle counts in the memory of one process, so that a guesser has each limit once for each node; make \
             it by `Throttle::new` over the store that the nodes share",
        )
    }

    /// Checks a verifier of passwords, which counts in memory unless it was told otherwise.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] as of [`check_throttle`](Self::check_throttle).
    pub fn check_passwords<S: AccountStore>(self, passwords: &PasswordVerifier<S>) -> Result<(), ConfigError> {
        self.refuse_if(
            passwords.throttle().counts_in_process(),
            "its `PasswordVerifier` counts in the memory of one process, so that a guesser has each limit once for each \
             node; give it a `Throttle::new` over the store that the nodes share, by `with_throttle`",
        )
    }

    fn refuse_if(self, is_of_one_process: bool, why: &str) -> Result<(), ConfigError> {
        if self == Self::One || !is_of_one_process {
            return Ok(());
        }
        Err(ConfigError::new(
            ConfigErrorKind::Store,
            format!("the service has several nodes (`Nodes::Several`), and {why}"),
        ))
    }
}
