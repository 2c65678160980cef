//! Mails that are kept.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::mailer::{Mail, MailError, Mailer};

/// Keeps mails in memory, for tests. Clones share them.
#[derive(Clone, Default)]
pub struct MemoryMailer(Arc<Mutex<Vec<Mail>>>);

impl MemoryMailer {
    /// A mailer that has none yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what was sent so far, in its order.
    #[must_use]
    pub fn take(&self) -> Vec<Mail> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Mail>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mailer for MemoryMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        self.lock().push(mail.clone());
        Ok(())
    }
}

impl fmt::Debug for MemoryMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryMailer").field("len", &self.lock().len()).finish()
    }
}
