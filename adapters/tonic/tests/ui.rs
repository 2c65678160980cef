//! Every order of the attribute and tonic's own works.

#[test]
fn every_order_works() {
    trybuild::TestCases::new().pass("tests/ui/pass/*.rs");
}
