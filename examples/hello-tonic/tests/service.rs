//! Drives the real program with a generated client, over a socket.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

use demo::suite::{API_KEY, Program, Server, Token, alice, basic, root, token};
use pb::shop_client::ShopClient;
use pb::{Caller, Item, NewItem, Nothing};
use tokio::task::JoinSet;
use tonic::metadata::{BinaryMetadataKey, MetadataMap, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};

#[expect(
    unreachable_pub,
    unused_qualifications,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::as_conversions,
    clippy::pedantic,
    reason = "generated code"
)]
mod pb {
    tonic::include_proto!("demo.v1");
}

const BEARER: &str = r#"Bearer realm="demo""#;
const BEARER_REFUSED: &str = r#"Bearer realm="demo", error="invalid_token""#;
const BASIC: &str = r#"Basic realm="demo", charset="UTF-8""#;
const KEY: &str = r#"ApiKey realm="demo", in="header", name="X-API-TOKEN""#;
const NO_READ: &str = r#"Bearer realm="demo", error="insufficient_scope", scope="items:read""#;
const NO_WRITE: &str = r#"Bearer realm="demo", error="insufficient_scope", scope="items:write""#;

fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_hello-tonic"))
}

/// A server that knows the credentials of the tests.
fn server() -> Server {
    program().spawn()
}

async fn client(server: &Server) -> ShopClient<Channel> {
    let endpoint = Endpoint::from_shared(format!("http://{}", server.address)).expect("an address");
    ShopClient::new(endpoint.connect().await.expect("a connection"))
}

/// A message with header lines as metadata.
fn call<M>(message: M, lines: &[&str]) -> Request<M> {
    let mut metadata = MetadataMap::new();
    for line in lines {
        let (name, value) = line.split_once(": ").expect("a header line");
        let name: tonic::metadata::AsciiMetadataKey = name.to_ascii_lowercase().parse().expect("a name");
        metadata.append(name, value.parse().expect("a value"));
    }
    Request::from_parts(metadata, tonic::Extensions::default(), message)
}

/// The code and the challenges.
fn shown(status: &Status) -> (Code, Vec<&str>) {
    let values = status.metadata().get_all("www-authenticate");
    (status.code(), values.iter().map(|value| value.to_str().expect("ASCII")).collect())
}

fn known(subject: &str) -> Caller {
    Caller { subject: Some(subject.to_owned()) }
}

fn key() -> String {
    format!("X-API-TOKEN: {API_KEY}")
}

fn item(id: u32, name: &str) -> Item {
    Item { id, name: name.to_owned() }
}

#[tokio::test]
async fn every_method_succeeds_with_each_of_its_schemes() {
    let server = server();
    let mut shop = client(&server).await;
    let (alice, root) = (alice().header(), root().header());
    let (alice_basic, root_basic) =
        (basic("alice", "correct horse battery staple"), basic("root", "hunter2 but longer"));
    assert_eq!(shop.health(Nothing {}).await.expect("open").into_inner().status, "ok");
    for (line, scheme) in [(&alice, "bearer"), (&alice_basic, "basic"), (&key(), "api_key")] {
        let me = shop.me(call(Nothing {}, &[line])).await.expect(scheme).into_inner();
        assert_eq!((me.subject.as_str(), me.scheme.as_str()), ("alice", scheme));
        let mut items = shop.list_items(call(Nothing {}, &[line])).await.expect(scheme).into_inner();
        assert_eq!(items.message().await.expect("an item"), Some(item(1, "lamp")), "{scheme}");
        assert_eq!(items.message().await.expect("an end"), None);
    }
    let new = NewItem { name: "chair".to_owned() };
    assert_eq!(shop.create_item(call(new.clone(), &[&root])).await.expect("root").into_inner(), item(2, "chair"));
    let many = tokio_stream::iter([new.clone(), NewItem { name: "desk".to_owned() }]);
    let made = shop.create_items(call(many, &[&root])).await.expect("root").into_inner();
    assert_eq!(made.items, [item(2, "chair"), item(2, "desk")]);
    for line in [&root, &root_basic] {
        assert_eq!(shop.admin(call(Nothing {}, &[line])).await.expect("root").into_inner(), known("root"));
    }
    assert_eq!(shop.maybe(Nothing {}).await.expect("a guest").into_inner(), Caller { subject: None });
    assert_eq!(shop.maybe(call(Nothing {}, &[&alice])).await.expect("alice").into_inner(), known("alice"));
    assert_eq!(shop.either(call(Nothing {}, &[&alice])).await.expect("alice").into_inner(), known("alice"));
    assert_eq!(shop.either(call(Nothing {}, &[&root])).await.expect("root").into_inner(), known("root"));
    assert_eq!(shop.hidden(call(Nothing {}, &[&root])).await.expect("root").into_inner(), known("root"));
}

