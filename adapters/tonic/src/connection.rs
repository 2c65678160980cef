//! What tonic's server says of a call's connection, under the names that realms look for.

use auth_tower::{Encrypted, Peer};
use http::Extensions;
use tonic::transport::server::TcpConnectInfo;

/// Tells where a call comes from, and whether it comes by TLS.
pub(crate) fn tell(extensions: &mut Extensions) {
    let tls = by_tls(extensions);
    let is_encrypted = tls.is_some();
    // A server that accepts TLS by itself, in place of tonic, has the one without the other.
    let tcp = extensions.get::<TcpConnectInfo>().or(tls);
    if let Some(peer) = tcp.and_then(TcpConnectInfo::remote_addr) {
        extensions.insert(Peer(peer));
    }
    if is_encrypted {
        extensions.insert(Encrypted);
    }
}

/// What is known of the connection below TLS; `None` where there is no TLS.
#[cfg(feature = "tls-connect-info")]
fn by_tls(extensions: &Extensions) -> Option<&TcpConnectInfo> {
    use tokio::net::TcpStream;
    use tokio_rustls::server::TlsStream;
    use tonic::transport::server::Connected;

    /// tonic shows the type by name only where a backend of TLS is chosen.
    type TlsConnectInfo = <TlsStream<TcpStream> as Connected>::ConnectInfo;

    extensions.get::<TlsConnectInfo>().map(TlsConnectInfo::get_ref)
}

/// Nobody looks.
#[cfg(not(feature = "tls-connect-info"))]
fn by_tls(_: &Extensions) -> Option<&TcpConnectInfo> {
    None
}
