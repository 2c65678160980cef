//! All statements, so that a test can look at how a database would run each.

/// Defines statements and a list `ALL` of them. Each is the concatenation of its parts.
macro_rules! statements {
    ($($name:ident = [$($part:tt)*];)*) => {
        $(pub(super) const $name: &str = concat!($($part)*);)*

        #[cfg(feature = "store-tests")]
        pub(super) const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}
pub(super) use statements;

/// Every statement of every verb, by name.
#[cfg(feature = "store-tests")]
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    use super::{
        accounts, chains, changes, counters, key_ids, keys, one_time, sessions, sweep, throttle, token_ids, totp,
    };

    let lists = [
        accounts::ALL,
        chains::ALL,
        changes::ALL,
        counters::ALL,
        key_ids::ALL,
        keys::ALL,
        one_time::ALL,
        sessions::ALL,
        sweep::ALL,
        throttle::ALL,
        token_ids::ALL,
        totp::ALL,
    ];
    lists.into_iter().flatten().copied()
}
