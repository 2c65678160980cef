//! Every source of a field, and what an absent claim is.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::SystemTime;

use auth_core::{Claims, Facts, Principal};

#[derive(Clone, Debug, PartialEq)]
struct Id(String);

impl From<String> for Id {
    fn from(text: String) -> Self {
        Self(text)
    }
}

#[derive(Clone, Debug, Principal)]
struct User<T: auth_core::claims::FromClaim + Send + Sync + 'static>
where
    T: Clone + Default,
{
    #[principal(subject)]
    id: Id,
    #[principal(issuer)]
    issuer: Option<String>,
    #[principal(scopes)]
    scopes: Arc<[String]>,
    #[principal(roles)]
    roles: Vec<String>,
    #[principal(expires_at)]
    expires_at: Option<SystemTime>,
    #[principal(auth_time)]
    auth_time: Option<SystemTime>,
    #[principal(credential_id)]
    key: Option<String>,
    #[principal(claim = "lvl", default)]
    level: T,
    email: Option<String>,
    #[principal(parse)]
    address: IpAddr,
    #[principal(parse)]
    proxy: Option<IpAddr>,
    #[principal(claim = "port", parse, default)]
    port: u16,
}

#[derive(Principal)]
struct Account {
    #[principal(subject, parse)]
    number: NonZeroU32,
}

fn main() {
    let facts = Facts::new("7").with_issuer("us").with_roles(["admin"]).with_scopes(["a"]).with_credential_id("k");
    let claims = Claims::new().with("address", "::1").with("email", "a@example.com");
    let user = User::<u8>::from_claims(&facts, &claims).expect("every claim that is needed");
    assert_eq!(user.id, Id("7".into()));
    assert_eq!(
        (user.issuer.as_deref(), user.key.as_deref(), user.email.as_deref()),
        (Some("us"), Some("k"), Some("a@example.com"))
    );
    assert_eq!((user.roles.len(), user.scopes.len(), user.level, user.port), (1, 1, 0, 0));
    assert!(
        user.address.is_loopback() && user.proxy.is_none() && user.expires_at.is_none() && user.auth_time.is_none()
    );

    let refused =
        User::<u8>::from_claims(&facts, &claims.clone().with("proxy", "secret text")).expect_err("no address");
    assert_eq!(refused.to_string(), "claim `proxy` is not a value of field `proxy`");
    let refused = User::<u8>::from_claims(&facts, &claims.with("lvl", "high")).expect_err("no number");
    assert_eq!(refused.to_string(), "claim `lvl` is not a whole number of type u8");
    assert!(User::<u8>::from_claims(&facts, &Claims::new()).is_err(), "no address");

    assert_eq!(Account::from_claims(&facts, &Claims::new()).expect("a number").number.get(), 7);
    let refused = Account::from_claims(&Facts::new("zero"), &Claims::new()).err().expect("no number");
    assert_eq!(refused.to_string(), "subject is not a value of field `number`");
}
