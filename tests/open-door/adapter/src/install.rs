//! The realm around routes, and the answer for unknown paths.

use std::future::Future;
use std::pin::Pin;

use auth_core::AnyRealm;
use auth_core::decision::{self, Handle};
use tiny_web::{Handler, IntoResponse as _, Request, Response, Wrap};

use crate::auth::{Refusal, Refused};
use crate::head::Head;

/// Puts a realm into each request. It decides nothing.
#[derive(Clone, Debug)]
pub struct Install(AnyRealm);

impl Install {
    /// Of that realm.
    #[must_use]
    pub fn new(realm: impl Into<AnyRealm>) -> Self {
        Self(realm.into())
    }
}

impl Wrap for Install {
    fn before(&self, request: &mut Request) {
        // An inner realm joins the outer ones, and replaces none.
        let handle = Handle::within(request.extras.get::<Handle>(), self.0.clone());
        request.extras.insert(handle);
    }

    fn after(&self, request: &Request, response: &mut Response) {
        if response.extras.get::<Refused>().is_some() || response.extras.get::<Informed>().is_some() {
            return;
        }
        response.extras.insert(Informed);
        let Some(handle) = request.extras.get::<Handle>() else { return };
        let is_set = response.headers.iter().any(|(name, _)| name == "cache-control");
        for field in handle.success_headers().fields(is_set) {
            if !field.is_added {
                response.headers.retain(|(name, _)| name != field.name);
            }
            response.headers.push((field.name.to_owned(), field.value.to_owned()));
        }
    }
}

/// Marks an answer that caches have been told about.
struct Informed;

/// The handler that [`not_found`] makes.
#[derive(Clone, Debug)]
pub struct NotFound(AnyRealm);

/// A handler for unknown paths: the same bytes as a policy with `hide`.
#[must_use]
pub fn not_found(realm: &impl AsRef<AnyRealm>) -> NotFound {
    NotFound(realm.as_ref().clone())
}

impl Handler<()> for NotFound {
    fn call<'r>(&'r self, request: &'r mut Request) -> Pin<Box<dyn Future<Output = Response> + Send + 'r>> {
        let refusal = Refusal::from(decision::not_found(&self.0, &Head(request)));
        Box::pin(std::future::ready(refusal.into_response()))
    }
}
