//! What the macros and the routers accept, and what is said about mistakes. One mistake a file; the texts are for
//! people, so read a changed one as they would. The compiler's own errors are part of them: the toolchain is pinned.
//!
//! Two tests, because mistakes alone are checked in one run of the compiler's front end.

#[test]
fn macros_accept_what_they_promise() {
    trybuild::TestCases::new().pass("ui/*/pass/*.rs");
}

#[test]
fn mistakes_are_explained() {
    trybuild::TestCases::new().compile_fail("ui/*/fail/*.rs");
}
