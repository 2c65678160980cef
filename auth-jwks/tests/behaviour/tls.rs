//! HTTPS: who is believed to be the provider.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use auth_jwks::fetch::{Fetch as _, FetchErrorKind, HttpFetch};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::mock::read_request;
use crate::support::cause;

fn file(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/behaviour/certificates").join(name)
}

/// A server with a certificate for `localhost`, whose authority no system trusts. Returns its port.
async fn serve() -> u16 {
    let chain = vec![CertificateDer::from_pem_file(file("localhost.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(file("localhost.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            if read_request(&mut stream).await.is_some() {
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
                drop(stream.write_all(answer).await);
                drop(stream.shutdown().await);
            }
        }
    });
    port
}

#[tokio::test]
async fn refuses_a_certificate_that_nobody_trusts() {
    let port = serve().await;
    let error = HttpFetch::new().unwrap().get(&format!("https://localhost:{port}/")).await.unwrap_err();
    assert_eq!(error.kind(), FetchErrorKind::Transport);
    assert!(cause(&error).to_ascii_lowercase().contains("certificate"), "{}", cause(&error));
}

/// The environment belongs to the whole process, so a process of its own sees another one.
#[test]
fn trusts_what_the_system_trusts_and_uses_no_proxy() {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["tls::child", "--exact", "--ignored", "--nocapture"])
        .env("SSL_CERT_FILE", file("ca.pem"))
        .env_remove("SSL_CERT_DIR")
        // Nobody listens there.
        .envs(["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"].map(|name| (name, "http://127.0.0.1:9")))
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && output.contains("1 passed"), "{output}");
}

#[tokio::test]
#[ignore = "run by `trusts_what_the_system_trusts_and_uses_no_proxy`, in an environment that it makes"]
async fn child() {
    let port = serve().await;
    let http = HttpFetch::new().unwrap();
    assert_eq!(http.get(&format!("https://localhost:{port}/")).await.unwrap(), b"{}");
    let error = http.get(&format!("https://127.0.0.1:{port}/")).await.unwrap_err();
    assert_eq!(error.kind(), FetchErrorKind::Transport, "the certificate is for another name");
}
