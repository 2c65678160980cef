//! One documented system.

use std::future::Future;

use crate::context::Context;
use crate::failure::StartError;
use crate::options::Options;
use crate::settings::Setting;

/// A documented system: what its server is called, and how it is built.
pub trait System: Send + Sync + 'static {
    /// The name of the program; default files are called after it.
    const NAME: &'static str;
    /// The default port.
    const PORT: u16;
    /// What `--help` begins with.
    const ABOUT: &'static str;
    /// The settings of `--set`.
    const SETTINGS: &'static [Setting] = &[];
    /// Whether there is `--mode single|multi`.
    const HAS_MODES: bool = false;
    /// Whether the server sends mail, so that its outbox is made.
    const SENDS_MAIL: bool = false;

    /// The demo accounts: a file of accounts, as `--accounts` takes one.
    fn demo_accounts(&self, options: &Options) -> String;

    /// `curl` lines that work with the demo accounts, for `--help`. `base` is like `http://127.0.0.1:8001`.
    fn curl_lines(&self, base: &str) -> Vec<String>;

    /// Builds the service.
    ///
    /// # Errors
    ///
    /// [`StartError`] if the configuration does not fit: the start ends with it.
    fn build(&self, context: &Context) -> impl Future<Output = Result<axum::Router, StartError>> + Send;
}
