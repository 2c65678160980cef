//! Randomness of the operating system.

use auth_core::RandomnessError;

pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), RandomnessError> {
    getrandom::fill(bytes).map_err(RandomnessError::new)
}
