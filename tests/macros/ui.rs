//! What the macros accept, and what they say about mistakes. One mistake a file; the texts are for people, so read a
//! changed one as they would. The compiler's own errors are part of them: the toolchain is pinned.

#[test]
fn macros_accept_what_they_promise_and_explain_mistakes() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/*/pass/*.rs");
    cases.compile_fail("ui/*/fail/*.rs");
}
