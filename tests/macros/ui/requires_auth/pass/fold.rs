//! Fold mode, with an adapter that is not one of ours.
#![deny(warnings, dead_code, unused)]
#![forbid(unsafe_code)]

use auth_core::__adapter::actix::{auth_impl, public, requires_auth};
use auth_core::EndpointPolicy as _;

mod adapter {
    pub mod __private {
        pub mod v1 {
            use std::marker::PhantomData;

            pub use auth_core::__private::v1::*;

            pub struct Guarded<E, A>(pub A, pub PhantomData<E>);

            impl<E: EndpointPolicy, A> Guarded<E, A> {
                pub fn into_args(self) -> A {
                    self.0
                }
            }
        }
    }

    pub fn decided<E, A>(arguments: A) -> __private::v1::Guarded<E, A> {
        __private::v1::Guarded(arguments, std::marker::PhantomData)
    }
}

use adapter::decided;

struct Path<T>(T);

#[requires_auth(bearer, crate = adapter)]
fn sum<const N: usize>(Path((a, _)): Path<(u8, char)>, mut rest: [u8; N], Path(b): Path<u8>) -> u8 {
    use std::ops::Add as _;
    rest[0] = rest[0].add(a);
    rest[0] + b
}

#[public(reason = "pong", crate = adapter)]
fn ping() -> &'static str {
    "pong"
}

struct Api(u8);

#[auth_impl(crate = adapter)]
impl Api {
    #[requires_auth(basic)]
    fn add(&self, one: u8) -> u8 {
        self.0 + one
    }
}

fn main() {
    assert_eq!(sum(decided((Path((1, 'x')), [2; 3], Path(4)))), 7);
    assert_eq!(ping(decided(())), "pong");
    assert_eq!(Api(1).add(decided((1,))), 2);
    assert_eq!(SumAuth::ENDPOINT.policy.to_string(), "bearer");
    assert_eq!(PingAuth::ENDPOINT.policy.public, Some("pong"));
    assert_eq!(ApiAddAuth::ENDPOINT.name, "Api::add");
}
