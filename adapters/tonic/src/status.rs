//! From a refusal to a gRPC status.

use auth_core::{AnyRealm, decision};
use auth_tower::KeptHead;
use tonic::metadata::{AsciiMetadataValue, MetadataMap};
use tonic::{Code, Status};

use crate::auth::Refusal;

/// The status of "there is nothing": the same as that of a policy with `hide`.
///
/// ```
/// # use auth_core::credential::BearerToken;
/// # struct Tokens;
/// # impl auth_core::Verifier<BearerToken> for Tokens {
/// #     type Value = ();
/// #     async fn verify(&self, _: BearerToken, _: auth_core::Attempt) -> Result<auth_core::Verified<()>, auth_core::VerifyError> {
/// #         Err(auth_core::VerifyError::refused(auth_core::Reason::UNKNOWN_CREDENTIAL))
/// #     }
/// # }
/// use auth_tonic::{Realm, not_found};
///
/// let realm = Realm::<()>::builder("demo").bearer(Tokens).build()?;
/// let status = not_found(&realm);
/// assert_eq!((status.code(), status.message()), (tonic::Code::NotFound, "Not Found"));
/// # Ok::<(), auth_core::ConfigError>(())
/// ```
pub fn not_found(realm: &impl AsRef<AnyRealm>) -> Status {
    let head = KeptHead::of(&http::Request::new(()));
    Refusal::from(decision::not_found(realm.as_ref(), &head.head())).into()
}

/// The codes of gRPC have a row for each status of the wire table.
impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal.status() {
            400 => Code::InvalidArgument,
            401 => Code::Unauthenticated,
            403 => Code::PermissionDenied,
            404 => Code::NotFound,
            429 => Code::ResourceExhausted,
            503 => Code::Unavailable,
            _ => Code::Internal,
        };
        let mut metadata = MetadataMap::new();
        for (name, value) in refusal.headers() {
            // The other fields speak of the body of an HTTP response, or of its connection.
            if let ("www-authenticate" | "retry-after" | "vary", Ok(value)) =
                (name, AsciiMetadataValue::try_from(value))
            {
                metadata.append(name, value);
            }
        }
        Self::with_metadata(code, refusal.to_string(), metadata)
    }
}
