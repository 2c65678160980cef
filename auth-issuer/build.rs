//! The migrations are embedded: a new one has to build the crate again.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
