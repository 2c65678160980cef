//! Mails on their way.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

use super::mailer::{Mail, MailError, Mailer};
use crate::unavailable::Unavailable;

/// How many jobs wait.
const CAPACITY: usize = 1_000;
/// How long one try may take.
const TRY: Duration = Duration::from_secs(30);
/// How long to wait before other tries.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(10), Duration::from_mins(1)];

/// A job that composes a mail, or decides that there is none.
type Job = Pin<Box<dyn Future<Output = Option<Mail>> + Send>>;

/// Composes and sends mails beside the requests that cause them: at most 1,000 wait, one is sent at a time. Clones share
/// the queue; the worker ends when the last of them is dropped and everything is sent.
///
/// A mail is tried four times, for at most 30 seconds each, with pauses of 1, 10 and 60 seconds between them; then it is
/// given up with an `error!` in the log. That is after 71 seconds where the mailer refuses at once, after 191 where it does
/// not answer at all. A job or a mailer that panics loses its own mail. Nothing of a mail survives the end of the process:
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
    jobs: mpsc::Sender<Counted>,
    waiting: watch::Sender<usize>,
}

/// A job that is counted as waiting until it is dropped, done or not.
struct Counted {
    job: Job,
    _waits: Waits,
}

/// Counts one job more for as long as it lives.
struct Waits(watch::Sender<usize>);

/// A place in the queue. Take one before it is known whether there is a mail at all, so that a full queue says nothing
/// of that.
#[must_use = "a place that nothing is put into is given back"]
pub struct MailPlace {
    place: mpsc::OwnedPermit<Counted>,
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
        let (jobs, queue) = mpsc::channel(CAPACITY);
        let waiting = watch::Sender::new(0);
        drop(tokio::spawn(work(Arc::new(mailer), queue)));
        Self { jobs, waiting }
    }

    /// Takes a place.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the queue is full, or its worker has died with the runtime.
    pub fn place(&self) -> Result<MailPlace, Unavailable> {
        let place = self.jobs.clone().try_reserve_owned();
        let place = place.map_err(|error| Unavailable::new(Unavailable::MAIL_QUEUE, error.to_string()))?;
        Ok(MailPlace { place, waiting: self.waiting.clone() })
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
        drop(self.place.send(Counted { job: Box::pin(job), _waits: Waits::new(self.waiting) }));
    }
}

impl Waits {
    fn new(waiting: watch::Sender<usize>) -> Self {
        waiting.send_modify(|waiting| *waiting = waiting.saturating_add(1));
        Self(waiting)
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.send_modify(|waiting| *waiting = waiting.saturating_sub(1));
    }
}

async fn work(mailer: Arc<impl Mailer>, mut queue: mpsc::Receiver<Counted>) {
    while let Some(Counted { job, _waits }) = queue.recv().await {
        let mailer = Arc::clone(&mailer);
        // A task of its own, so that a panic ends this mail and not the worker.
        let task = tokio::spawn(async move {
            if let Some(mail) = job.await {
                deliver(&*mailer, &mail).await;
            }
        });
        // What the panic said may quote the mail.
        if task.await.is_err_and(|error| error.is_panic()) {
            tracing::error!("a mail was given up: its job or its mailer has panicked");
        }
    }
}

async fn deliver(mailer: &impl Mailer, mail: &Mail) {
    let mut pauses = PAUSES.into_iter();
    loop {
        let error = match timeout(TRY, mailer.send(mail)).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error,
            Err(elapsed) => MailError::temporary(elapsed),
        };
        let pause = if error.is_permanent() { None } else { pauses.next() };
        tell(&error, pause.is_none());
        let Some(pause) = pause else { return };
        sleep(pause).await;
    }
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