#[tokio::test]
async fn without_credentials_each_scheme_of_the_policy_asks() {
    let server = server();
    let mut shop = client(&server).await;
    let three = (Code::Unauthenticated, vec![BEARER, BASIC, KEY]);
    assert_eq!(shown(&shop.me(Nothing {}).await.expect_err("nobody")), three);
    assert_eq!(shown(&shop.list_items(Nothing {}).await.expect_err("nobody")), three);
    let one = (Code::Unauthenticated, vec![BEARER]);
    assert_eq!(shown(&shop.create_item(NewItem::default()).await.expect_err("nobody")), one);
    assert_eq!(shown(&shop.either(Nothing {}).await.expect_err("nobody")), one);
    assert_eq!(shown(&shop.hidden(Nothing {}).await.expect_err("nobody")), one);
    let two = (Code::Unauthenticated, vec![BEARER, BASIC]);
    assert_eq!(shown(&shop.admin(Nothing {}).await.expect_err("nobody")), two);
}

#[tokio::test]
async fn each_refusal_has_its_code() {
    let server = server();
    let mut shop = client(&server).await;
    let alice_bearer = alice().header();
    let expired = alice().claim("exp", 1).header();
    let refused = shop.me(call(Nothing {}, &[&expired])).await.expect_err("expired");
    assert_eq!(shown(&refused), (Code::Unauthenticated, vec![BEARER_REFUSED, BASIC, KEY]));
    assert_eq!(refused.message(), "Unauthorized");
    let wrong = basic("alice", "wrong");
    let refused = shop.me(call(Nothing {}, &[&wrong])).await.expect_err("a wrong password");
    assert_eq!(shown(&refused), (Code::Unauthenticated, vec![BEARER, BASIC, KEY]));
    let refused = shop.me(call(Nothing {}, &[&alice_bearer, &key()])).await.expect_err("two credentials");
    assert_eq!(refused.code(), Code::InvalidArgument);
    let zoe = basic("zoë", "pässwörd: 日本 🙂");
    let refused = shop.list_items(call(Nothing {}, &[&zoe])).await.expect_err("no scope");
    assert_eq!(shown(&refused), (Code::PermissionDenied, vec![NO_READ]));
    let refused = shop.create_item(call(NewItem::default(), &[&alice_bearer])).await.expect_err("no scope");
    assert_eq!(shown(&refused), (Code::PermissionDenied, vec![NO_WRITE]));
    let refused = shop.admin(call(Nothing {}, &[&alice_bearer])).await.expect_err("no role");
    assert_eq!(shown(&refused), (Code::PermissionDenied, vec![]));
    let refused = shop.maybe(call(Nothing {}, &[&expired])).await.expect_err("refused is never a guest");
    assert_eq!(shown(&refused), (Code::Unauthenticated, vec![BEARER_REFUSED]));
    let guest: Token = token().claim("roles", ["guest"]).claim("scope", "items:read");
    let refused = shop.either(call(Nothing {}, &[&guest.header()])).await.expect_err("a guest");
    assert_eq!(shown(&refused), (Code::PermissionDenied, vec![]));
}

#[tokio::test]
async fn a_refused_stream_is_not_read() {
    let server = server();
    let mut shop = client(&server).await;
    // It never ends and never has an item, so only a decision before the first message answers.
    let refused = shop.create_items(call(tokio_stream::pending(), &[&alice().header()])).await.expect_err("no scope");
    assert_eq!(shown(&refused), (Code::PermissionDenied, vec![NO_WRITE]));
}

