//! Two transactions at once, by force.
//!
//! A race that is left to luck is seldom run. A store that can hold a transaction open lets the suite put another one
//! right beside it.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Semaphore;

/// A point that a transaction reaches, and where it waits until it is let through.
#[derive(Clone, Debug)]
pub struct Gate(Arc<(Semaphore, Semaphore)>);

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}

impl Gate {
    /// A closed gate.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new((Semaphore::new(0), Semaphore::new(0))))
    }

    /// Waits until somebody stands before the gate.
    pub async fn reached(&self) {
        if let Ok(permit) = self.0.0.acquire().await {
            permit.forget();
        }
    }

    /// Opens the gate for good.
    pub fn open(&self) {
        self.0.1.add_permits(Semaphore::MAX_PERMITS / 2);
    }

    /// Stands before the gate until it is opened.
    pub async fn pass(&self) {
        self.0.0.add_permits(1);
        if let Ok(permit) = self.0.1.acquire().await {
            drop(permit);
        }
    }
}

/// A store that can hold a transaction open.
pub trait Interleave: super::Store {
    /// A handle to the same store whose writes wait at the gate: their statements have run, and are not committed yet.
    #[must_use]
    fn held_at(&self, gate: &Gate) -> Self;

    /// Whether a write of some handle waits for another one now.
    fn is_a_write_waiting(&self) -> impl Future<Output = bool> + Send;
}
