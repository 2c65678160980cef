use auth_axum::Principal;

#[derive(Clone, PartialEq)]
struct Url;

impl auth_core::claims::FromClaim for Url {
    const EXPECTED: &'static str = "a URL";

    fn from_claim(_: &auth_core::claims::ClaimValue) -> Option<Self> {
        None
    }
}

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    subject: String,
    #[principal(default)]
    home: Url,
}

fn main() {}
