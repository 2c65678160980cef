//! Everything that a test logs.

use std::io;
use std::sync::{Arc, Mutex};

use tracing::Dispatch;
use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

/// What this thread logs, at every level.
pub(crate) struct Log {
    written: Written,
    _until_then: DefaultGuard,
    /// While there is one subscriber only, a place in the code that another thread comes to first is asked of that
    /// thread's subscriber alone, which is none, and is silent from then on.
    _second: Dispatch,
}

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) fn begin() -> Self {
        let (written, second) = (Written::default(), Dispatch::new(NoSubscriber::new()));
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_writer(written.clone())
            .with_ansi(false)
            // Digits of the time could be those of a code.
            .without_time()
            .finish();
        Self { written, _until_then: tracing::subscriber::set_default(subscriber), _second: second }
    }

    /// Ends it, and returns the text.
    pub(crate) fn end(self) -> String {
        String::from_utf8(self.written.0.lock().expect("no panic").clone()).expect("UTF-8")
    }
}

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Written {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
