//! The guard that the attribute adds to a handler.

use std::fmt::Debug;
use std::sync::LazyLock;

use auth_core::EndpointPolicy;
use auth_core::decision::begin;
use salvo::extract::Metadata;
use salvo::{Depot, Extractible, Request, Writer};

use crate::auth::Refusal;
use crate::head::{handle, head};

auth_core::__adapter_require!();

impl<'ex, E: EndpointPolicy> Extractible<'ex> for Require<E> {
    fn metadata() -> &'static Metadata {
        static METADATA: LazyLock<Metadata> = LazyLock::new(|| Metadata::new("Require"));
        &METADATA
    }

    async fn extract(
        request: &'ex mut Request,
        depot: &'ex mut Depot,
    ) -> Result<Self, impl Writer + Send + Debug + 'static> {
        let check = begin(handle(depot), &head(request), E::ENDPOINT);
        check.await.map_err(Refusal::from)?;
        Ok::<_, Refusal>(Self::decided())
    }
}
