//! What one hash costs.

use auth_core::{ConfigError, ConfigErrorKind};

/// The costs of one Argon2id hash.
///
/// The default is OWASP's first choice: 19 MiB of memory, two passes, one lane.
///
/// # Ceilings
///
/// No hash may cost more than 256 MiB, 64 passes, 16 lanes, and 1 GiB of memory filled in all (memory times passes).
/// This holds for parameters that are configured here and for those that stand in a stored hash.
///
/// # Examples
///
/// ```
/// use auth_issuer::hashing::HashParams;
///
/// assert_eq!(HashParams::default(), HashParams::new(19 * 1024, 2, 1)?);
/// assert!(HashParams::new(64, 1, 1).is_err(), "too cheap");
/// assert!(HashParams::new(4 * 1024 * 1024, 1, 1).is_err(), "over the ceiling");
/// # Ok::<(), auth_core::ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HashParams {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// Memory in KiB and passes that OWASP's Password Storage Cheat Sheet holds equally strong.
const OWASP_CHOICES: [(u32, u32); 5] = [(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5)];

const MAX_MEMORY_KIB: u32 = 256 * 1024;
const MAX_PASSES: u32 = 64;
const MAX_LANES: u32 = 16;
/// Memory in KiB times passes.
const MAX_FILLED_KIB: u32 = 1024 * 1024;
/// Argon2's own minimum for each lane (RFC 9106 §3.1).
const MIN_KIB_PER_LANE: u32 = 8;

/// Why parameters are not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadParams {
    Impossible,
    TooCostly,
}

impl HashParams {
    /// OWASP's first choice: 19 MiB, two passes, one lane.
    pub const OWASP: Self = Self { memory_kib: 19_456, passes: 2, lanes: 1 };

    /// Parameters at least as strong as one of OWASP's choices.
    ///
    /// # Errors
    ///
    /// If they are weaker than every choice of OWASP's, or over the [ceilings](Self#ceilings).
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, ConfigError> {
        let params = Self::new_insecure(memory_kib, passes, lanes)?;
        if params.is_weak() {
            return Err(ConfigError::new(
                ConfigErrorKind::Hashing,
                format!("{params:?} is weaker than OWASP allows; use `HashParams::default()`"),
            ));
        }
        Ok(params)
    }

    /// Parameters of any strength, for tests and demonstrations. A [pool](crate::HashPool) logs a warning when it is
    /// built with weak ones.
    ///
    /// # Errors
    ///
    /// If Argon2 does not know such parameters (less than 8 KiB a lane, no pass, no lane) or they are over the
    /// [ceilings](Self#ceilings).
    pub fn new_insecure(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, ConfigError> {
        Self::check(memory_kib, passes, lanes).map_err(|bad| {
            let what = match bad {
                BadParams::Impossible => "is impossible; use at least one lane, one pass and 8 KiB a lane",
                BadParams::TooCostly => {
                    "costs too much; use at most 256 MiB, 64 passes, 16 lanes and 1 GiB filled in all"
                }
            };
            ConfigError::new(
                ConfigErrorKind::Hashing,
                format!("hashing with {memory_kib} KiB, {passes} passes, {lanes} lanes {what}"),
            )
        })
    }

    pub(super) fn check(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, BadParams> {
        if memory_kib > MAX_MEMORY_KIB
            || passes > MAX_PASSES
            || lanes > MAX_LANES
            || memory_kib.saturating_mul(passes) > MAX_FILLED_KIB
        {
            return Err(BadParams::TooCostly);
        }
        if passes == 0 || lanes == 0 || memory_kib < lanes.saturating_mul(MIN_KIB_PER_LANE) {
            return Err(BadParams::Impossible);
        }
        Ok(Self { memory_kib, passes, lanes })
    }

    /// Whether every choice of OWASP's is stronger.
    pub(crate) fn is_weak(self) -> bool {
        !OWASP_CHOICES.iter().any(|(memory_kib, passes)| self.memory_kib >= *memory_kib && self.passes >= *passes)
    }

    /// The memory, in KiB.
    #[must_use]
    pub fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    /// How often the memory is passed over.
    #[must_use]
    pub fn passes(self) -> u32 {
        self.passes
    }

    /// The lanes; they are computed one after the other.
    #[must_use]
    pub fn lanes(self) -> u32 {
        self.lanes
    }
}

impl Default for HashParams {
    fn default() -> Self {
        Self::OWASP
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_every_choice_of_owasp_and_nothing_below() {
        for (memory_kib, passes) in OWASP_CHOICES {
            assert!(HashParams::new(memory_kib, passes, 1).is_ok());
            assert!(HashParams::new(memory_kib - 1, passes, 1).is_err(), "{memory_kib} KiB");
        }
        assert!(HashParams::new(19_456, 1, 1).is_err());
        assert!(HashParams::new(65_536, 3, 4).is_ok(), "RFC 9106, second choice");
    }

    #[test]
    fn ceilings_hold_one_by_one_and_together() {
        assert!(HashParams::check(MAX_MEMORY_KIB, 4, 1).is_ok());
        for (memory_kib, passes, lanes) in
            [(MAX_MEMORY_KIB + 1, 1, 1), (256, MAX_PASSES + 1, 1), (256, 1, MAX_LANES + 1), (MAX_MEMORY_KIB, 5, 1)]
        {
            assert_eq!(HashParams::check(memory_kib, passes, lanes), Err(BadParams::TooCostly));
        }
        assert_eq!(HashParams::check(u32::MAX, u32::MAX, u32::MAX), Err(BadParams::TooCostly));
    }

    #[test]
    fn refuses_what_argon2_does_not_know() {
        for (memory_kib, passes, lanes) in [(7, 1, 1), (15, 1, 2), (8, 0, 1), (8, 1, 0), (0, 0, 0)] {
            assert_eq!(HashParams::check(memory_kib, passes, lanes), Err(BadParams::Impossible));
        }
        assert!(HashParams::new_insecure(8, 1, 1).is_ok());
    }

    #[test]
    fn error_says_value_and_fix() {
        let text = HashParams::new(64, 1, 1).expect_err("too cheap").to_string();
        assert!(text.contains("64") && text.contains("HashParams::default()"), "{text}");
    }
}
