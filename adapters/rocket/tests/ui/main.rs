//! Each order of the attribute and Rocket's own: it works, or does not compile, and what the compiler says then.

mod above_the_route;

#[test]
fn the_other_order_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/fail/*.rs");
}
