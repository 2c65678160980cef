//! The page that the numbers go to: prose by people, and between two marks what was measured.

use std::path::PathBuf;
use std::process::Command;
use std::{fs, thread};

use crate::Failure;

/// Where the page lies.
#[must_use]
pub fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/performance.md")
}

/// Puts what was measured between the marks of `name`, in place of what stood there.
///
/// # Errors
///
/// If the page cannot be read or written, or has no such marks.
pub fn replace(name: &str, measured: &str) -> Result<(), Failure> {
    let page = fs::read_to_string(path())?;
    fs::write(path(), replaced(&page, name, measured)?)?;
    Ok(())
}

fn replaced(page: &str, name: &str, measured: &str) -> Result<String, Failure> {
    let (begin, end) = (format!("<!-- measured: {name} -->\n"), format!("<!-- end: {name} -->\n"));
    let missing = || format!("docs/performance.md has no marks for {name}: write {begin:?} and {end:?} where they go");
    let (before, rest) = page.split_once(&begin).ok_or_else(missing)?;
    let (_, after) = rest.split_once(&end).ok_or_else(missing)?;
    Ok(format!("{before}{begin}\n{}\n\n{end}{after}", measured.trim()))
}

/// What the machine is, as far as it matters: no names but the processor's and the compiler's.
#[must_use]
pub fn machine() -> String {
    let cores = thread::available_parallelism().map_or(1, Into::into);
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor =
        processor.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ").map(|(_, name)| name));
    let processor = processor.unwrap_or(std::env::consts::ARCH);
    let compiler = Command::new("rustc").arg("--version").output().map(|run| run.stdout).unwrap_or_default();
    let compiler = String::from_utf8_lossy(&compiler);
    // Without the commit.
    let compiler = compiler.split(" (").next().unwrap_or_default().trim();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    format!("On {cores} cores ({processor}), {compiler}, with a load of {load} when it began.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_marks_is_replaced() {
        let page = "a\n<!-- measured: x -->\n\nold\n\n<!-- end: x -->\nb\n";
        assert_eq!(replaced(page, "x", "new\n").unwrap(), page.replace("old", "new"));
        assert!(replaced(page, "y", "new").is_err());
    }
}
