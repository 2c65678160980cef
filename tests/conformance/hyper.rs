//! The conformance suite on plain functions of `http` types, served by hyper through a socket.

mod tower_app;

use std::convert::Infallible;
use std::sync::Arc;

use auth_test::conformance::{Fixture, SocketTarget, Suite};
use auth_tower::Peer;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tower_app::App;

async fn serve(listener: TcpListener, app: Arc<App<Incoming>>) {
    while let Ok((stream, address)) = listener.accept().await {
        let app = Arc::clone(&app);
        let service = service_fn(move |mut request: http::Request<Incoming>| {
            let app = Arc::clone(&app);
            request.extensions_mut().insert(Peer(address));
            async move { Ok::<_, Infallible>(app.answer(request).await) }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

#[test]
fn hyper_through_a_socket_conforms() {
    let app = Arc::new(App::new(Fixture::new().expect("good realms")));
    let runtime = Runtime::new().expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
    let address = listener.local_addr().expect("an address");
    let server = runtime.spawn(serve(listener, app));
    let report = Suite::new().run(&SocketTarget::new(address));
    server.abort();
    eprintln!("hyper through a socket: {report}");
    assert!(report.is_success(), "{} cases failed", report.failures.len());
    assert!(report.count >= 150, "{} cases", report.count);
}
