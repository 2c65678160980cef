//! A provider that does as it is told.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use auth_jwks::fetch::{ClientCredentials, Fetch, FetchError, FetchErrorKind};
use tokio::sync::{mpsc, oneshot};

/// What the provider does when it is asked.
#[derive(Clone, Debug)]
pub(crate) enum Mode {
    /// Answers.
    Answer(String),
    /// Answers by address; asks for anything else fail with 404.
    Answers(Vec<(&'static str, String)>),
    /// Fails.
    Fail(FetchErrorKind),
    /// Waits for the test to answer, through the channel.
    Hold,
    /// Never answers.
    Hang,
    /// Breaks.
    Panic,
}

/// One question.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) address: String,
    pub(crate) form: Vec<(String, String)>,
    /// Who asks; of forms only.
    pub(crate) client: Option<String>,
    /// Takes the answer, if the provider is to hold.
    pub(crate) reply: Option<oneshot::Sender<Result<Vec<u8>, FetchError>>>,
}

/// The provider. Counts what it is asked.
pub(crate) struct Fake {
    mode: Mutex<Mode>,
    questions: AtomicUsize,
    asked: mpsc::UnboundedSender<Asked>,
}

impl Asked {
    pub(crate) fn answer(self, body: impl Into<String>) {
        // Nobody waits any more if the test lets the time run out.
        drop(self.reply.unwrap().send(Ok(body.into().into_bytes())));
    }
}

impl Fake {
    pub(crate) fn new(mode: Mode) -> (Arc<Self>, mpsc::UnboundedReceiver<Asked>) {
        let (asked, receiver) = mpsc::unbounded_channel();
        (Arc::new(Self { mode: Mutex::new(mode), questions: AtomicUsize::new(0), asked }), receiver)
    }

    pub(crate) fn answering(body: impl Into<String>) -> Arc<Self> {
        Self::new(Mode::Answer(body.into())).0
    }

    pub(crate) fn failing() -> Arc<Self> {
        Self::new(Mode::Fail(FetchErrorKind::Transport)).0
    }

    pub(crate) fn set(&self, mode: Mode) {
        *self.mode.lock().unwrap() = mode;
    }

    pub(crate) fn answer(&self, body: impl Into<String>) {
        self.set(Mode::Answer(body.into()));
    }

    pub(crate) fn fail(&self) {
        self.set(Mode::Fail(FetchErrorKind::Transport));
    }

    pub(crate) fn questions(&self) -> usize {
        self.questions.load(Ordering::SeqCst)
    }

    async fn ask(&self, mut asked: Asked) -> Result<Vec<u8>, FetchError> {
        self.questions.fetch_add(1, Ordering::SeqCst);
        let mode = self.mode.lock().unwrap().clone();
        let (reply, held) = oneshot::channel();
        let address = asked.address.clone();
        if matches!(mode, Mode::Hold) {
            asked.reply = Some(reply);
        }
        // Most tests do not listen.
        drop(self.asked.send(asked));
        match mode {
            Mode::Answer(body) => Ok(body.into_bytes()),
            Mode::Answers(bodies) => {
                let found = bodies.into_iter().find(|(known, _)| *known == address);
                found.map(|(_, body)| body.into_bytes()).ok_or(FetchError::new(FetchErrorKind::Status(404)))
            }
            Mode::Fail(kind) => Err(FetchError::new(kind)),
            Mode::Hold => held.await.unwrap_or_else(|_| Err(FetchError::new(FetchErrorKind::Transport))),
            Mode::Hang => pending().await,
            Mode::Panic => panic!("the client of this test breaks"),
        }
    }
}

impl Fetch for Fake {
    async fn get(&self, address: &str) -> Result<Vec<u8>, FetchError> {
        self.ask(Asked { address: address.to_owned(), form: Vec::new(), client: None, reply: None }).await
    }

    async fn post_form(
        &self,
        address: &str,
        client: &ClientCredentials,
        form: &[(&str, &str)],
    ) -> Result<Vec<u8>, FetchError> {
        let form = form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let client = Some(client.to_basic().to_string());
        self.ask(Asked { address: address.to_owned(), form, client, reply: None }).await
    }
}