/// Over one connection, and beside calls that are given up while their messages are awaited.
#[tokio::test]
async fn everybody_is_told_of_their_own_party() {
    let server = server();
    let shop = client(&server).await;
    let mut calls = JoinSet::new();
    for n in 0..300 {
        let name = format!("n{n}");
        let own = token().claim("sub", name.as_str()).claim("scope", "items:write").header();
        let (mut shop, mut other) = (shop.clone(), shop.clone());
        calls.spawn(async move {
            let me = tokio::select! {
                made = other.create_items(call(tokio_stream::pending(), &[&own])) => panic!("{made:?}"),
                me = shop.me(call(Nothing {}, &[&own])) => me.expect("good").into_inner(),
            };
            assert_eq!(me.subject, name);
            let guest = shop.maybe(Nothing {}).await.expect("a guest").into_inner();
            assert_eq!(guest, Caller { subject: None });
            assert_eq!(shop.maybe(call(Nothing {}, &[&own])).await.expect("good").into_inner(), known(&name));
            let refused = shop.list_items(call(Nothing {}, &[&own])).await.expect_err("no scope");
            assert_eq!(shown(&refused), (Code::PermissionDenied, vec![NO_READ]));
            let twice = shop.me(call(Nothing {}, &[&own, &own])).await.expect_err("two lines");
            assert_eq!(twice.code(), Code::InvalidArgument);
        });
    }
    assert_eq!(calls.join_all().await.len(), 300);
}

/// Bytes in metadata travel under names of their own, which are no fields of any scheme.
#[tokio::test]
async fn binary_metadata_holds_no_credentials() {
    let server = server();
    let mut shop = client(&server).await;
    let mut request = Request::new(Nothing {});
    for line in [alice().header(), key()] {
        let (name, value) = line.split_once(": ").expect("a header line");
        let name: BinaryMetadataKey = format!("{}-bin", name.to_ascii_lowercase()).parse().expect("a name");
        request.metadata_mut().insert_bin(name, MetadataValue::from_bytes(value.as_bytes()));
    }
    assert_eq!(shown(&shop.me(request).await.expect_err("nobody")), (Code::Unauthenticated, vec![BEARER, BASIC, KEY]));
}

#[tokio::test]
async fn hidden_is_an_unknown_method_to_those_who_may_not_see_it() {
    let server = server();
    let mut shop = client(&server).await;
    let alice = alice().header();
    let hidden = shop.hidden(call(Nothing {}, &[&alice])).await.expect_err("hidden");
    let endpoint = Endpoint::from_shared(format!("http://{}", server.address)).expect("an address");
    let mut grpc = tonic::client::Grpc::new(endpoint.connect_lazy());
    for path in ["/demo.v1.Shop/NoSuchMethod", "/no.such.Service/Hidden"] {
        grpc.ready().await.expect("a connection");
        let codec = tonic_prost::ProstCodec::<Nothing, Caller>::default();
        let unknown = grpc.unary(call(Nothing {}, &[&alice]), path.parse().expect("a path"), codec).await;
        let unknown = unknown.expect_err("unknown");
        assert_eq!((unknown.code(), unknown.message()), (hidden.code(), hidden.message()), "{path}");
        let fields = |status: &Status| {
            let mut fields = status.metadata().clone();
            fields.remove("date");
            fields.into_headers()
        };
        assert_eq!(fields(&unknown), fields(&hidden), "{path}");
    }
    assert_eq!(hidden.code(), Code::NotFound);
}

#[test]
fn both_signals_end_it_well() {
    for signal in ["INT", "TERM"] {
        let mut server = server();
        server.signal(signal);
        assert_eq!(server.wait().code(), Some(0), "SIG{signal}");
    }
}

#[test]
fn mistakes_in_the_environment_end_the_start() {
    for (name, value) in [("DEMO_JWT_SECRET", "c2hvcnQ"), ("DEMO_API_KEY", "hunter2"), ("LISTEN", "3000")] {
        let refused = program().refused_start(name, value);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""), "{}", refused.stderr);
        assert!(refused.stderr.starts_with(&format!("hello-tonic: {name}: ")), "{}", refused.stderr);
    }
}

#[test]
fn it_prints_a_line_for_each_way_into_each_method() {
    let server = program().spawn_with(|command| command.env("DEMO_PRINT", "1"));
    for _ in 0..15 {
        let line = server.next_line().expect("a line");
        assert!(line.starts_with("grpcurl -plaintext ") && line.contains(&server.address), "{line}");
    }
    assert!(!server.has_line(), "nothing after them");
}
