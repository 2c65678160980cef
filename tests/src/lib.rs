//! What the workspace's tests share: deciding a request against a policy without any framework.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[derive(Debug)]
pub struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../../docs/jwt.md")]
#[derive(Debug)]
pub struct Jwt;

#[cfg(doctest)]
#[doc = include_str!("../../docs/sign-in.md")]
#[derive(Debug)]
pub struct SignIn;

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use auth_core::catalogue::Endpoint;
use auth_core::decision::{Handle, Verdict, begin};
use auth_core::{AnyRealm, Policy, Refusal, RequestHead};

/// Decides a request whose verifiers all answer at once.
///
/// # Panics
///
/// If the decision has to wait.
pub fn decide(realm: &AnyRealm, head: &dyn RequestHead, policy: Policy) -> Result<Verdict, Refusal> {
    let handle = Handle::new(realm.clone());
    let endpoint = Box::leak(Box::new(endpoint(policy)));
    match pin!(begin(Some(&handle), head, endpoint)).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("the verifiers of this test answer at once"),
    }
}

/// An endpoint of that policy.
#[must_use]
pub fn endpoint(policy: Policy) -> Endpoint {
    Endpoint { name: "tested", module: module_path!(), file: file!(), line: line!(), policy, principal: None }
}

/// A value that lives as long as the test program.
pub fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}
