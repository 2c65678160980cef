//! Extractors that fail: each of actix-web's own, and one of the application's. None is asked before the decision.

use std::collections::HashMap;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::error::ErrorImATeapot;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::web::{self, Bytes, Data, Either, Form, Header, Json, Path, PayloadConfig, Query};
use actix_web::{App, Error, FromRequest, HttpRequest, http};
use auth_actix::{Auth, AuthMiddleware, Realm, requires_auth};
use auth_test::bearer;
use tokio::sync::watch;

use crate::rooms::{Tokens, User};

/// An extractor of the application that wants nobody.
struct Picky;

impl FromRequest for Picky {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Err(ErrorImATeapot("nobody is good enough")))
    }
}

struct Missing;

type Fields = HashMap<String, u32>;

macro_rules! handlers {
    ($($name:ident: $ty:ty = $status:literal;)*) => {
        $(
            #[requires_auth(bearer, scope = "rooms:write")]
            async fn $name(_value: $ty, _user: Auth<User>) -> &'static str {
                "ok"
            }
        )*

        fn routes(config: &mut web::ServiceConfig) {
            // A body of three bytes is too long for whoever wants it whole.
            config.app_data(PayloadConfig::new(2));
            $(config.route(concat!("/", stringify!($name), "/{id}"), auth_actix::post().to($name));)*
        }

        const EXTRACTORS: &[(&str, u16)] = &[$((stringify!($name), $status)),*];
    };
}

handlers! {
    path: Path<u32> = 404;
    query: Query<Fields> = 400;
    json: Json<Fields> = 400;
    form: Form<Fields> = 400;
    bytes: Bytes = 413;
    string: String = 413;
    header: Header<http::header::IfModifiedSince> = 400;
    data: Data<Missing> = 500;
    either: Either<Json<Fields>, Form<Fields>> = 413;
    nested: (Path<String>, (Query<Fields>, String)) = 400;
    picky: Picky = 418;
}

#[actix_web::test]
async fn what_is_wrong_with_a_request_is_told_to_who_may_pass_only() {
    let (_gate, open) = watch::channel(true);
    let realm = Realm::<User>::builder("rooms").bearer(Tokens(open)).build().expect("a good realm");
    let service = init_service(App::new().configure(routes).wrap(AuthMiddleware::new(realm))).await;
    for &(name, status) in EXTRACTORS {
        for (token, status) in [(None, 401), (Some("unknown"), 401), (Some("reader"), 403), (Some("writer"), status)] {
            let content_type = if name == "form" { "application/x-www-form-urlencoded" } else { "application/json" };
            let request = TestRequest::post()
                .uri(&format!("/{name}/no-number?hour=noon"))
                .insert_header(("content-type", content_type))
                .set_payload("no!");
            let request = match token {
                Some(token) => request.insert_header(("authorization", bearer(token))),
                None => request,
            };
            let got = call_service(&service, request.to_request()).await.status().as_u16();
            assert_eq!(got, status, "{name} {token:?}");
        }
    }
}
