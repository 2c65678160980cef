//! Each order of the attribute and Rocket's own: it works, or does not compile, and what the compiler says then.

#[test]
fn the_right_order_works_and_the_other_one_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
}
