//! A small SMTP server (RFC 5321), as far as a mail needs one.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A server that takes mails, for `--smtp`; each is one text of the channel. It ends with the test.
pub fn smtp_sink() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a socket");
    let url = format!("smtp://{}", listener.local_addr().expect("an address"));
    let (sender, mails) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let _timeout = stream.set_read_timeout(Some(Duration::from_mins(1)));
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
