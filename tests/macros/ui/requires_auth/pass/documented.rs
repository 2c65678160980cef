//! The policy's type is documented, and so is what stays of the function.
#![deny(warnings, missing_docs)]

pub mod api {
    //! Handlers.

    use auth_axum::requires_auth;

    /// Lists the items.
    ///
    /// More about it.
    #[requires_auth(bearer)]
    /// Below the attribute.
    #[doc = "As an attribute."]
    pub async fn list() {}

    #[doc(hidden)]
    #[requires_auth(bearer)]
    pub async fn hidden() {}
}

fn main() {
    let _routes: [auth_axum::MethodRouter; 2] = [auth_axum::get(api::list), auth_axum::get(api::hidden)];
}
