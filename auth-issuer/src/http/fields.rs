//! The fields of a request: named values, each once.

use std::fmt;

use zeroize::Zeroizing;

/// Named values that a form or a JSON object has brought.
///
/// # Security
///
/// Values may be passwords: `Debug` shows names only, and the values are wiped on drop.
#[derive(Clone, Default)]
pub struct Fields {
    list: Vec<Field>,
    numeric_texts: bool,
}

#[derive(Clone)]
struct Field {
    name: String,
    value: Value,
}

/// A value as it stood in the request.
#[derive(Clone)]
pub(super) enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number, written without fraction and exponent, of at most 64 bits.
    Integer(i64),
    /// A text.
    Text(Zeroizing<String>),
    /// An array of texts.
    List(Vec<String>),
    /// An object.
    Object(Fields),
    /// Another number, or an array of anything else.
    Other,
}

impl Fields {
    /// The text of that name; `None` if it is absent or no text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.value(name)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of that name, unless it is empty: for fields of which an empty one means none.
    #[must_use]
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.text(name).filter(|text| !text.is_empty())
    }

    /// The whole number of that name, written as a number, or as a text where the decoder
    /// [allows it](super::FieldsDecoder::with_numeric_texts). A text stays a text too.
    #[must_use]
    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.value(name)? {
            Value::Integer(number) => Some(*number),
            Value::Text(text) if self.numeric_texts => text.parse().ok(),
            _ => None,
        }
    }

    /// The truth value of that name.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.value(name)? {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The list of texts of that name.
    #[must_use]
    pub fn list(&self, name: &str) -> Option<&[String]> {
        match self.value(name)? {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// The object of that name. What the decoder allows of names and texts, it allows in there too.
    #[must_use]
    pub fn object(&self, name: &str) -> Option<&Self> {
        match self.value(name)? {
            Value::Object(fields) => Some(fields),
            _ => None,
        }
    }

    /// Whether there is a value of that name that is not `null`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.value(name).is_some_and(|value| !matches!(value, Value::Null))
    }

    /// Whether there is a field of that name, whatever its value.
    #[must_use]
    pub fn is_present(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// The names, in the order of the request.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|field| field.name.as_str())
    }

    fn value(&self, name: &str) -> Option<&Value> {
        self.list.iter().find(|field| field.name == name).map(|field| &field.value)
    }

    /// Adds a field; says whether its name is new.
    pub(super) fn insert(&mut self, name: String, value: Value) -> bool {
        if self.list.iter().any(|field| field.name == name) {
            return false;
        }
        self.list.push(Field { name, value });
        true
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// The same fields with names in lower case; `None` if two names are the same then.
    pub(super) fn into_lower_case(self) -> Option<Self> {
        let mut lower = Self { list: Vec::new(), ..self };
        for Field { name, value } in self.list {
            let value = match value {
                Value::Object(fields) => Value::Object(fields.into_lower_case()?),
                value => value,
            };
            if !lower.insert(name.to_ascii_lowercase(), value) {
                return None;
            }
        }
        Some(lower)
    }

    /// Lets texts that are whole numbers be read as [integers](Self::integer).
    pub(super) fn allow_numeric_texts(&mut self) {
        self.numeric_texts = true;
        for field in &mut self.list {
            if let Value::Object(fields) = &mut field.value {
                fields.allow_numeric_texts();
            }
        }
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}
