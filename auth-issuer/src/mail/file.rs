//! Mails as files.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use auth_core::{ConfigError, ConfigErrorKind};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use lettre::message::Mailbox;

use super::compose::{message, sender};
use super::mailer::{Mail, MailError, Mailer};
use crate::time::seconds;

/// Writes each mail into a file of a directory, `<seconds since 1970>-<random>.eml`, which only its owner may read.
#[derive(Clone, Debug)]
pub struct FileMailer {
    directory: PathBuf,
    from: Mailbox,
}

impl FileMailer {
    /// Writes to `directory`, which is made if it is not there. `from` is the sender: `Acme <no-reply@acme.example>`.
    ///
    /// # Errors
    ///
    /// If the directory cannot be made, or the sender is not an address.
    pub fn new(directory: impl AsRef<Path>, from: &str) -> Result<Self, ConfigError> {
        let directory = directory.as_ref().to_path_buf();
        std::fs::create_dir_all(&directory).map_err(|error| {
            let text = format!("the outbox `{}` cannot be made ({error}); name another", directory.display());
            ConfigError::new(ConfigErrorKind::Mail, text).with_source(error)
        })?;
        Ok(Self { directory, from: sender(from)? })
    }
}

impl Mailer for FileMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = message(&self.from, mail)?.formatted();
        let mut name = [0_u8; 9];
        getrandom::fill(&mut name).map_err(MailError::temporary)?;
        let now = seconds(std::time::SystemTime::now());
        let path = self.directory.join(format!("{now}-{}.eml", BASE64_URL_SAFE_NO_PAD.encode(name)));
        let written = tokio::task::spawn_blocking(move || write(&path, &message)).await;
        written.map_err(MailError::temporary)?.map_err(MailError::temporary)
    }
}

fn write(path: &Path, message: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Under another name first, so that whoever looks for `.eml` sees whole mails only.
    let part = path.with_extension("part");
    let mut file = options.open(&part)?;
    file.write_all(message)?;
    file.sync_all()?;
    std::fs::rename(part, path)
}
