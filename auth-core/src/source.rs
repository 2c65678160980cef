//! Where a request comes from, as far as that can be trusted.
//!
//! Limits on guessing are kept per source. Whoever may choose the source of a request freely has no limit, so a
//! forwarded address counts only where a trusted network reports it. A program with a guessable scheme has to
//! say which of the two holds; there is no default that is right for both.

use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr as _;

use ipnet::IpNet;

use crate::config_error::{ConfigError, ConfigErrorKind};
use crate::head::{RequestHead, trim_ows};

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Source {
    /// It cannot be told. All such requests count as one source.
    Unknown,
    /// An IPv4 address, or the first 64 bits of an IPv6 address: whoever has one address of a /64 has them all.
    Network(IpAddr),
}

impl Source {
    /// The source that an address belongs to.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self::Network(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
            }
            v4 @ IpAddr::V4(_) => Self::Network(v4),
        }
    }
}

/// How the source of a request is found.
///
/// # Examples
///
/// ```
/// use auth_core::ClientSource;
///
/// let direct = ClientSource::peer();
/// let behind_a_proxy = ClientSource::forwarded(["10.0.0.0/8"])?;
/// assert!(ClientSource::forwarded(["everybody"]).is_err());
/// # Ok::<(), auth_core::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientSource(Origin);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    Peer,
    Forwarded(Vec<IpNet>),
}

impl ClientSource {
    /// The other end of the connection.
    #[must_use]
    pub fn peer() -> Self {
        Self(Origin::Peer)
    }

    /// The right-most address in `X-Forwarded-For` that is not in one of the trusted networks, if the
    /// connection comes from one of them. From anywhere else: the other end of the connection. A trusted peer
    /// that reports nothing, or something that is not an address, makes the source [unknown](Source::Unknown).
    ///
    /// # Errors
    ///
    /// If the list is empty or an entry is neither an address nor a network like `10.0.0.0/8`.
    pub fn forwarded<S: AsRef<str>>(trusted: impl IntoIterator<Item = S>) -> Result<Self, ConfigError> {
        let trusted =
            trusted.into_iter().map(|network| parse_network(network.as_ref())).collect::<Result<Vec<_>, _>>()?;
        if trusted.is_empty() {
            return Err(ConfigError::new(
                ConfigErrorKind::Network,
                "the list of trusted networks is empty; name the networks of your proxies, like `10.0.0.0/8`, or use `ClientSource::peer()`",
            ));
        }
        Ok(Self(Origin::Forwarded(trusted)))
    }

    /// The source of a request.
    #[must_use]
    pub fn locate(&self, head: &dyn RequestHead) -> Source {
        let Some(peer) = head.peer() else { return Source::Unknown };
        match &self.0 {
            Origin::Peer => Source::of(peer),
            Origin::Forwarded(trusted) if !is_in(trusted, peer) => Source::of(peer),
            Origin::Forwarded(trusted) => forwarded_for(head, trusted),
        }
    }

    /// Whether the caller's request came over https. Of a connection from a trusted network, `X-Forwarded-Proto` decides:
    /// how the proxy speaks to us says nothing about how the caller speaks to the proxy.
    pub(crate) fn is_secure(&self, head: &dyn RequestHead) -> bool {
        match &self.0 {
            Origin::Forwarded(trusted) if head.peer().is_some_and(|peer| is_in(trusted, peer)) => {
                is_forwarded_as_https(head)
            }
            Origin::Peer | Origin::Forwarded(_) => head.is_secure(),
        }
    }
}

/// Whether every proxy on the way says `https`, in at least one entry.
fn is_forwarded_as_https(head: &dyn RequestHead) -> bool {
    let (mut is_said, mut is_denied) = (false, false);
    head.for_each_header("x-forwarded-proto", &mut |line| {
        for entry in line.split(|byte| *byte == b',').map(trim_ows) {
            let is_https = entry.eq_ignore_ascii_case(b"https");
            is_said |= is_https;
            is_denied |= !is_https;
        }
    });
    is_said && !is_denied
}

