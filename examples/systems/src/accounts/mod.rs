//! Accounts from a file: [what it may say](AccountFile), and how it gets into an empty store.

mod file;
mod load;

pub use file::AccountFile;

use auth_issuer::Account;

/// The id of the only account where there is one.
pub const SINGLE_USER: &str = "coco-default-user";
/// The attribute with the owner's name.
pub const NAME: &str = "name";
/// The attribute with the places that the owner is registered with.
pub const LOCATIONS: &str = "locations";
/// Where owners are registered of whom the file does not say; the place of every server.
pub const HERE: &str = "demo";

/// How an account is called: by its owner's [`NAME`], or by its login where there is none.
#[must_use]
pub fn display_name(account: &Account) -> String {
    account.attributes().parse(NAME).unwrap_or_else(|_missing| account.login().to_owned())
}

#[cfg(test)]
mod tests {
    use auth_core::Claims;
    use auth_core::claims::ClaimValue;

    use super::*;

    #[test]
    fn an_account_without_a_name_is_called_by_its_login() {
        let account = Account::new("1", "jane@example.com").expect("good");
        assert_eq!(display_name(&account), "jane@example.com");
        let nameless = account.clone().with_attributes(Claims::new().with(NAME, ClaimValue::Null));
        assert_eq!(display_name(&nameless), "jane@example.com");
        assert_eq!(display_name(&account.with_attributes(Claims::new().with(NAME, "Jane Doe"))), "Jane Doe");
    }
}
