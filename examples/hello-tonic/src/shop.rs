//! The methods. Each says who may call it; one that does not say so is never reached.

use auth_tonic::{Auth, auth_impl};
use demo::User;
use tokio_stream::{Iter, StreamExt as _};
use tonic::{Request, Response, Status, Streaming};

use pb::shop_server::Shop;
use pb::{Caller, HealthReply, Item, Items, MeReply, NewItem, Nothing};

#[expect(
    unreachable_pub,
    unused_qualifications,
    clippy::allow_attributes,
    clippy::as_conversions,
    clippy::allow_attributes_without_reason,
    clippy::pedantic,
    reason = "generated code"
)]
pub(crate) mod pb {
    //! What `build.rs` has made of `proto/shop.proto`.
    tonic::include_proto!("demo.v1");
}

/// The service. It keeps nothing: every new item is the second one.
pub(crate) struct DemoShop;

#[auth_impl]
#[tonic::async_trait]
impl Shop for DemoShop {
    #[public(reason = "health check")]
    async fn health(&self, _request: Request<Nothing>) -> Result<Response<HealthReply>, Status> {
        Ok(Response::new(HealthReply { status: "ok".to_owned() }))
    }

    #[requires_auth(bearer, basic, api_key)]
    async fn me(&self, request: Request<Nothing>) -> Result<Response<MeReply>, Status> {
        let user = Auth::<User>::of(&request).await?;
        Ok(Response::new(MeReply { subject: user.subject.clone(), scheme: Auth::scheme(&user).to_owned() }))
    }

    type ListItemsStream = Iter<std::array::IntoIter<Result<Item, Status>, 1>>;

    #[requires_auth(bearer, basic, api_key, scope = "items:read")]
    async fn list_items(&self, _request: Request<Nothing>) -> Result<Response<Self::ListItemsStream>, Status> {
        let all = demo::items::Item::all().map(|item| Ok(item.into()));
        Ok(Response::new(tokio_stream::iter(all)))
    }

    #[requires_auth(bearer, scope = "items:write")]
    async fn create_item(&self, request: Request<NewItem>) -> Result<Response<Item>, Status> {
        Ok(Response::new(request.into_inner().into()))
    }

    #[requires_auth(bearer, scope = "items:write")]
    async fn create_items(&self, request: Request<Streaming<NewItem>>) -> Result<Response<Items>, Status> {
        let (mut items, mut new) = (Vec::new(), request.into_inner());
        while let Some(new) = new.next().await {
            items.push(new?.into());
        }
        Ok(Response::new(Items { items }))
    }

    #[requires_auth(bearer, basic, role = "admin")]
    async fn admin(&self, request: Request<Nothing>) -> Result<Response<Caller>, Status> {
        caller(&request).await
    }

    #[requires_auth(bearer, optional)]
    async fn maybe(&self, request: Request<Nothing>) -> Result<Response<Caller>, Status> {
        let user = Auth::<User>::of_guest(&request).await?;
        Ok(Response::new(Caller { subject: user.map(|user| user.subject.clone()) }))
    }

    #[requires_auth(bearer, any(role = "admin", all(scope = "items:read", not(role = "guest"))))]
    async fn either(&self, request: Request<Nothing>) -> Result<Response<Caller>, Status> {
        caller(&request).await
    }

    #[requires_auth(bearer, role = "admin", hide)]
    async fn hidden(&self, request: Request<Nothing>) -> Result<Response<Caller>, Status> {
        caller(&request).await
    }
}

async fn caller(request: &Request<Nothing>) -> Result<Response<Caller>, Status> {
    let user = Auth::<User>::of(request).await?;
    Ok(Response::new(Caller { subject: Some(user.subject.clone()) }))
}

impl From<demo::items::Item> for Item {
    fn from(item: demo::items::Item) -> Self {
        Self { id: item.id, name: item.name }
    }
}

impl From<NewItem> for Item {
    fn from(new: NewItem) -> Self {
        demo::items::Item::from(demo::items::NewItem { name: new.name }).into()
    }
}
