//! Mails on their way.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::JoinError;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::lines::{Lines, Waiting};
use super::mailer::{Mail, MailError, Mailer};
use crate::unavailable::Unavailable;

/// How many jobs wait, mails for another try among them.
const CAPACITY: usize = 1_000;
/// How long one try may take.
const TRY: Duration = Duration::from_secs(30);

/// A job that composes a mail, or decides that there is none.
type Job = Pin<Box<dyn Future<Output = Option<Mail>> + Send>>;

/// Composes and sends mails beside the requests that cause them: at most 1,000 wait, one is sent at a time. Clones share
/// the queue; the worker ends when the last of them is dropped and everything is sent.
///
/// A mail is tried four times, for at most 30 seconds each, with pauses of 1, 10 and 60 seconds between them; then it is
/// given up with an `error!` in the log. That is after 71 seconds where the mailer refuses at once, after 191 where it does
/// not answer at all. Mails to others go on in the pauses; those to the same address wait, so that they keep their order.
/// A job or a mailer that panics loses its own mail. Nothing of a mail survives the end of the process:
/// its owner asks for another.
///
/// # Examples
///
/// ```
/// use auth_issuer::mail::{Mail, MailQueue, MemoryMailer};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let outbox = MemoryMailer::new();
/// let queue = MailQueue::start(outbox.clone());
/// queue.place()?.put(async { Some(Mail::new("alice@example.com", "Hello", "..")) });
/// queue.flush().await;
/// assert_eq!(outbox.take().len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct MailQueue {
    jobs: mpsc::UnboundedSender<Counted>,
    places: Arc<Semaphore>,
    waiting: watch::Sender<usize>,
}

/// A job, and that it waits.
struct Counted {
    job: Job,
    waits: Waits,
}

/// Takes a place, and counts one job more as waiting, for as long as it lives: until the mail is sent or given up.
struct Waits {
    waiting: watch::Sender<usize>,
    _place: OwnedSemaphorePermit,
}

/// A place in the queue. Take one before it is known whether there is a mail at all, so that a full queue says nothing
/// of that.
#[must_use = "a place that nothing is put into is given back"]
pub struct MailPlace {
    jobs: mpsc::UnboundedSender<Counted>,
    place: OwnedSemaphorePermit,
    waiting: watch::Sender<usize>,
}

impl MailQueue {
    /// A queue whose mails `mailer` sends, from a task of the tokio runtime that this is called in.
    ///
    /// # Panics
    ///
    /// If it is called outside of a tokio runtime.
    #[must_use]
    pub fn start(mailer: impl Mailer) -> Self {
        // Bounded by the places.
        let (jobs, queue) = mpsc::unbounded_channel();
        let waiting = watch::Sender::new(0);
        drop(tokio::spawn(work(Arc::new(mailer), queue)));
        Self { jobs, places: Arc::new(Semaphore::new(CAPACITY)), waiting }
    }

    /// Takes a place.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the queue is full, or its worker has died with the runtime.
    pub fn place(&self) -> Result<MailPlace, Unavailable> {
        let full = |why: String| Unavailable::new(Unavailable::MAIL_QUEUE, why);
        if self.jobs.is_closed() {
            return Err(full("the queue has no worker".to_owned()));
        }
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|error| full(error.to_string()))?;
        Ok(MailPlace { jobs: self.jobs.clone(), place, waiting: self.waiting.clone() })
    }

    /// How many jobs wait or are under way, each of which sends one mail or none.
    #[must_use]
    pub fn waiting(&self) -> usize {
        *self.waiting.borrow()
    }

    /// Waits until everything is sent or given up that was put into the queue so far: before the program ends. Where
    /// the mailer does not answer, that is 191 seconds for each mail, so wait under a limit of one's own, and tell how many
    /// are [lost](Self::waiting).
    pub async fn flush(&self) {
        // The sender of the channel is this very queue, so it cannot be gone.
        drop(self.waiting.subscribe().wait_for(|waiting| *waiting == 0).await);
    }
}

impl MailPlace {
    /// Puts a job into the place.
    pub fn put(self, job: impl Future<Output = Option<Mail>> + Send + 'static) {
        let waits = Waits::new(self.waiting, self.place);
        // If the worker is gone, so is the job.
        drop(self.jobs.send(Counted { job: Box::pin(job), waits }));
    }
}

impl Waits {
    fn new(waiting: watch::Sender<usize>, place: OwnedSemaphorePermit) -> Self {
        waiting.send_modify(|waiting| *waiting = waiting.saturating_add(1));
        Self { waiting, _place: place }
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.waiting.send_modify(|waiting| *waiting = waiting.saturating_sub(1));
    }
}

/// Sends what is due, and else what is new.
async fn work(mailer: Arc<impl Mailer>, mut queue: mpsc::UnboundedReceiver<Counted>) {
    let mut lines = Lines::new();
    loop {
        if let Some(waiting) = lines.take_due(Instant::now()) {
            deliver(&mailer, waiting, &mut lines).await;
            continue;
        }
        let next = match lines.due() {
            Some(due) => match timeout_at(due, queue.recv()).await {
                Ok(Some(next)) => next,
                Ok(None) => {
                    sleep_until(due).await;
                    continue;
                }
                Err(_elapsed) => continue,
            },
            None => match queue.recv().await {
                Some(next) => next,
                None => return,
            },
        };
        let Counted { job, waits } = next;
        if let Some(mail) = apart(job).await.flatten()
            && let Some(first) = lines.join(Waiting::new(mail, waits))
        {
            deliver(&mailer, first, &mut lines).await;
        }
    }
}

/// Tries to send a mail once. If it has to be tried again, it waits in its recipient's line.
async fn deliver(mailer: &Arc<impl Mailer>, waiting: Waiting<Waits>, lines: &mut Lines<Waits>) {
    let (mail, rest) = waiting.parts();
    let mailer = Arc::clone(mailer);
    let sent = apart(async move {
        let outcome = timeout(TRY, mailer.send(&mail)).await;
        (mail, outcome.unwrap_or_else(|elapsed| Err(MailError::temporary(elapsed))))
    });
    let Some((mail, Err(error))) = sent.await else { return };
    let pause = if error.is_permanent() { None } else { rest.pause() };
    tell(&error, pause.is_none());
    if let Some(pause) = pause {
        // A time that no clock reaches is none to wait for.
        let now = Instant::now();
        lines.put_back(rest.failed(mail), now.checked_add(pause).unwrap_or(now));
    }
}

/// Runs it as a task of its own, so that a panic ends this mail and not the worker.
async fn apart<T: Send + 'static>(task: impl Future<Output = T> + Send + 'static) -> Option<T> {
    let outcome = tokio::spawn(task).await;
    // What the panic said may quote the mail.
    if outcome.as_ref().is_err_and(JoinError::is_panic) {
        tracing::error!("a mail was given up: its job or its mailer has panicked");
    }
    outcome.ok()
}

fn tell(error: &MailError, is_given_up: bool) {
    let cause: &(dyn std::error::Error + 'static) = error;
    if is_given_up {
        tracing::error!(cause, cause.source = cause.source(), "a mail was given up");
    } else {
        tracing::warn!(cause, cause.source = cause.source(), "a mail could not be sent and is tried again");
    }
}

impl fmt::Debug for MailQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailQueue").field("waiting", &self.waiting()).finish_non_exhaustive()
    }
}

impl fmt::Debug for MailPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailPlace")
    }
}
