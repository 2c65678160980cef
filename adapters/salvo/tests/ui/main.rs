//! Each order of the attribute and salvo's own: it works, or does not compile, and what the compiler says then.

#[cfg(feature = "oapi")]
mod above_the_endpoint;
mod above_the_handler;

#[test]
fn the_other_order_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/fail/*.rs");
    if cfg!(feature = "oapi") {
        cases.compile_fail("tests/ui/oapi/fail/*.rs");
    }
}
