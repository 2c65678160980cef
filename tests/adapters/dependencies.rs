//! An adapter brings its own framework and no other.

use std::path::Path;
use std::process::Command;

const FRAMEWORKS: [&str; 7] = ["actix-web", "axum", "poem", "rocket", "salvo", "tonic", "warp"];

/// The names of everything that a user of the package compiles into a service.
fn tree(package: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .args(["--package", package])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn an_adapter_brings_its_own_framework_and_no_other() {
    let adapters = Path::new(env!("CARGO_MANIFEST_DIR")).join("../adapters");
    let mut count = 0;
    for adapter in adapters.read_dir().expect("the adapters") {
        let name = adapter.expect("an adapter").file_name().into_string().expect("UTF-8");
        let own = if name == "actix" { "actix-web" } else { &name };
        let tree = tree(&format!("auth-{name}"));
        let brought: Vec<&str> =
            FRAMEWORKS.into_iter().filter(|framework| tree.iter().any(|package| package == framework)).collect();
        assert_eq!(brought, [own], "auth-{name}");
        count += 1;
    }
    assert!(count >= 2, "{count} adapters");
}
