//! Sessions of browsers: a cookie with an opaque secret, of which the store has the digest.
//!
//! The cookie is as in RFC 6265, under the names and defaults that its successor recommends. The one idea: a session is a
//! row that can be listed and ended, and is good while its account has the epoch of the sign-in, so that a new password
//! ends all of them at once.
//!
//! Mount it as a scheme of your own, with [`Sessions`] as its verifier. After a sign-in, [`Sessions::begin`] makes the
//! secret and `SetCookie` (feature `http`) the field that gives it to the browser; at the sign-out, [`Sessions::end`] ends
//! the session and `SetCookie::clear` takes the cookie back.
//!
//! Browsers send a `__Host-` cookie over TLS only, so a proxy that ends TLS has to be in front of every address that people
//! use. Forms on pages of other origins need [`trusted_origin`](auth_core::RealmBuilder::trusted_origin).
//!
//! # Examples
//!
//! ```
//! use auth_core::{Realm, Scheme, Verifier as _};
//! use auth_issuer::MemoryStore;
//! use auth_issuer::sessions::Sessions;
//!
//! #[derive(Scheme)]
//! #[scheme(cookie = "__Host-session", challenge = none)]
//! struct SessionCookie;
//!
//! #[derive(Clone, auth_core::Principal)]
//! struct User {
//!     #[principal(subject)]
//!     id: String,
//! }
//!
//! let store = MemoryStore::new();
//! let sessions = Sessions::new(store.clone(), store);
//! let users = sessions.clone().map(|_, live| User { id: live.account.id().to_owned() });
//! let realm = Realm::<User>::builder("pages").scheme(SessionCookie, users).build()?;
//! # Ok::<(), auth_core::ConfigError>(())
//! ```

mod service;
#[cfg(feature = "http")]
mod set_cookie;
mod store;

pub use service::{BegunSession, LiveSession, Sessions};
#[cfg(feature = "http")]
pub use set_cookie::SetCookie;
pub use store::{SessionRecord, SessionStore};
