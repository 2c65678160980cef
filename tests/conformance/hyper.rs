//! The conformance suite on plain functions of `http` types, served by hyper through a socket, and each answer beside
//! axum's.

mod axum_app;
mod beside;
mod tower_app;

use std::convert::Infallible;
use std::sync::Arc;

use auth_test::conformance::Fixture;
use auth_tower::Peer;
use beside::Framework;
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

const HYPER: Framework = Framework { name: "hyper", deviations: &[], may_differ: |_, _| false };

#[test]
fn hyper_conforms() {
    let fixture = Fixture::new().expect("good realms");
    let app = Arc::new(App::new(fixture.clone()));
    let runtime = Runtime::new().expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
    let address = listener.local_addr().expect("an address");
    runtime.spawn(serve(listener, app));
    HYPER.conforms(address, &fixture);
}
