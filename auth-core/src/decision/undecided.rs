//! Answers of handlers that decided nothing: what a detector says about them.

use super::answer::{misconfigured_answer, must_close};
use super::handle::Handle;
use crate::head::RequestHead;
use crate::refusal::{Refusal, RefusalKind};
use crate::verifier::Reason;

/// How much of a path is told to the operator, in characters.
const MAX_PATH: usize = 64;

/// What a detector keeps of a request, to look at its answer later.
///
/// It finds out too late to prevent anything: the handler has run. It keeps the answer from going out, so that a
/// forgotten attribute is noticed by its first request and not by its last.
#[derive(Clone, Debug)]
pub struct Watch {
    handle: Handle,
    method: String,
    path: String,
    leaves_body_unread: bool,
}

impl Watch {
    /// Watches the request with this head.
    #[must_use]
    pub fn new(handle: &Handle, head: &dyn RequestHead) -> Self {
        Self {
            handle: handle.clone(),
            method: head.method().to_owned(),
            path: head.path().chars().take(MAX_PATH).collect(),
            leaves_body_unread: must_close(head),
        }
    }

    /// Whether some policy, that of a public endpoint included, has let the request pass.
    #[must_use]
    pub fn is_decided(&self) -> bool {
        self.handle.has_verdict()
    }

    /// The answer that goes out in place of one that nobody decided: 500. The operator is told method and path.
    #[must_use]
    pub fn withhold(&self) -> Refusal {
        tracing::error!(
            auth.realm = self.handle.realm().name(),
            auth.outcome = RefusalKind::Misconfigured.as_str(),
            auth.reason = Reason::UNDECIDED.as_str(),
            method = %self.method.escape_debug(),
            path = %self.path.escape_debug(),
            "an answer was withheld: its handler ran and decided nothing; write `#[requires_auth(..)]` or `#[public(reason = \"..\")]` above it"
        );
        misconfigured_answer(Some(self.handle.realm().inner()), self.leaves_body_unread)
    }
}
