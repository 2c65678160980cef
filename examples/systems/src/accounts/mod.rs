//! Accounts from a file: [what it may say](AccountFile), and how it gets into an empty store.

mod file;
mod load;

pub use file::AccountFile;

/// The id of the only account where there is one.
pub const SINGLE_USER: &str = "coco-default-user";
/// The attribute with the owner's name.
pub const NAME: &str = "name";
/// The attribute with the places that the owner is registered with.
pub const LOCATIONS: &str = "locations";
/// Where owners are registered of whom the file does not say; the place of every server.
pub const HERE: &str = "demo";
