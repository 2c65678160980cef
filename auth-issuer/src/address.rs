//! Which addresses keep what is sent to them from others' eyes.

use std::net::IpAddr;

/// Whether what goes to this address is read on the way by nobody: `https`, or `http` to this very machine.
///
/// The one rule for addresses in a configuration; whatever weakens it has a name that says so.
pub(crate) fn is_private(scheme: &str, host: &str) -> bool {
    match scheme {
        "https" => true,
        "http" => is_this_machine(host),
        _ => false,
    }
}

/// Whether a host, as it stands in an address, is this very machine.
pub(crate) fn is_this_machine(host: &str) -> bool {
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_reads_along_with_https_or_on_this_machine() {
        for (scheme, host) in [
            ("https", "auth.example"),
            ("https", "192.0.2.1"),
            ("http", "localhost"),
            ("http", "127.0.0.1"),
            ("http", "127.1.2.3"),
            ("http", "[::1]"),
        ] {
            assert!(is_private(scheme, host), "{scheme} {host}");
        }
        for (scheme, host) in [
            ("http", "auth.example"),
            ("http", "192.0.2.1"),
            ("http", "0.0.0.0"),
            ("http", "[::]"),
            ("http", "localhost.example"),
            ("http", "127.0.0.1.example"),
            ("http", ""),
            ("ftp", "localhost"),
        ] {
            assert!(!is_private(scheme, host), "{scheme} {host}");
        }
    }
}
