//! Mails on their way.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_issuer::Unavailable;
use auth_issuer::mail::{Mail, MailError, MailQueue, Mailer, MemoryMailer};
use tokio::sync::Semaphore;
use tokio::time::Instant;

fn mail(n: usize) -> Mail {
    Mail::new("alice@example.com", n.to_string(), "..")
}

#[tokio::test]
async fn mails_are_sent_in_their_order_and_jobs_without_a_mail_send_none() {
    let outbox = MemoryMailer::new();
    let queue = MailQueue::start(outbox.clone());
    for n in 0..10 {
        queue.place().expect("a place").put(async move { (n % 2 == 0).then(|| mail(n)) });
    }
    queue.flush().await;
    let subjects: Vec<String> = outbox.take().into_iter().map(|mail| mail.subject).collect();
    assert_eq!(subjects, ["0", "2", "4", "6", "8"]);
}

/// Sends when it is allowed to.
struct Gate(Arc<Semaphore>);

impl Mailer for Gate {
    async fn send(&self, _: &Mail) -> Result<(), MailError> {
        self.0.acquire().await.expect("open").forget();
        Ok(())
    }
}

#[tokio::test]
async fn a_full_queue_is_told_before_it_is_known_whether_there_is_a_mail() {
    let gate = Arc::new(Semaphore::new(0));
    let queue = MailQueue::start(Gate(Arc::clone(&gate)));
    let mut places = Vec::new();
    let error = loop {
        match queue.place() {
            Ok(place) => places.push(place),
            Err(error) => break error,
        }
        assert!(places.len() <= 1_000);
    };
    assert_eq!((places.len(), error.reason()), (1_000, Unavailable::MAIL_QUEUE));
    places.pop().expect("a thousand").put(async { Some(mail(0)) });
    drop(places);
    assert!(queue.place().is_ok(), "places come back");
    gate.add_permits(1);
    queue.flush().await;
}

/// Fails so often, then sends.
struct Failing {
    failures: Arc<AtomicU32>,
    is_permanent: bool,
    tries: Arc<AtomicU32>,
}

impl Mailer for Failing {
    async fn send(&self, _: &Mail) -> Result<(), MailError> {
        self.tries.fetch_add(1, Ordering::Relaxed);
        if self.failures.load(Ordering::Relaxed) == 0 {
            return Ok(());
        }
        self.failures.fetch_sub(1, Ordering::Relaxed);
        Err(if self.is_permanent { MailError::permanent("no such address") } else { MailError::temporary("busy") })
    }
}

#[tokio::test(start_paused = true)]
async fn a_mail_is_tried_four_times_unless_it_cannot_be_sent_at_all() {
    for (failures, is_permanent, expected) in [(0, false, 1), (2, false, 3), (9, false, 4), (9, true, 1)] {
        let tries = Arc::new(AtomicU32::new(0));
        let failing = Failing { failures: Arc::new(AtomicU32::new(failures)), is_permanent, tries: Arc::clone(&tries) };
        let queue = MailQueue::start(failing);
        queue.place().expect("a place").put(async { Some(mail(0)) });
        queue.flush().await;
        assert_eq!(tries.load(Ordering::Relaxed), expected, "{failures} {is_permanent}");
    }
}

/// What a mailer was given, and when; it refuses what goes to `busy.example` so often.
#[derive(Clone)]
struct Relay {
    begin: Instant,
    tries: Arc<Mutex<Vec<(Duration, String, bool)>>>,
    refusals: usize,
}

impl Relay {
    fn new(refusals: usize) -> Self {
        Self { begin: Instant::now(), tries: Arc::default(), refusals }
    }

    fn sent(&self) -> Vec<(u64, String)> {
        let tries = self.tries.lock().expect("no panic");
        let sent = tries.iter().filter(|(_, _, is_sent)| *is_sent);
        sent.map(|(when, subject, _)| (when.as_secs(), subject.clone())).collect()
    }
}

impl Mailer for Relay {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let mut tries = self.tries.lock().expect("no panic");
        let earlier = tries.iter().filter(|(_, subject, _)| *subject == mail.subject).count();
        let is_sent = !mail.to.ends_with("@busy.example") || earlier >= self.refusals;
        tries.push((self.begin.elapsed(), mail.subject.clone(), is_sent));
        if is_sent { Ok(()) } else { Err(MailError::temporary("450 4.1.2 domain not found")) }
    }
}

#[tokio::test(start_paused = true)]
async fn mails_that_are_tried_again_hold_back_nobody_elses() {
    let relay = Relay::new(usize::MAX);
    let queue = MailQueue::start(relay.clone());
    let put = |to: String, subject: &'static str| {
        queue.place().expect("a place").put(async move { Some(Mail::new(to, subject, "..")) });
    };
    for n in 0..20 {
        put(format!("m{n}@busy.example"), "never");
    }
    put("victim@example.com".to_owned(), "reset");
    // Another one in the middle of the pauses.
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!((relay.sent(), queue.waiting()), (vec![(0, "reset".to_owned())], 20));
    put("victim@example.com".to_owned(), "notice");
    queue.flush().await;
    assert_eq!(relay.sent(), [(0, "reset".to_owned()), (30, "notice".to_owned())]);
    assert_eq!((relay.begin.elapsed().as_secs(), queue.waiting()), (71, 0));
    assert_eq!(relay.tries.lock().expect("no panic").len(), 20 * 4 + 2);
}

