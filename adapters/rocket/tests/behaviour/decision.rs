//! The decision comes first: no parameter is looked at before it, whatever is wrong with the request.

use std::sync::atomic::{AtomicUsize, Ordering};

use auth_rocket::{Auth, AuthFairing, requires_auth};
use rocket::data::{self, Data, FromData};
use rocket::form::{Form, FromForm};
use rocket::http::{Method, Status};
use rocket::request::{FromParam, FromRequest, Outcome};
use rocket::serde::json::Json;
use rocket::{Request, post, routes};

use crate::rooms::{User, ask, client, problem, realm};

static LOOKS: AtomicUsize = AtomicUsize::new(0);

fn look() {
    LOOKS.fetch_add(1, Ordering::SeqCst);
}

/// A guard, a path segment and a body that nothing is good enough for.
#[derive(Debug)]
struct Picky;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Picky {
    type Error = &'static str;

    async fn from_request(_: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        look();
        Outcome::Error((Status::ImATeapot, "nobody is good enough"))
    }
}

impl<'r> FromParam<'r> for Picky {
    type Error = &'static str;

    fn from_param(_: &'r str) -> Result<Self, Self::Error> {
        look();
        Err("no segment is good enough")
    }
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Picky {
    type Error = &'static str;

    async fn from_data(_: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self> {
        look();
        drop(data);
        data::Outcome::Error((Status::ImATeapot, "no body is good enough"))
    }
}

#[derive(FromForm)]
struct Fields {
    #[expect(dead_code, reason = "no request gets so far")]
    hour: u32,
}

#[requires_auth(bearer, scope = "rooms:write")]
#[post("/guard")]
fn guard(_picky: Picky) {}

#[requires_auth(bearer, scope = "rooms:write")]
#[post("/segment/<_picky>")]
fn segment(_picky: Picky) {}

#[requires_auth(bearer, scope = "rooms:write")]
#[post("/data", data = "<_picky>")]
fn body(_picky: Picky) {}

#[requires_auth(bearer, scope = "rooms:write")]
#[post("/number/<_number>")]
fn number(_number: u32) {}

#[requires_auth(bearer, scope = "rooms:write")]
#[post("/query?<_hour>")]
fn query(_hour: u32, _user: Auth<User>) {}

#[requires_auth(bearer, scope = "rooms:write")]
#[post("/json", data = "<_json>")]
fn json(_json: Json<u32>, _user: Auth<User>) {}

#[requires_auth(bearer, scope = "rooms:write")]
#[post("/form", data = "<_form>")]
fn form(_form: Form<Fields>) {}

#[requires_auth(bearer, scope = "rooms:write")]
#[post("/text", data = "<_text>")]
fn text(_text: &str) {}

#[test]
fn what_is_wrong_with_a_request_is_told_to_who_may_pass_only() {
    let routes = routes![guard, segment, body, number, query, json, form, text];
    let client = client(routes, AuthFairing::new(realm("rooms")));
    for (path, wrong, looks) in [
        ("/guard", 418, 1),
        ("/segment/x", 422, 1),
        ("/data", 418, 1),
        ("/number/none", 422, 0),
        ("/query?_hour=noon", 422, 0),
        ("/json", 400, 0),
        // Not the content type of a form.
        ("/form", 415, 0),
        ("/text", 200, 0),
    ] {
        for (token, status) in [
            (None, 401),
            (Some("unknown"), 401),
            (Some("not a token"), 401),
            (Some("reader"), 403),
            (Some("throttled"), 429),
            (Some("down"), 503),
        ] {
            assert_eq!(ask(&client, Method::Post, path, token), (status, problem(status)), "{path} {token:?}");
            assert_eq!(LOOKS.swap(0, Ordering::SeqCst), 0, "{path} {token:?}");
        }
        assert_eq!(ask(&client, Method::Post, path, Some("writer")).0, wrong, "{path}");
        assert_eq!(LOOKS.swap(0, Ordering::SeqCst), looks, "{path}");
    }
}
