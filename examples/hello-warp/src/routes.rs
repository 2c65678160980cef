//! Which function serves which path.

use std::convert::Infallible;

use auth_warp::{Realm, auth, guest, not_found, recover, require};
use demo::User;
use warp::http::StatusCode;
use warp::reply::Response;
use warp::{Filter, Rejection, Reply, path};

use crate::body::{NotAnItem, new_item};
use crate::handlers;

/// The whole service. A refusal is answered by `recover`, before `not_found` gets to see the request.
pub(crate) fn routes(
    realm: &Realm<User>,
) -> impl Filter<Extract = (impl Reply + use<>,), Error = Infallible> + Clone + Send + Sync + 'static + use<> {
    let health = path!("public").and(reads()).and(require()).then(handlers::health);
    let me = path!("me").and(reads()).and(require()).and(auth()).then(handlers::me);
    let items = path!("items").and(reads()).and(require()).then(handlers::items);
    let create_item = path!("items").and(warp::post()).and(require()).and(new_item()).then(handlers::create_item);
    let admin = path!("admin").and(reads()).and(require()).and(auth()).then(handlers::admin);
    let maybe = path!("maybe").and(reads()).and(require()).and(guest()).then(handlers::maybe);
    let either = path!("either").and(reads()).and(require()).and(auth()).then(handlers::either);
    let hidden = path!("hidden").and(reads()).and(require()).and(auth()).then(handlers::hidden);
    health
        .or(me)
        .or(items)
        .or(create_item)
        .or(admin)
        .or(maybe)
        .or(either)
        .or(hidden)
        .recover(answer)
        .or(other_method())
        .or(not_found(realm))
}

/// `HEAD` is a `GET` without its body.
fn reads() -> impl Filter<Extract = (), Error = Rejection> + Copy {
    warp::get().or(warp::head()).unify()
}

async fn answer(rejection: Rejection) -> Result<Response, Rejection> {
    match rejection.find::<NotAnItem>() {
        Some(refused) => Ok(refused.reply()),
        None => recover(rejection).await,
    }
}

/// The paths that exist, for methods that they do not have.
fn other_method() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Copy {
    let written = path!("items").map(|| "GET, HEAD, POST");
    let read = path!("public").or(path!("me")).unify().or(path!("admin")).unify().or(path!("maybe")).unify();
    let read = read.or(path!("either")).unify().or(path!("hidden")).unify().map(|| "GET, HEAD");
    written.or(read).unify().map(|allowed| {
        let problem = r#"{"type":"about:blank","title":"Method Not Allowed","status":405}"#;
        let reply = warp::reply::with_status(problem, StatusCode::METHOD_NOT_ALLOWED);
        let reply = warp::reply::with_header(reply, "content-type", "application/problem+json");
        warp::reply::with_header(reply, "allow", allowed)
    })
}