#[tokio::test(start_paused = true)]
async fn mails_to_one_address_keep_their_order() {
    let relay = Relay::new(2);
    let queue = MailQueue::start(relay.clone());
    for (to, subject) in [("a@busy.example", "1"), ("a@busy.example", "2"), ("b@example.com", "3")] {
        queue.place().expect("a place").put(async move { Some(Mail::new(to, subject, "..")) });
    }
    queue.flush().await;
    // The second begins when the first is sent, after 1 and 10 seconds.
    let expected = [(0, "3"), (11, "1"), (22, "2")].map(|(when, subject)| (when, subject.to_owned()));
    assert_eq!(relay.sent(), expected);
}

#[tokio::test(start_paused = true)]
async fn mails_that_are_tried_again_keep_their_places() {
    let relay = Relay::new(usize::MAX);
    let queue = MailQueue::start(relay.clone());
    for n in 0..1_000 {
        queue
            .place()
            .expect("a place")
            .put(async move { Some(Mail::new(format!("m{n}@busy.example"), "never", "..")) });
    }
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(queue.waiting(), 1_000);
    assert_eq!(queue.place().expect_err("full").reason(), Unavailable::MAIL_QUEUE);
    queue.flush().await;
    assert!(queue.place().is_ok(), "places come back");
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_dropped_still_sends_what_it_has() {
    let relay = Relay::new(3);
    let queue = MailQueue::start(relay.clone());
    for subject in ["1", "2"] {
        queue.place().expect("a place").put(async move { Some(Mail::new("a@busy.example", subject, "..")) });
    }
    drop(queue);
    tokio::time::sleep(Duration::from_secs(200)).await;
    assert_eq!(relay.sent(), [(71, "1".to_owned()), (142, "2".to_owned())]);
}

/// Panics at the first mail.
struct Panicking(MemoryMailer, AtomicU32);

impl Mailer for Panicking {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        assert_ne!(self.1.fetch_add(1, Ordering::Relaxed), 0, "the first mail");
        self.0.send(mail).await
    }
}

#[tokio::test]
async fn a_panic_loses_one_mail_and_neither_the_queue_nor_its_count() {
    let outbox = MemoryMailer::new();
    let queue = MailQueue::start(Panicking(outbox.clone(), AtomicU32::new(0)));
    queue.place().expect("a place").put(async { panic!("a job") });
    for n in 0..3 {
        queue.place().expect("a place").put(async move { Some(mail(n)) });
    }
    assert_eq!(queue.waiting(), 4);
    queue.flush().await;
    let subjects: Vec<String> = outbox.take().into_iter().map(|mail| mail.subject).collect();
    assert_eq!((queue.waiting(), subjects), (0, vec!["1".to_owned(), "2".to_owned()]));
}

#[test]
fn a_runtime_that_ends_leaves_nobody_waiting() {
    let runtime = || tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let (first, gate) = (runtime(), Arc::new(Semaphore::new(0)));
    let queue = first.block_on(async { MailQueue::start(Gate(gate)) });
    for n in 0..2 {
        queue.place().expect("a place").put(async move { Some(mail(n)) });
    }
    drop(first);
    runtime().block_on(queue.flush());
    assert!(queue.place().is_err());
}

#[cfg(feature = "mail")]
#[tokio::test]
async fn a_file_is_written_whole_and_for_its_owner_only() {
    use auth_issuer::mail::FileMailer;

    let directory = std::env::temp_dir().join(format!("auth-issuer-outbox-{}", std::process::id()));
    let mailer = FileMailer::new(&directory, "Acme <no-reply@acme.example>").expect("good");
    mailer.send(&Mail::new("alice@example.com", "Hello", "https://acme.example/?token=abc")).await.expect("written");
    assert!(mailer.send(&Mail::new("no address", "Hello", "..")).await.expect_err("refused").is_permanent());
    let files: Vec<_> =
        std::fs::read_dir(&directory).expect("there").map(|entry| entry.expect("a file").path()).collect();
    assert_eq!(files.len(), 1);
    assert!(files[0].extension().is_some_and(|extension| extension == "eml"));
    let text = std::fs::read_to_string(&files[0]).expect("text");
    assert!(text.contains("To: alice@example.com") && text.contains("https://acme.example/?token=abc"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&files[0]).expect("there").permissions().mode() & 0o777, 0o600);
    }
    std::fs::remove_dir_all(directory).expect("removed");
}
