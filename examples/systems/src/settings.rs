//! What one vendor lets an operator choose: `--set NAME=VALUE`.

use std::collections::BTreeMap;

use crate::failure::StartError;

/// A setting that only one system has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "systems write them down")]
pub struct Setting {
    /// The name in `--set NAME=VALUE`.
    pub name: &'static str,
    /// The values that it has; the first one is the default. Without any it takes every text, and is empty if not set.
    pub values: &'static [&'static str],
    /// One sentence for `--help`.
    pub help: &'static str,
}

/// The settings of a start, each with a value that is one of its own.
#[derive(Clone, Debug)]
pub struct Settings {
    known: &'static [Setting],
    chosen: BTreeMap<&'static str, String>,
}

/// Reads the value of a setting as a type of the system.
pub trait SettingValue: Sized {
    /// The value of that text; `None` if the type has none.
    fn from_text(text: &str) -> Option<Self>;
}

impl SettingValue for bool {
    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Settings {
    /// Reads `NAME=VALUE` pairs.
    ///
    /// # Errors
    ///
    /// If a name is unknown or there twice, or a value is not one of the name's own.
    pub fn parse<'a>(known: &'static [Setting], pairs: impl IntoIterator<Item = &'a str>) -> Result<Self, StartError> {
        let mut chosen = BTreeMap::new();
        for pair in pairs {
            let complain = |why: &str| StartError::new(format!("--set {}: {why}", pair.escape_debug()));
            let (name, value) = pair.split_once('=').ok_or_else(|| complain("write NAME=VALUE"))?;
            let setting = known.iter().find(|setting| setting.name == name).ok_or_else(|| {
                let names: Vec<_> = known.iter().map(|setting| setting.name).collect();
                if names.is_empty() {
                    complain("this server has no settings")
                } else {
                    complain(&format!("there is no such setting; there are {}", names.join(", ")))
                }
            })?;
            if !setting.values.is_empty() && !setting.values.contains(&value) {
                return Err(complain(&format!("the value has to be one of {}", setting.values.join(", "))));
            }
            if chosen.insert(setting.name, value.to_owned()).is_some() {
                return Err(complain("the name is set twice"));
            }
        }
        Ok(Self { known, chosen })
    }

    /// The value of a setting: the chosen one, or the default.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        let default = || self.known.iter().find(|setting| setting.name == name)?.values.first().copied();
        self.chosen.get(name).map(String::as_str).or_else(default).unwrap_or_default()
    }

    /// The value of a setting as a type of the system.
    ///
    /// # Errors
    ///
    /// If the system does not know the setting, or the type does not know the value: a mistake of the program.
    pub fn get<T: SettingValue>(&self, name: &str) -> Result<T, StartError> {
        let text = self.text(name);
        T::from_text(text).ok_or_else(|| StartError::new(format!("the setting {name} has no value {text:?}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[Setting] = &[
        Setting { name: "reveal_unknown", values: &["false", "true"], help: "" },
        Setting { name: "expire_in", values: &["duration", "absolute"], help: "" },
    ];

    #[test]
    fn the_first_value_is_the_default() {
        let settings = Settings::parse(KNOWN, ["reveal_unknown=true"]).expect("good");
        assert!(settings.get::<bool>("reveal_unknown").expect("a truth value"));
        assert_eq!(settings.text("expire_in"), "duration");
    }

    #[test]
    fn refuses_what_no_setting_is() {
        for pairs in [&["x"][..], &["lenient_json=true"], &["expire_in=never"], &["expire_in=duration"; 2]] {
            let error = Settings::parse(KNOWN, pairs.iter().copied()).expect_err("refused").to_string();
            assert!(error.starts_with("--set "), "{error}");
        }
    }
}