/// A network, in the form in which addresses are compared.
fn parse_network(text: &str) -> Result<IpNet, ConfigError> {
    let network = parse_any_network(text)?;
    let complaint = match network {
        _ if network.prefix_len() == 0 => "it is everybody, so whoever likes chooses their source",
        IpNet::V6(network) if network.network().to_ipv4_mapped().is_some() => {
            "it is an IPv4 network in disguise, like `10.0.0.0/8`"
        }
        _ => return Ok(network),
    };
    Err(ConfigError::new(
        ConfigErrorKind::Network,
        format!("`{text}` cannot be trusted ({complaint}); name the networks of your proxies, like `10.0.0.0/8`"),
    ))
}

fn parse_any_network(text: &str) -> Result<IpNet, ConfigError> {
    IpNet::from_str(text).or_else(|_| IpAddr::from_str(text).map(IpNet::from)).map_err(|error| {
        ConfigError::new(
            ConfigErrorKind::Network,
            format!(
                "`{}` is not a network ({error}); write an address or a network like `10.0.0.0/8`",
                text.escape_default()
            ),
        )
        .with_source(error)
    })
}

fn is_in(networks: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|network| network.contains(&address))
}

/// The right-most address that no trusted proxy has.
fn forwarded_for(head: &dyn RequestHead, trusted: &[IpNet]) -> Source {
    let mut nearest_untrusted = Source::Unknown;
    head.for_each_header("x-forwarded-for", &mut |line| {
        for entry in line.split(|byte| *byte == b',').map(trim_ows) {
            match str::from_utf8(entry).ok().and_then(parse_hop) {
                Some(address) if is_in(trusted, address) => {}
                Some(address) => nearest_untrusted = Source::of(address),
                None => nearest_untrusted = Source::Unknown,
            }
        }
    });
    nearest_untrusted
}

