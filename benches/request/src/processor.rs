//! Processor time, in user and in kernel mode, as Linux counts it.

use std::fs;
use std::process::Command;

use crate::Failure;

/// Where the times of a process stand in its `stat`, after its name, and those of its children that have ended.
const OWN: [usize; 2] = [11, 12];
const CHILDREN: [usize; 2] = [13, 14];

/// Seconds that a process has used so far.
///
/// # Errors
///
/// If there is no such process, or no `/proc`.
pub fn of_process(id: u32) -> Result<f64, Failure> {
    seconds(&format!("/proc/{id}/stat"), OWN)
}

/// Seconds that the processes use which some work starts and waits for.
///
/// # Errors
///
/// If the work fails, or `/proc` is not there.
pub fn of_children(work: impl FnOnce() -> Result<(), Failure>) -> Result<f64, Failure> {
    let children = || seconds("/proc/self/stat", CHILDREN);
    let before = children()?;
    work()?;
    Ok(children()? - before)
}

fn seconds(path: &str, places: [usize; 2]) -> Result<f64, Failure> {
    let text = fs::read_to_string(path)?;
    // The name in brackets may have spaces in it.
    let (_, fields) = text.rsplit_once(')').ok_or("the format of /proc is another")?;
    let fields: Vec<_> = fields.split_whitespace().collect();
    let [user, kernel] = places.map(|at| fields.get(at).copied().unwrap_or_default());
    let ticks = Command::new("getconf").arg("CLK_TCK").output()?;
    let per_second: f64 = String::from_utf8(ticks.stdout)?.trim().parse()?;
    Ok((user.parse::<f64>()? + kernel.parse::<f64>()?) / per_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_passes_for_who_works() {
        let own = || of_process(std::process::id()).unwrap();
        let before = own();
        while own() <= before {}
        assert!(of_process(u32::MAX).is_err(), "there is no such process");
    }
}
