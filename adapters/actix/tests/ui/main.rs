//! Every order of the attributes compiles; a handler without one does not, and what the compiler says then.

mod each_order;

#[test]
fn a_bare_handler_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/fail/*.rs");
}
