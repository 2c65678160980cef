//! The first words of a service: where it listens and how to call it.

use std::io::{self, IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::time::SystemTime;

use crate::config::Config;
use crate::curl;

impl Config {
    /// Says where the service listens and, where a person or a script asks for it, how to call it.
    pub fn announce(&self, address: SocketAddr) {
        if let Err(error) = self.write_announcement(address) {
            tracing::warn!(%error, "nobody reads the standard output");
        }
    }

    fn write_announcement(&self, address: SocketAddr) -> io::Result<()> {
        let base = format!("http://{address}");
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "listening on {base}")?;
        stdout.flush()?;
        if self.prints_curl_lines || stdout.is_terminal() {
            for line in curl::lines(&base, &self.tokens, &self.api_key, SystemTime::now()) {
                writeln!(stdout, "{line}")?;
            }
            stdout.flush()?;
        }
        Ok(())
    }
}
