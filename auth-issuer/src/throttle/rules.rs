//! The numbers.

use std::time::Duration;

use super::rule::Rule;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const MONTH: Duration = Duration::from_hours(30 * 24);

/// How often what may be tried. Each counter heals by itself.
///
/// | rule | limit | then |
/// | --- | --- | --- |
/// | `name_and_source` | 10 wrong passwords a minute | refused until the minute ends |
/// | `source` | 100 wrong passwords a minute | refused until the minute ends |
/// | `name` | 100 wrong passwords an hour, over all sources | one attempt in 5 seconds, whoever is first (see below) |
/// | `code` | 12 wrong codes | one attempt a minute, until a code is accepted |
/// | `codes_in_all` | 100 wrong codes | one attempt an hour, until a code is accepted |
/// | `recovery_code` | 12 wrong recovery codes | one attempt a minute, until a recovery code is accepted |
/// | `mail_to_address` | 3 mails an hour | none until the hour ends |
/// | `mail_from_source` | 20 mails an hour | none until the hour ends |
///
/// Nobody is refused for good, but an owner can be kept out for as long as somebody goes to the trouble. After 100 failures
/// the one attempt in 5 seconds goes to whoever asks first, from wherever they come: whoever asks faster than the owner,
/// without end, can take nearly every one. To let the owner pass it would have to be known who that is before the password
/// is looked at. What is issued already stays good, and so does a way in that does not begin with a password, such as a link
/// by mail.
///
/// A completed sign-in, in one step or two, clears `name_and_source` for where it is completed from, an accepted code clears
/// both of the codes', an accepted recovery code its own; nothing else clears anything. A code of six digits of which three
/// are good at a time is found with a chance of 0.3 % a month, by somebody who has the password already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ThrottleRules {
    /// Wrong passwords for one name from one source.
    pub name_and_source: Rule,
    /// Wrong passwords from one source.
    pub source: Rule,
    /// Wrong passwords for one name from anywhere.
    pub name: Rule,
    /// Wrong codes for one account.
    pub code: Rule,
    /// Wrong codes for one account, in the long run.
    pub codes_in_all: Rule,
    /// Wrong recovery codes for one account.
    pub recovery_code: Rule,
    /// Mails to one address.
    pub mail_to_address: Rule,
    /// Mails that one source asks for.
    pub mail_from_source: Rule,
}

impl Default for ThrottleRules {
    fn default() -> Self {
        let rule = |limit, window, then_one_per| Rule { limit, window, then_one_per };
        Self {
            name_and_source: rule(10, MINUTE, None),
            source: rule(100, MINUTE, None),
            name: rule(100, HOUR, Some(Duration::from_secs(5))),
            code: rule(12, MONTH, Some(MINUTE)),
            codes_in_all: rule(100, MONTH, Some(HOUR)),
            recovery_code: rule(12, MONTH, Some(MINUTE)),
            mail_to_address: rule(3, HOUR, None),
            mail_from_source: rule(20, HOUR, None),
        }
    }
}
