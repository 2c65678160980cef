//! Mail: links for owners, and notices of what was changed.
//!
//! An answer never waits for a mail to be sent, and never tells by its time whether there was one: services hand a job
//! to a [`MailQueue`], which composes and sends it later. Links are built from a [`PublicUrl`] of the configuration,
//! never from what a request says of its host.
//!
//! | mailer | feature | |
//! | --- | --- | --- |
//! | [`MemoryMailer`] | | keeps mails, for tests |
//! | `FileMailer` | `mail` | writes each into a file, to be looked at or sent by something else |
//! | `SmtpMailer` | `smtp` | sends them |

#[cfg(feature = "mail")]
mod file;
mod lines;
mod mailer;
mod memory;
mod public_url;
mod queue;
#[cfg(feature = "smtp")]
mod smtp;

#[cfg(feature = "mail")]
pub use file::FileMailer;
pub use mailer::{Mail, MailError, Mailer};
pub use memory::MemoryMailer;
pub use public_url::PublicUrl;
pub use queue::{MailPlace, MailQueue};
#[cfg(feature = "smtp")]
pub use smtp::SmtpMailer;

#[cfg(feature = "mail")]
mod compose;
