//! Stands in where the build is refused anyway, so that the refusal is the only error shown.

use super::Parts;
use crate::jwt::algorithm::JwtAlgorithm;

/// No key: it has signed nothing.
pub(in crate::jwt) struct Material;

impl Material {
    pub(in crate::jwt) fn new(_: JwtAlgorithm, _: Parts<'_>) -> Self {
        Self
    }

    pub(in crate::jwt) fn has_signed(&self, _: &[u8], _: &[u8]) -> bool {
        false
    }

    pub(in crate::jwt) fn is_on_curve(&self) -> bool {
        false
    }
}
