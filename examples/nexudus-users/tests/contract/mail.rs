//! Mails that tests read: files of the outbox, and what a small SMTP server was sent.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

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

/// A server that takes mails; each is one text of the channel.
pub(crate) fn smtp_sink() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a socket");
    let url = format!("smtp://{}", listener.local_addr().expect("an address"));
    let (sender, mails) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let _timeout = stream.set_read_timeout(Some(Duration::from_secs(60)));
            let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
            let mut say = |line: &str| stream.write_all(format!("{line}\r\n").as_bytes()).is_ok();
            if !say("220 sink") {
                continue;
            }
            let mut line = String::new();
            while {
                line.clear();
                reader.read_line(&mut line).is_ok_and(|read| read > 0)
            } {
                match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
                    "QUIT" => {
                        say("221 bye");
                        break;
                    }
                    "DATA" => {
                        say("354 go on");
                        let mut mail = String::new();
                        while {
                            line.clear();
                            reader.read_line(&mut line).is_ok_and(|read| read > 0)
                        } && line != ".\r\n"
                        {
                            mail.push_str(&line);
                        }
                        say("250 taken");
                        if sender.send(mail).is_err() {
                            return;
                        }
                    }
                    _ => {
                        say("250 well");
                    }
                }
            }
        }
    });
    (url, mails)
}
