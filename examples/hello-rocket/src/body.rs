//! Request bodies: items in JSON, of bounded size, and plain answers to everything else.
//!
//! Rocket's own `Json` does not look at the media type, and reads structs from arrays.

use demo::items::{BadBody, MAX_BODY, NewItem};
use rocket::data::{Data, FromData, Outcome, ToByteUnit as _};
use rocket::http::{ContentType, Header, Status};
use rocket::response::{self, Responder, Response};
use rocket::{Request, async_trait};

/// A body that is a new item in JSON.
pub(crate) struct ItemBody(pub(crate) NewItem);

/// What is answered to a body that is not taken.
#[derive(Debug)]
pub(crate) struct BodyRefused(BadBody);

#[async_trait]
impl<'r> FromData<'r> for ItemBody {
    type Error = BodyRefused;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        match read(request, data).await {
            Ok(item) => Outcome::Success(Self(item)),
            Err(why) => Outcome::Error((Status::new(why.status()), BodyRefused(why))),
        }
    }
}

async fn read(request: &Request<'_>, data: Data<'_>) -> Result<NewItem, BadBody> {
    BadBody::check_type(request.headers().get("content-type").map(str::as_bytes))?;
    let body = data.open(MAX_BODY.bytes()).into_bytes().await.or(Err(BadBody::Malformed))?;
    if body.is_complete() { NewItem::from_json(&body) } else { Err(BadBody::TooLong) }
}

impl<'r> Responder<'r, 'static> for BodyRefused {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let content_type = ContentType::new("application", "problem+json");
        let mut response = Response::build_from((content_type, self.0.problem()).respond_to(request)?);
        response.status(Status::new(self.0.status())).header(Header::new("cache-control", "no-store"));
        if self.0 != BadBody::Malformed {
            // Some of the body may be unread, so the connection is of no further use.
            response.header(Header::new("connection", "close"));
        }
        response.ok()
    }
}
