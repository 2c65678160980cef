//! Every order of the attributes compiles; a handler without one does not, and what the compiler says then.

#[test]
fn every_order_works_and_a_bare_handler_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
}
