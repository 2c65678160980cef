//! The names of one JSON object.

use std::borrow::Cow;
use std::collections::BTreeSet;

/// How many names are compared one by one, without memory of their own.
const FEW: usize = 8;

/// Names that were seen, to find one that stands twice: the work grows with their number, and not with its square.
#[derive(Default)]
pub(super) struct Names<'t> {
    few: [&'t [u8]; FEW],
    count: usize,
    more: BTreeSet<Cow<'t, [u8]>>,
}

impl<'t> Names<'t> {
    /// Adds a name; `false` if it was there.
    pub(super) fn insert(&mut self, name: Cow<'t, str>) -> bool {
        self.insert_bytes(match name {
            Cow::Borrowed(name) => Cow::Borrowed(name.as_bytes()),
            Cow::Owned(name) => Cow::Owned(name.into_bytes()),
        })
    }

    /// The same of the bytes of a name.
    pub(super) fn insert_bytes(&mut self, name: Cow<'t, [u8]>) -> bool {
        let is_known = self.few.iter().take(self.count).any(|known| **known == *name);
        match (self.few.get_mut(self.count), name) {
            _ if is_known => false,
            (Some(place), Cow::Borrowed(name)) if self.more.is_empty() => {
                *place = name;
                self.count = self.count.saturating_add(1);
                true
            }
            (_, name) => self.more.insert(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_once_wherever_it_is_kept() {
        let texts: Vec<String> = (0..20).map(|number| number.to_string()).collect();
        for first_owned in 0..20 {
            let name = |at: usize| match texts.get(at) {
                Some(text) if at < first_owned => Cow::Borrowed(text.as_str()),
                text => Cow::Owned(text.cloned().unwrap_or_default()),
            };
            let mut names = Names::default();
            assert!((0..20).all(|at| names.insert(name(at))), "{first_owned}");
            assert!(!(0..20).any(|at| names.insert(name(at))), "{first_owned}");
            assert!(!texts.iter().any(|text| names.insert(Cow::Borrowed(text))), "{first_owned}");
        }
    }
}
