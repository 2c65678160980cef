//! Each order of the attribute and salvo's own: it works, or does not compile.

#[test]
fn the_right_order_works_and_the_other_one_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
    if cfg!(feature = "oapi") {
        cases.pass("tests/ui/oapi/pass/*.rs");
        cases.compile_fail("tests/ui/oapi/fail/*.rs");
    }
}
