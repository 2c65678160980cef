//! Each order of the attribute and poem's own: it works, or does not compile, and what the compiler says then.

mod above_the_handler;
#[cfg(feature = "openapi")]
mod auth_impl_above_the_interface;

#[test]
fn the_other_order_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/fail/*.rs");
    if cfg!(feature = "openapi") {
        cases.compile_fail("tests/ui/openapi/fail/*.rs");
    }
}
