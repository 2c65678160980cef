//! The README's table of frameworks, made of what is there.

#[path = "../../adapters/actix/tests/conformance/deviations.rs"]
mod actix;
#[path = "../../adapters/rocket/tests/conformance/deviations.rs"]
mod rocket;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use auth_test::conformance::Suite;

/// A framework, and where its cells of the table are proven.
struct Framework {
    name: &'static str,
    /// Its package, as `Cargo.lock` has it.
    package: &'static str,
    /// The directory of the crate for it.
    directory: &'static str,
    /// What its users install, a public item of that crate.
    installed_by: &'static str,
    /// What becomes of a handler without an attribute.
    coverage: &'static str,
    /// The files that show it, and what stands in them.
    shown_by: &'static [(&'static str, &'static str)],
    /// The generator of documents, and the feature that completes them.
    generator: Option<(&'static str, &'static str)>,
    /// The file that runs the suite.
    conformance: &'static str,
    /// The cases that come out otherwise; empty if that file lists none.
    deviations: &'static [(&'static str, &'static [&'static str])],
}

const UNDECIDED: &str = "withheld: `deny_undecided`";

const FRAMEWORKS: [Framework; 9] = [
    Framework {
        name: "axum",
        package: "axum",
        directory: "adapters/axum",
        installed_by: "AuthLayer",
        coverage: "does not compile",
        shown_by: &[("adapters/axum/src/routing/router.rs", "```compile_fail,E0277")],
        generator: Some(("utoipa", "utoipa")),
        conformance: "tests/conformance/axum.rs",
        deviations: &[],
    },
    Framework {
        name: "actix-web",
        package: "actix-web",
        directory: "adapters/actix",
        installed_by: "AuthMiddleware",
        coverage: "does not compile; behind `#[get(..)]` withheld: `deny_undecided`",
        shown_by: &[
            ("adapters/actix/tests/ui/fail/bare_handler.stderr", "error[E0277]"),
            ("adapters/actix/tests/behaviour/coverage.rs", "fn an_answer_that_nobody_decided_is_withheld()"),
        ],
        generator: None,
        conformance: "adapters/actix/tests/conformance/main.rs",
        deviations: actix::DEVIATIONS,
    },
    Framework {
        name: "Rocket",
        package: "rocket",
        directory: "adapters/rocket",
        installed_by: "AuthFairing",
        coverage: "is not launched",
        shown_by: &[(
            "adapters/rocket/tests/behaviour/launch.rs",
            "fn a_handler_without_an_attribute_is_not_launched()",
        )],
        generator: None,
        conformance: "adapters/rocket/tests/conformance/main.rs",
        deviations: rocket::DEVIATIONS,
    },
    Framework {
        name: "poem",
        package: "poem",
        directory: "adapters/poem",
        installed_by: "AuthMiddleware",
        coverage: UNDECIDED,
        shown_by: &[("adapters/poem/tests/middleware.rs", "fn withholds_what_undecided_handlers_answer()")],
        generator: Some(("poem-openapi", "openapi")),
        conformance: "adapters/poem/tests/conformance/main.rs",
        deviations: &[],
    },
    Framework {
        name: "salvo",
        package: "salvo",
        directory: "adapters/salvo",
        installed_by: "AuthHoop",
        coverage: "ends the start: `check_routes`; withheld: `deny_undecided`",
        shown_by: &[
            ("adapters/salvo/tests/hoop.rs", "fn forgotten_handlers_are_found_wherever_they_are()"),
            ("adapters/salvo/tests/hoop.rs", "fn withholds_what_undecided_handlers_answer()"),
        ],
        generator: Some(("salvo-oapi", "oapi")),
        conformance: "adapters/salvo/tests/conformance/main.rs",
        deviations: &[],
    },
    Framework {
        name: "tonic",
        package: "tonic",
        directory: "adapters/tonic",
        installed_by: "AuthLayer",
        coverage: "is never reached",
        shown_by: &[("adapters/tonic/tests/echo/decision.rs", "fn a_method_without_an_attribute_is_never_reached()")],
        generator: None,
        conformance: "adapters/tonic/tests/conformance/main.rs",
        deviations: &[],
    },
    Framework {
        name: "warp",
        package: "warp",
        directory: "adapters/warp",
        installed_by: "AuthLayer",
        coverage: UNDECIDED,
        shown_by: &[("adapters/warp/src/layer.rs", "/// async fn forgotten(")],
        generator: None,
        conformance: "adapters/warp/tests/conformance/main.rs",
        deviations: &[],
    },
    Framework {
        name: "tower",
        package: "tower",
        directory: "auth-tower",
        installed_by: "AuthLayer",
        coverage: UNDECIDED,
        shown_by: &[("auth-tower/src/undecided.rs", "/// async fn forgotten(")],
        generator: None,
        conformance: "tests/conformance/tower.rs",
        deviations: &[],
    },
    Framework {
        name: "plain hyper",
        package: "hyper",
        directory: "auth-tower",
        installed_by: "AuthLayer",
        coverage: UNDECIDED,
        shown_by: &[("auth-tower/src/undecided.rs", "/// async fn forgotten(")],
        generator: None,
        conformance: "tests/conformance/hyper.rs",
        deviations: &[],
    },
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Major and minor version of the package that is locked: for the workspace's own requirement, if it has one.
fn version(package: &str) -> String {
    let manifest = read("Cargo.toml");
    let declared = manifest.lines().find_map(|line| line.strip_prefix(package)?.trim_start().strip_prefix('='));
    let required = declared.and_then(|rest| rest.split('"').nth(1));
    let is_for_us = |version: &&str| {
        required.is_none_or(|required| {
            version.strip_prefix(required).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    let lock = read("Cargo.lock");
    let name = format!("name = \"{package}\"\nversion = \"");
    let mut locked = lock.split(&name).skip(1).filter_map(|rest| rest.split('"').next());
    let version = locked.find(is_for_us).unwrap_or_else(|| panic!("{package} is locked"));
    version.splitn(3, '.').take(2).collect::<Vec<_>>().join(".")
}

impl Framework {
    /// What the crate gives to the attribute.
    fn mode(&self, source: &str) -> &'static str {
        match ["require::Require;", "guarded::Guarded;", "fn authorize<"].map(|item| source.contains(item)) {
            [true, false, false] => "guard",
            [false, true, false] => "fold",
            [false, false, true] => "request",
            other => panic!("{}: {other:?}", self.name),
        }
    }

    fn row(&self, cases: &BTreeSet<String>) -> String {
        let files = ["lib.rs", "__private.rs"].map(|file| format!("{}/src/{file}", self.directory));
        let source: String = files.iter().filter(|file| root().join(file).is_file()).map(|file| read(file)).collect();
        let manifest = read(&format!("{}/Cargo.toml", self.directory));
        let package =
            manifest.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')).expect("a name");
        let exported = source.split("pub use ").skip(1).filter_map(|rest| rest.split(';').next());
        let words: BTreeSet<&str> = exported.flat_map(|path| path.split(|c: char| !c.is_alphanumeric())).collect();
        assert!(words.contains(self.installed_by), "{}: {}", self.name, self.installed_by);
        for (file, text) in self.shown_by {
            assert!(read(file).contains(text), "{}: {text} in {file}", self.name);
        }
        let generator = self.generator.map_or_else(
            || "catalogue".to_owned(),
            |(generator, feature)| {
                assert!(manifest.contains(&format!("\n{feature} = [")), "{package} has the feature {feature}");
                format!("{generator} {}", version(generator))
            },
        );
        let conformance = read(self.conformance);
        let lists = conformance.contains("deviations: deviations::DEVIATIONS") || conformance.contains(".skip(");
        assert_eq!(lists, !self.deviations.is_empty(), "{}: the exceptions are those of its suite", self.name);
        let otherwise: BTreeSet<&str> = self.deviations.iter().flat_map(|(_, cases)| *cases).copied().collect();
        assert!(otherwise.iter().all(|case| cases.contains(*case)), "{}: {otherwise:?}", self.name);
        let cells = [
            self.name.to_owned(),
            version(self.package),
            format!("`{package}`"),
            format!("`{}`", self.installed_by),
            self.mode(&source).to_owned(),
            self.coverage.to_owned(),
            generator,
            (cases.len() - otherwise.len()).to_string(),
        ];
        format!("| {} |", cells.join(" | "))
    }
}

#[test]
fn the_table_of_frameworks_says_what_is_there() {
    let cases: BTreeSet<String> = Suite::new().names().into_iter().collect();
    let rows: Vec<String> = FRAMEWORKS.iter().map(|framework| framework.row(&cases)).collect();
    let readme = read("README.md");
    let section =
        readme.split("\n## Frameworks\n").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("a section");
    let written: Vec<&str> = section.lines().filter(|line| line.starts_with('|')).skip(2).collect();
    assert_eq!(written, rows, "the table should be:\n{}\n", rows.join("\n"));
}

/// The names of the directories in one.
fn directories(path: &str) -> Vec<String> {
    let entries = root().join(path).read_dir().expect("a directory").map(|entry| entry.expect("an entry"));
    let directories = entries.filter(|entry| entry.path().join("Cargo.toml").is_file());
    let mut names: Vec<_> = directories.map(|entry| entry.file_name().into_string().expect("UTF-8")).collect();
    names.sort();
    names
}

#[test]
fn every_adapter_and_every_service_is_in_the_readme() {
    let readme = read("README.md");
    let adapters = directories("adapters");
    for adapter in &adapters {
        assert!(readme.contains(&format!("`auth-{adapter}`")), "auth-{adapter}");
        assert!(FRAMEWORKS.iter().any(|framework| framework.directory == format!("adapters/{adapter}")), "{adapter}");
    }
    let services: Vec<_> = directories("examples").into_iter().filter(|name| name.starts_with("hello-")).collect();
    assert!(services.len() >= 7, "{services:?}");
    for service in services {
        assert!(readme.contains(&service), "{service}");
    }
}

/// Cases for each framework with attributes of its own, of each order: what compiles is run and lets nobody
/// in, what is in `fail` does not compile. `trybuild` says nothing of a case that is gone.
#[test]
fn every_order_of_attributes_has_its_case() {
    for case in [
        "tests/macros/ui/mounting/pass/debug_handler_below.rs",
        "tests/macros/ui/mounting/fail/debug_handler_above.stderr",
        "adapters/actix/tests/ui/each_order.rs",
        "adapters/poem/tests/ui/above_the_handler.rs",
        "adapters/poem/tests/ui/fail/requires_auth_below_the_handler.stderr",
        "adapters/poem/tests/ui/auth_impl_above_the_interface.rs",
        "adapters/poem/tests/ui/openapi/fail/auth_impl_below.stderr",
        "adapters/rocket/tests/ui/above_the_route.rs",
        "adapters/rocket/tests/ui/fail/requires_auth_below_the_route.stderr",
        "adapters/salvo/tests/ui/above_the_handler.rs",
        "adapters/salvo/tests/ui/fail/requires_auth_below_the_handler.stderr",
        "adapters/salvo/tests/ui/fail/auth_impl_below_the_handler.stderr",
        "adapters/salvo/tests/ui/above_the_endpoint.rs",
        "adapters/salvo/tests/ui/oapi/fail/requires_auth_below_the_endpoint.stderr",
        "adapters/tonic/tests/each_order.rs",
    ] {
        assert!(root().join(case).is_file(), "{case}");
    }
}

/// They are compared with one list of answers (`examples/demo/src/suite/answers`), and so with each other.
#[test]
fn every_service_gives_the_same_answers() {
    let services: Vec<_> = directories("examples")
        .into_iter()
        // gRPC has calls in place of routes.
        .filter(|name| name == "quickstart" || name.starts_with("hello-") && name != "hello-tonic")
        .collect();
    assert!(services.len() >= 7, "{services:?}");
    for service in services {
        let tests = format!("examples/{service}/tests");
        let test = [format!("{tests}/service.rs"), format!("{tests}/service/main.rs")];
        let test = test.iter().find(|path| root().join(path).is_file()).map(|path| read(path)).expect("a test");
        assert!(test.contains("Suite::of(") && test.contains(".run()"), "{service} is driven by the suite");
        assert!(!test.contains("answers::"), "{service} has no exception");
    }
}
