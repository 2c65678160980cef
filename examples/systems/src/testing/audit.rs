//! Events of a server, for the test that wants to see or lose them.

use std::sync::{Arc, Mutex, PoisonError};

use auth_issuer::Audit;
use auth_issuer::audit::{AuditError, AuditEvent, AuditName, AuditSink, OnSinkFailure};

use crate::context::Context;
use crate::failure::StartError;
use crate::options::Options;
use crate::settings::Setting;
use crate::system::System;

/// Events in memory. Clones share them.
#[derive(Clone, Debug)]
pub struct EventLog {
    events: Arc<Mutex<Vec<AuditEvent>>>,
    loses: fn(&AuditEvent) -> bool,
}

impl Default for EventLog {
    fn default() -> Self {
        Self::losing(|_| false)
    }
}

impl EventLog {
    /// A log that cannot record some events.
    pub fn losing(these: fn(&AuditEvent) -> bool) -> Self {
        Self { events: Arc::default(), loses: these }
    }

    /// Records here. Nothing is done whose event is lost.
    pub fn audit(&self) -> Audit {
        Audit::new(self.clone()).on_failure(OnSinkFailure::Fail)
    }

    /// The accounts of the events of that name that were about `what`, in their order.
    pub fn accounts(&self, name: AuditName, what: &str) -> Vec<String> {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let those = events.iter().filter(|event| event.name == name && event.about == Some(what));
        those.map(|event| event.account.clone().unwrap_or_default()).collect()
    }
}

impl AuditSink for EventLog {
    async fn record(&self, event: &AuditEvent) -> Result<(), AuditError> {
        if (self.loses)(event) {
            return Err(AuditError::new("a test loses it"));
        }
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event.clone());
        Ok(())
    }
}

/// A system whose events go to a log of the test.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "tests put it together")]
pub struct Audited<S>(pub S, pub EventLog);

impl<S: System> System for Audited<S> {
    const NAME: &'static str = S::NAME;
    const PORT: u16 = S::PORT;
    const ABOUT: &'static str = S::ABOUT;
    const SETTINGS: &'static [Setting] = S::SETTINGS;
    const HAS_MODES: bool = S::HAS_MODES;
    const SENDS_MAIL: bool = S::SENDS_MAIL;

    fn demo_accounts(&self, options: &Options) -> String {
        self.0.demo_accounts(options)
    }

    fn curl_lines(&self, base: &str) -> Vec<String> {
        self.0.curl_lines(base)
    }

    async fn build(&self, context: &Context) -> Result<axum::Router, StartError> {
        self.0.build(&Context { audit: self.1.audit(), ..context.clone() }).await
    }
}
