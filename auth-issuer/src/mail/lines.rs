//! Mails that wait for another try, each behind the earlier ones to its recipient.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use super::mailer::Mail;

/// How long to wait before other tries.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(10), Duration::from_mins(1)];

/// A mail on its way, with what is held until it has come to its end.
pub(super) struct Waiting<T> {
    pub(super) mail: Mail,
    failures: usize,
    held: T,
}

/// The mails of one recipient.
struct Line<T> {
    due: Instant,
    mails: VecDeque<Waiting<T>>,
}

/// A line for each recipient whose last mail could not be sent yet.
pub(super) struct Lines<T>(HashMap<String, Line<T>>);

impl<T> Waiting<T> {
    pub(super) fn new(mail: Mail, held: T) -> Self {
        Self { mail, failures: 0, held }
    }

    /// The mail, to be sent apart, and what remains here meanwhile.
    pub(super) fn parts(self) -> (Mail, Rest<T>) {
        (self.mail, Rest { failures: self.failures, held: self.held })
    }
}

/// What is known of a mail that is being sent.
pub(super) struct Rest<T> {
    failures: usize,
    held: T,
}

impl<T> Rest<T> {
    /// How long to wait for the next try, if there is one.
    pub(super) fn pause(&self) -> Option<Duration> {
        PAUSES.get(self.failures).copied()
    }

    pub(super) fn failed(self, mail: Mail) -> Waiting<T> {
        Waiting { mail, failures: self.failures.saturating_add(1), held: self.held }
    }
}

impl<T> Lines<T> {
    pub(super) fn new() -> Self {
        Self(HashMap::new())
    }

    /// When the first line is due.
    pub(super) fn due(&self) -> Option<Instant> {
        self.0.values().map(|line| line.due).min()
    }

    /// Lets a mail wait behind the others of its recipient; gives it back if there are none.
    pub(super) fn join(&mut self, waiting: Waiting<T>) -> Option<Waiting<T>> {
        match self.0.get_mut(&waiting.mail.to) {
            Some(line) => {
                line.mails.push_back(waiting);
                None
            }
            None => Some(waiting),
        }
    }

    /// Puts a mail that was just tried in front of its recipient's line, which is due at that time.
    pub(super) fn put_back(&mut self, waiting: Waiting<T>, due: Instant) {
        let line = self.0.entry(waiting.mail.to.clone()).or_insert_with(|| Line { due, mails: VecDeque::new() });
        line.due = due;
        line.mails.push_front(waiting);
    }

    /// The first mail of the first line that is due by then. Its line stands until the next of it is asked for, so that
    /// nothing overtakes it.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<Waiting<T>> {
        loop {
            let (recipient, line) =
                self.0.iter_mut().filter(|(_, line)| line.due <= now).min_by_key(|(_, line)| line.due)?;
            if let Some(waiting) = line.mails.pop_front() {
                return Some(waiting);
            }
            let recipient = recipient.clone();
            self.0.remove(&recipient);
        }
    }
}