/// An address with or without a port, as proxies write it.
fn parse_hop(text: &str) -> Option<IpAddr> {
    IpAddr::from_str(text)
        .or_else(|_| std::net::SocketAddr::from_str(text).map(|address| address.ip()))
        .or_else(|_| IpAddr::from_str(text.trim_start_matches('[').trim_end_matches(']')))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Head {
        peer: Option<IpAddr>,
        forwarded: Vec<&'static str>,
        protocols: Vec<&'static str>,
        is_secure: bool,
    }

    impl RequestHead for Head {
        fn method(&self) -> &'static str {
            "GET"
        }

        fn path(&self) -> &'static str {
            "/"
        }

        fn query(&self) -> Option<&str> {
            None
        }

        fn for_each_header<'h>(&'h self, name: &str, each: &mut dyn FnMut(&'h [u8])) {
            let lines = match name {
                "x-forwarded-for" => &self.forwarded,
                "x-forwarded-proto" => &self.protocols,
                _ => return,
            };
            for line in lines {
                each(line.as_bytes());
            }
        }

        fn peer(&self) -> Option<IpAddr> {
            self.peer
        }

        fn is_multiplexed(&self) -> bool {
            false
        }

        fn is_secure(&self) -> bool {
            self.is_secure
        }
    }

    fn locate(source: &ClientSource, peer: &str, forwarded: &[&'static str]) -> Source {
        source.locate(&Head { peer: peer.parse().ok(), forwarded: forwarded.to_vec(), ..Head::default() })
    }

    fn network(address: &str) -> Source {
        Source::of(address.parse().expect("an address"))
    }

    #[test]
    fn the_peer_counts_whatever_it_claims_to_forward() {
        assert_eq!(locate(&ClientSource::peer(), "203.0.113.9", &["198.51.100.1"]), network("203.0.113.9"));
        assert_eq!(locate(&ClientSource::peer(), "nobody", &["198.51.100.1"]), Source::Unknown);
    }

    #[test]
    fn the_right_most_untrusted_address_counts_behind_a_trusted_peer() {
        let behind = ClientSource::forwarded(["10.0.0.0/8", "192.0.2.7"]).expect("networks");
        let cases: [(&str, &[&'static str], Source); 11] = [
            ("10.1.1.1", &["198.51.100.1"], network("198.51.100.1")),
            ("10.1.1.1", &["1.2.3.4, 198.51.100.1, 10.2.2.2"], network("198.51.100.1")),
            ("10.1.1.1", &["1.2.3.4", "198.51.100.1, 192.0.2.7"], network("198.51.100.1")),
            ("192.0.2.7", &["198.51.100.1:4711"], network("198.51.100.1")),
            ("10.1.1.1", &["[2001:db8::1]:4711"], network("2001:db8::2")),
            ("10.1.1.1", &[], Source::Unknown),
            ("10.1.1.1", &["198.51.100.1, unknown"], Source::Unknown),
            ("10.1.1.1", &["198.51.100.1, unknown, 10.2.2.2"], Source::Unknown),
            ("10.1.1.1", &["unknown, 198.51.100.1"], network("198.51.100.1")),
            ("10.1.1.1", &["10.3.3.3"], Source::Unknown),
            ("203.0.113.9", &["198.51.100.1"], network("203.0.113.9")),
        ];
        for (peer, forwarded, expected) in cases {
            assert_eq!(locate(&behind, peer, forwarded), expected, "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn only_a_trusted_network_is_believed_about_https() {
        let (direct, behind) = (ClientSource::peer(), ClientSource::forwarded(["10.0.0.0/8"]).expect("networks"));
        let cases: [(&ClientSource, &str, bool, &[&'static str], bool); 15] = [
            (&direct, "203.0.113.9", true, &[], true),
            (&direct, "203.0.113.9", true, &["http"], true),
            (&direct, "203.0.113.9", false, &["https"], false),
            (&direct, "nobody", true, &[], true),
            (&behind, "203.0.113.9", false, &["https"], false),
            (&behind, "203.0.113.9", true, &[], true),
            (&behind, "nobody", false, &["https"], false),
            (&behind, "10.1.1.1", false, &["https"], true),
            (&behind, "10.1.1.1", false, &["HTTPS , https"], true),
            (&behind, "10.1.1.1", true, &[], false),
            (&behind, "10.1.1.1", true, &["http"], false),
            (&behind, "10.1.1.1", false, &["https, http"], false),
            (&behind, "10.1.1.1", false, &["http", "https"], false),
            (&behind, "10.1.1.1", false, &["https,"], false),
            (&behind, "10.1.1.1", false, &["httpss"], false),
        ];
        for (source, peer, is_secure, protocols, expected) in cases {
            let head = Head { peer: peer.parse().ok(), is_secure, protocols: protocols.to_vec(), ..Head::default() };
            assert_eq!(source.is_secure(&head), expected, "{peer} {is_secure} {protocols:?}");
        }
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one_source() {
        assert_eq!(network("2001:db8:1:2:3::4"), network("2001:db8:1:2:ffff::"));
        assert_ne!(network("2001:db8:1:2::"), network("2001:db8:1:3::"));
        assert_eq!(network("::ffff:198.51.100.1"), network("198.51.100.1"));
    }

    #[test]
    fn mistakes_name_the_value_and_the_fix() {
        let error = ClientSource::forwarded(["10.0.0.0/99"]).unwrap_err().to_string();
        assert!(error.contains("`10.0.0.0/99`") && error.contains("10.0.0.0/8"), "{error}");
        for network in ["0.0.0.0/0", "::/0", "::ffff:10.0.0.0/104"] {
            assert!(ClientSource::forwarded([network]).unwrap_err().to_string().contains(network));
        }
        let error = ClientSource::forwarded::<&str>([]).unwrap_err().to_string();
        assert!(error.contains("ClientSource::peer()"), "{error}");
    }
}
