//! Processor time, as Linux counts it.

use std::fs;
use std::process::Command;

use crate::Failure;

/// Seconds of processor time that the processes use which some work starts and waits for.
///
/// # Errors
///
/// If the work fails, or `/proc` is not there.
pub fn of_children(work: impl FnOnce() -> Result<(), Failure>) -> Result<f64, Failure> {
    let before = children()?;
    work()?;
    Ok(children()? - before)
}

fn children() -> Result<f64, Failure> {
    let text = fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = text.rsplit_once(')').ok_or("the format of /proc is another")?;
    let fields: Vec<_> = fields.split_whitespace().collect();
    let [user, kernel] = [13, 14].map(|at| fields.get(at).copied().unwrap_or_default());
    let ticks = Command::new("getconf").arg("CLK_TCK").output()?;
    let per_second: f64 = String::from_utf8(ticks.stdout)?.trim().parse()?;
    Ok((user.parse::<f64>()? + kernel.parse::<f64>()?) / per_second)
}
