//! The first words of a service: where it listens and how to call it.

use std::io::{self, IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::time::SystemTime;

use crate::accounts::DemoAccount;
use crate::config::Config;
use crate::curl;

impl Config {
    /// Says where the service listens and, where a person or a script asks for it, how to call it.
    pub fn announce(&self, address: SocketAddr) {
        let base = format!("http://{address}");
        self.announce_with(address, || curl::lines(&base, &self.tokens, &self.api_key, SystemTime::now()));
    }

    /// The same with other lines, for a service that `curl` does not speak to.
    pub fn announce_with(&self, address: SocketAddr, lines: impl FnOnce() -> Vec<String>) {
        if let Err(error) = self.write_announcement(address, lines) {
            tracing::warn!(cause = %error, "nobody reads the standard output");
        }
    }

    fn write_announcement(&self, address: SocketAddr, lines: impl FnOnce() -> Vec<String>) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "listening on http://{address}")?;
        stdout.flush()?;
        if self.prints_curl_lines || stdout.is_terminal() {
            for line in lines() {
                writeln!(stdout, "{line}")?;
            }
            stdout.flush()?;
        }
        Ok(())
    }

    /// A token for the account, good for a day.
    #[must_use]
    pub fn token(&self, account: &DemoAccount) -> String {
        self.tokens.sign(account, SystemTime::now())
    }

    /// The API key of `alice`, to be shown.
    #[must_use]
    pub fn api_key(&self) -> &str {
        self.api_key.reveal()
    }
}
