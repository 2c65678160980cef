//! The mistake is the only error: the type still is a principal.

use auth_core::Principal;

#[derive(Principal)]
struct User<T> {
    id: T,
}

fn takes_a_principal<P: Principal>() {}

fn main() {
    takes_a_principal::<User<u8>>();
}
