//! Mails that tests read.

use std::path::Path;

use systems::testing::InProcess;

/// The texts of the mails in the outbox, once all are written.
pub(crate) fn mails(server: &InProcess) -> Vec<String> {
    let queue = server.context.mail.clone();
    server.block_on(async move { queue.flush().await });
    read(&server.directory.path().join("outbox"))
}

/// The texts of the mails in a directory, in no order.
pub(crate) fn read(directory: &Path) -> Vec<String> {
    let files = std::fs::read_dir(directory).expect("an outbox").map(|entry| entry.expect("an entry").path());
    let mails = files.filter(|path| path.extension().is_some_and(|end| end == "eml"));
    mails.map(|path| plain(&std::fs::read_to_string(path).expect("a mail"))).collect()
}

/// A mail without its transfer encoding (RFC 2045 §6.7).
pub(crate) fn plain(mail: &str) -> String {
    mail.replace("=\r\n", "").replace("=3D", "=")
}

/// The path of the link in a mail.
#[track_caller]
pub(crate) fn link(mail: &str, address: &str) -> String {
    let base = format!("http://{address}");
    let line = mail.lines().find_map(|line| line.strip_prefix(&base)).unwrap_or_else(|| panic!("no link: {mail}"));
    line.trim_end().to_owned()
}
