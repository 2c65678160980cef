//! The guard that the attribute adds to a function of an `#[OpenApi]` block.

use std::any::type_name;
use std::borrow::Cow;

use auth_core::EndpointPolicy;
use auth_core::decision::begin;
use auth_core::openapi::{SecurityScheme, well_known_schemes};
use poem::{Request, RequestBody, Result};
use poem_openapi::registry::{MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use super::document;
use crate::auth::Refusal;
use crate::head::{handle, head};

// A type of its own: poem-openapi has an opinion of every extractor of poem, which is that it documents nothing.
auth_core::__adapter_require!();

impl<'a, E: EndpointPolicy> ApiExtractor<'a> for Require<E> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        for (name, scheme) in well_known_schemes(&E::ENDPOINT.policy) {
            let SecurityScheme::Http(Cow::Borrowed(http)) = scheme else { continue };
            registry.create_security_scheme(
                name,
                MetaSecurityScheme {
                    ty: "http",
                    description: None,
                    name: None,
                    key_in: None,
                    scheme: Some(http),
                    bearer_format: None,
                    flows: None,
                    openid_connect_url: None,
                },
            );
        }
    }

    fn security_schemes() -> Vec<&'static str> {
        document::names(E::ENDPOINT, type_name::<E>())
    }

    fn has_security_fallback() -> bool {
        E::ENDPOINT.policy.optional
    }

    async fn from_request(request: &'a Request, _: &mut RequestBody, _: ExtractParamOptions<()>) -> Result<Self> {
        let handle = handle(request);
        let check = begin(handle, &head(request), E::ENDPOINT);
        if let Err(refusal) = check.await {
            // A response type may have a `bad_request_handler`, which makes an answer of its own of every error.
            if let Some(handle) = handle {
                handle.withhold(&refusal);
            }
            return Err(Refusal::from(refusal).into());
        }
        Ok(Self::decided())
    }
}
