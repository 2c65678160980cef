//! Compares the public API of a crate with the listing that was accepted, or accepts it.
//!
//! `auth-tests-api compare|accept JSON LISTING`: the JSON is rustdoc's, the listing a file in `docs/api`.

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use public_api::Builder;
use similar::TextDiff;

fn main() -> ExitCode {
    match run(&env::args().skip(1).collect::<Vec<_>>()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("auth-tests-api: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether the listing is that of the API.
fn run(arguments: &[String]) -> Result<bool, Box<dyn Error>> {
    let [command, json, listing] = arguments else {
        return Err("give `compare` or `accept`, rustdoc's JSON, and the listing".into());
    };
    let listing = Path::new(listing);
    let current = current(Path::new(json))?;
    match command.as_str() {
        "accept" => {
            fs::write(listing, current)?;
            Ok(true)
        }
        "compare" => {
            let accepted = fs::read_to_string(listing).unwrap_or_default();
            if accepted != current {
                let difference = TextDiff::from_lines(&accepted, &current).unified_diff().context_radius(0).to_string();
                eprintln!("{} is not the public API:\n{difference}", listing.display());
            }
            Ok(accepted == current)
        }
        other => Err(format!("`{other}` is no command; it is `compare` or `accept`").into()),
    }
}

/// One line for each public item, without what every type derives or gets from blanket implementations.
fn current(json: &Path) -> Result<String, Box<dyn Error>> {
    let api = Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .sorted(true)
        .build()
        .map_err(|error| format!("{}: {error}", json.display()))?;
    let lines: Vec<_> = api.items().map(ToString::to_string).collect();
    Ok(lines.join("\n") + "\n")
}
