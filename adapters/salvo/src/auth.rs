//! What handlers name: the principal and the refusal.

use std::fmt::Debug;
use std::sync::LazyLock;

use auth_core::decision::{Guest, current};
use bytes::Bytes;
use salvo::extract::Metadata;
use salvo::http::ResBody;
use salvo::{Depot, Extractible, Request, Response, Scribe, Writer, async_trait};
use serde::de::{Deserialize, Deserializer, Error as _};

use crate::head::{handle, head};

auth_core::__adapter_types!();

impl<'ex, P: Send + Sync + 'static> Extractible<'ex> for Auth<P> {
    fn metadata() -> &'static Metadata {
        static METADATA: LazyLock<Metadata> = LazyLock::new(|| Metadata::new("Auth"));
        &METADATA
    }

    async fn extract(
        request: &'ex mut Request,
        depot: &'ex mut Depot,
    ) -> Result<Self, impl Writer + Send + Debug + 'static> {
        let principal = Self::find(request, depot).await.map_err(NoPrincipal::Refused)?;
        principal.ok_or_else(|| NoPrincipal::Guest(Guest::instead_of::<P>(handle(depot), &head(request))))
    }
}

impl<P: Send + Sync + 'static> Auth<P> {
    /// The principal; `None` is a guest.
    pub(crate) async fn find(request: &Request, depot: &Depot) -> Result<Option<Self>, Refusal> {
        let current = current(handle(depot), &head(request));
        Ok(current.await?.map(Self))
    }
}

/// salvo asks for this wherever a parameter is an `Option`, and never uses it here: a principal comes from the request
/// that proved it, so none is made of data.
impl<'de, P> Deserialize<'de> for Auth<P> {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(D::Error::custom("a principal is never read from data"))
    }
}

/// Why there is no principal. Where a parameter is an `Option`, nobody writes it.
#[derive(Debug)]
enum NoPrincipal {
    Refused(Refusal),
    Guest(Guest),
}

#[async_trait]
impl Writer for NoPrincipal {
    async fn write(self, _: &mut Request, _: &mut Depot, response: &mut Response) {
        let refusal = match self {
            Self::Refused(refusal) => refusal,
            Self::Guest(guest) => Refusal(guest.refusal()),
        };
        refusal.render(response);
    }
}

/// Replaces the body; the header fields of the refusal replace those of the same names.
impl Scribe for Refusal {
    fn render(self, response: &mut Response) {
        let (head, body) = auth_tower::render::<Bytes>(self.0).into_parts();
        response.status_code(head.status);
        for name in head.headers.keys() {
            response.headers.remove(name);
        }
        response.headers.extend(head.headers);
        response.extensions.extend(head.extensions);
        response.replace_body(ResBody::Once(body));
    }
}
