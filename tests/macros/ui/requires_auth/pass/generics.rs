//! Generics, bounds, lifetimes and constants of a handler stay as they are written.

use std::marker::PhantomData;

use auth_axum::{Auth, Principal, Router, get, requires_auth};
use axum::extract::{FromRef, State};

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    id: String,
}

trait Store: Clone + Send + Sync + 'static {
    fn name(&self) -> &'static str;
}

#[derive(Clone)]
struct Memory;

impl Store for Memory {
    fn name(&self) -> &'static str {
        "memory"
    }
}

#[derive(Clone)]
struct App {
    store: Memory,
}

impl FromRef<App> for Memory {
    fn from_ref(app: &App) -> Self {
        app.store.clone()
    }
}

/// Generic, with a where clause.
#[requires_auth(bearer)]
async fn list<S>(State(store): State<S>, user: Auth<User>) -> String
where
    S: Store,
{
    format!("{} in {}", user.id, store.name())
}

/// Generic over the principal: the catalogue does not know its type.
#[requires_auth(bearer)]
async fn whoami<P: Clone + Send + Sync + 'static>(_user: Auth<P>) -> &'static str {
    "somebody"
}

/// A constant and a lifetime.
#[requires_auth(basic)]
async fn page<'a, const N: usize, T>(_items: [PhantomData<&'a T>; N]) -> usize
where
    T: 'a + ?Sized,
{
    N
}

/// Not async, with a parameter and a result that have no name.
#[requires_auth(api_key)]
fn count(items: impl IntoIterator<Item = u8>) -> impl Iterator<Item = u8> {
    items.into_iter()
}

fn main() {
    let _app: Router<App> = Router::new().route("/list", get(list::<Memory>)).route("/me", get(whoami::<User>));
    let _page = page::<'static, 3, str>;
    let _count = |proof| count(proof, [1]).count();
    let listed = <ListAuth as auth_axum::EndpointPolicy>::ENDPOINT;
    assert!(listed.principal.is_some_and(|principal| principal.name().ends_with("User")));
    assert!(<WhoamiAuth as auth_axum::EndpointPolicy>::ENDPOINT.principal.is_none());
}
