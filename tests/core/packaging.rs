//! What the published crates say of themselves is complete and true.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// The root of the workspace.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn manifest(folder: &Path) -> Table {
    read(&folder.join("Cargo.toml")).parse().unwrap()
}

/// The folders of the published crates with their manifests.
fn published() -> Vec<(PathBuf, Table)> {
    let folders = |path: PathBuf| fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let crates = folders(root().to_owned()).into_iter().filter(|path| {
        path.file_name().unwrap().to_str().unwrap().starts_with("auth-") && path.join("Cargo.toml").exists()
    });
    let all = crates.chain(folders(root().join("adapters"))).map(|folder| (manifest(&folder), folder));
    let mut found: Vec<_> = all
        .filter(|(manifest, _)| manifest["package"].get("publish") != Some(&Value::Boolean(false)))
        .map(|(manifest, folder)| (folder, manifest))
        .collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    assert!(found.len() >= 13, "{found:?}");
    found
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|value| value.as_str().unwrap()).collect()
}

#[test]
fn manifest_has_what_a_registry_shows() {
    for (folder, manifest) in published() {
        let package = &manifest["package"];
        let name = package["name"].as_str().unwrap();
        assert!(package["description"].as_str().unwrap().ends_with('.'), "{name}");
        let keywords = texts(&package["keywords"]);
        assert!((1..=5).contains(&keywords.len()), "{name}: {keywords:?}");
        assert!(keywords.iter().all(|keyword| keyword.len() <= 20), "{name}: {keywords:?}");
        assert!(texts(&package["categories"]).contains(&"authentication"), "{name}");
        let readme = read(&folder.join(package["readme"].as_str().unwrap()));
        assert!(readme.starts_with(&format!("# {name}\n")), "{name}");
        assert!(texts(&package["include"]).contains(&"/src"), "{name}");
        for inherited in ["edition", "license", "rust-version"] {
            assert_eq!(package[inherited]["workspace"], Value::Boolean(true), "{name}: {inherited}");
        }
    }
}

#[test]
fn documentation_is_built_with_all_features_and_marks_them() {
    for (folder, manifest) in published() {
        let docs = &manifest["package"]["metadata"]["docs"]["rs"];
        assert_eq!(docs["all-features"], Value::Boolean(true), "{folder:?}");
        assert_eq!(texts(&docs["rustdoc-args"]), ["--cfg", "docsrs"], "{folder:?}");
        let library = read(&folder.join("src/lib.rs"));
        assert!(library.contains("\n#![cfg_attr(docsrs, feature(doc_cfg))]\n"), "{folder:?}");
    }
}

/// What a package does not have, neither its build nor its tests can read.
#[test]
fn no_source_reads_what_lies_outside_of_its_package() {
    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let found = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
        found.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
    }

    let mut count = 0;
    for (folder, _) in published() {
        let src = folder.join("src");
        for file in sources(&src) {
            let text = read(&file);
            assert!(!text.contains("CARGO_MANIFEST_DIR\"), \"/.."), "{}", file.display());
            for included in text.split("include_str!(\"").chain(text.split("include_bytes!(\"")).skip(1) {
                let (path, _) = included.split_once('"').unwrap_or((included, ""));
                let ups = path.split('/').filter(|part| *part == "..").count();
                let depth = file.strip_prefix(&folder).unwrap().components().count() - 1;
                assert!(ups <= depth, "{path} in {}", file.display());
            }
            count += 1;
        }
    }
    assert!(count > 100, "{count} files");
}

/// A package without its migrations or its build script is made all the same, and builds nowhere.
#[test]
fn package_has_everything_but_its_tests() {
    for (folder, manifest) in published() {
        let included = texts(&manifest["package"]["include"]);
        for entry in fs::read_dir(&folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let is_left_out = ["Cargo.toml", "tests"].contains(&name.as_str());
            assert!(is_left_out || included.contains(&format!("/{name}").as_str()), "{name} of {}", folder.display());
        }
    }
}

/// The rows of the first table of features in a text: the name, and whether it is a default.
fn table_of_features(text: &str) -> BTreeMap<String, bool> {
    let lines = text.lines().map(|line| line.trim_start_matches("//!").trim());
    let table = lines.skip_while(|line| *line != "| feature | adds | default |").skip(2);
    table
        .take_while(|line| line.starts_with('|'))
        .flat_map(|row| {
            let cells: Vec<_> = row.trim_matches('|').split(" | ").map(str::trim).collect();
            let is_default = cells.last() == Some(&"yes");
            cells[0].split(", ").map(|name| (name.trim_matches('`').to_owned(), is_default)).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn each_feature_is_in_the_tables_of_its_crate() {
    for (folder, manifest) in published() {
        let mut features = BTreeMap::new();
        if let Some(all) = manifest.get("features").and_then(Value::as_table) {
            let defaults = all.get("default").map(texts).unwrap_or_default();
            let named = all.keys().filter(|name| *name != "default");
            features.extend(named.map(|name| (name.clone(), defaults.contains(&name.as_str()))));
        }
        for file in ["src/lib.rs", "README.md"] {
            assert_eq!(table_of_features(&read(&folder.join(file))), features, "{file} of {}", folder.display());
        }
    }
}

/// The toolchain that is pinned is the oldest that is supported: whatever is tested is tested with it.
#[test]
fn minimal_supported_rust_is_the_same_everywhere() {
    let workspace: Table = read(&root().join("Cargo.toml")).parse().unwrap();
    let stated = workspace["workspace"]["package"]["rust-version"].as_str().unwrap();
    let pinned: Table = read(&root().join("rust-toolchain.toml")).parse().unwrap();
    assert_eq!(pinned["toolchain"]["channel"].as_str(), Some(format!("{stated}.0").as_str()), "rust-toolchain.toml");
    let clippy: Table = read(&root().join("clippy.toml")).parse().unwrap();
    assert_eq!(clippy["msrv"].as_str(), Some(stated), "clippy.toml");
    for (folder, manifest) in published() {
        let name = manifest["package"]["name"].as_str().unwrap();
        assert!(read(&folder.join("README.md")).contains(&format!("Rust {stated} or newer.")), "README of {name}");
    }
}
