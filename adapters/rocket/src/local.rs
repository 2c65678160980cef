//! What a request carries from its guards to the answer.

use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use auth_core::Refusal;
use auth_core::decision::Handle;
use rocket::Request;
use rocket::http::Status;
use rocket::request::Outcome;

use crate::realms::Realms;

/// Lies in the request's own cache.
#[derive(Default)]
struct Local(Mutex<Slot>);

/// What is known of the route that the request has reached. A route that forwards leaves nothing to the next.
#[derive(Default)]
pub(crate) struct Slot {
    /// The address of the route, which Rocket keeps in its place.
    route: Option<usize>,
    /// The realms around the route.
    pub(crate) handle: Option<Handle>,
    /// What a guard has refused.
    pub(crate) refusal: Option<Refusal>,
    /// Whether the answer is a refusal that a handler or catcher has rendered.
    pub(crate) is_rendered: bool,
}

/// The slot of the route that the request has reached. The lock is held for a moment, never across an `await`.
pub(crate) fn slot<'r>(request: &'r Request<'_>) -> MutexGuard<'r, Slot> {
    // The slot is never left half written, so a poisoned lock holds nothing wrong.
    let mut slot = request.local_cache(Local::default).0.lock().unwrap_or_else(PoisonError::into_inner);
    let route = request.route();
    let address = route.map(|route| ptr::from_ref(route).addr());
    if slot.route != address {
        let handle = route.and_then(|route| request.rocket().state::<Realms>()?.handle(route));
        *slot = Slot { route: address, handle, ..Slot::default() };
    }
    slot
}

/// Refuses the request. The status leads Rocket to a catcher; the fairing puts the whole refusal in place of what
/// that answers, since a guard cannot say more than a status.
pub(crate) fn refuse<T>(request: &Request<'_>, refusal: Refusal) -> Outcome<T, crate::Refusal> {
    slot(request).refusal.get_or_insert_with(|| refusal.clone());
    Outcome::Error((Status::new(refusal.status()), refusal.into()))
}
