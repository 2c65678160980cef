//! The command line and the environment.

use std::net::SocketAddr;
use std::path::PathBuf;

use auth_core::ClientSource;
use auth_issuer::Nodes;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::failure::StartError;
use crate::settings::Settings;
use crate::system::System;

/// The options of a start, checked as far as they can be without opening anything.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Which store: `memory:`, `sqlite:PATH` or `postgres://..`.
    pub store: String,
    /// The file of accounts, if one is given.
    pub accounts: Option<PathBuf>,
    /// Who may sign in; always [`Mode::Multi`] where the system knows no modes.
    pub mode: Mode,
    /// The directory of keys.
    pub keys: PathBuf,
    /// Whether keys that are missing are made although other processes need the same.
    pub make_keys: bool,
    /// Whether other processes serve the same accounts.
    pub nodes: Nodes,
    /// Whether guessing is limited.
    pub throttle: Throttling,
    /// Where the caller's address comes from.
    pub source: ClientSource,
    /// The base of links, if one is given.
    pub public_url: Option<String>,
    /// The directory of mails.
    pub outbox: PathBuf,
    /// The server for mails, if they are sent.
    pub smtp: Option<String>,
    /// Password hashes in flight.
    pub max_hashes: usize,
    /// The system's own settings.
    pub settings: Settings,
    pub(crate) source_text: String,
}

/// Who may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there are two")]
pub enum Mode {
    /// One user, with a password and without a name.
    Single,
    /// Users with names.
    Multi,
}

/// Whether guessing is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there are two")]
pub enum Throttling {
    /// It is.
    On,
    /// It is not, and mails are not either.
    Off,
}

/// Why there are no options.
#[derive(Debug)]
pub(crate) enum NoOptions {
    /// Help was asked for: here it is.
    Help(String),
    /// Something is wrong.
    Wrong(StartError),
}

impl Options {
    /// Reads the arguments after the program's name, and the environment.
    pub(crate) fn parse<S: System>(system: &S, arguments: &[String]) -> Result<Self, NoOptions> {
        let named = std::iter::once(S::NAME).chain(arguments.iter().map(String::as_str));
        let matches = command(system).try_get_matches_from(named).map_err(|error| match error.kind() {
            ErrorKind::DisplayHelp => NoOptions::Help(error.render().to_string()),
            _ => NoOptions::Wrong(one_line(&error.render().to_string())),
        })?;
        Self::from_matches::<S>(&matches).map_err(NoOptions::Wrong)
    }

    /// The options of a test: a store in memory, and no files but those of `directory`.
    #[cfg(feature = "testing")]
    pub(crate) fn for_test<S: System>(
        directory: &std::path::Path,
        settings: &[&str],
        mode: Mode,
    ) -> Result<Self, StartError> {
        Ok(Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            store: "memory:".to_owned(),
            accounts: None,
            mode,
            keys: directory.join("keys"),
            make_keys: true,
            nodes: Nodes::One,
            throttle: Throttling::On,
            source: ClientSource::peer(),
            public_url: None,
            outbox: directory.join("outbox"),
            smtp: None,
            max_hashes: 2,
            settings: Settings::parse(S::SETTINGS, settings.iter().copied())?,
            source_text: "peer".to_owned(),
        })
    }

    fn from_matches<S: System>(matches: &ArgMatches) -> Result<Self, StartError> {
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        let path = |name: &str, end: &str| {
            let default = || PathBuf::from(format!("./{}{end}", S::NAME));
            matches.get_one::<PathBuf>(name).cloned().unwrap_or_else(default)
        };
        let listen = text("listen").unwrap_or_else(|| format!("127.0.0.1:{}", S::PORT));
        let listen = listen.parse().map_err(|_no_address| {
            let shown = listen.escape_debug();
            StartError::new(format!("--listen {shown}: this is not an address and port; write one like 127.0.0.1:0"))
        })?;
        let smtp = text("smtp");
        if smtp.is_some() && matches.value_source("outbox") == Some(ValueSource::CommandLine) {
            return Err(StartError::new("--smtp and --outbox: mail goes to one of them; leave one out"));
        }
        let source_text = text("source").unwrap_or_else(|| "peer".to_owned());
        let is = |name: &str, value: &str| matches.get_one::<String>(name).is_some_and(|given| given == value);
        let max_hashes = matches.get_one::<u16>("max-hashes").copied().map(usize::from);
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Ok(Self {
            listen,
            store: text("store").unwrap_or_else(|| format!("sqlite:./{}.db", S::NAME)),
            accounts: matches.get_one::<PathBuf>("accounts").cloned(),
            mode: if S::HAS_MODES && is("mode", "single") { Mode::Single } else { Mode::Multi },
            keys: path("keys", "-keys"),
            make_keys: matches.get_flag("make-keys"),
            nodes: if is("nodes", "several") { Nodes::Several } else { Nodes::One },
            throttle: if is("throttle", "off") { Throttling::Off } else { Throttling::On },
            source: source(&source_text)?,
            public_url: text("public-url"),
            outbox: path("outbox", "-outbox"),
            smtp,
            max_hashes: max_hashes.unwrap_or_else(cores),
            settings: Settings::parse(
                S::SETTINGS,
                matches.get_many::<String>("set").into_iter().flatten().map(String::as_str),
            )?,
            source_text,
        })
    }
}

fn source(text: &str) -> Result<ClientSource, StartError> {
    match text.split_once(':') {
        None if text == "peer" => Ok(ClientSource::peer()),
        Some(("forwarded", networks)) => ClientSource::forwarded(networks.split(','))
            .map_err(|error| StartError::new(format!("--source {}: {error}", text.escape_debug()))),
        _ => Err(StartError::new(format!(
            "--source {}: write peer, or forwarded: and the networks of your proxies, like forwarded:10.0.0.0/8",
            text.escape_debug()
        ))),
    }
}

fn command<S: System>(system: &S) -> Command {
    let option = |name: &'static str, value: &'static str, help: String| {
        Arg::new(name).long(name).value_name(value).help(help).action(ArgAction::Set)
    };
    let name = S::NAME;
    let command = Command::new(S::NAME)
        .about(S::ABOUT)
        .after_help(after_help(system))
        .disable_version_flag(true)
        .arg(
            option(
                "listen",
                "ADDR",
                format!("Where to listen; port 0 picks a free one [default: 127.0.0.1:{}]", S::PORT),
            )
            .env("AUTH_LISTEN"),
        )
        .arg(
            option("store", "URL", format!("memory:, sqlite:PATH or postgres://.. [default: sqlite:./{name}.db]"))
                .env("AUTH_STORE")
                .hide_env_values(true),
        )
        .arg(
            option(
                "accounts",
                "FILE",
                "Accounts in TOML, loaded into an empty store [default: demo accounts]".to_owned(),
            )
            .env("AUTH_ACCOUNTS")
            .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            option(
                "keys",
                "DIR",
                format!(
                    "Signing keys, made on the first start unless the store is PostgreSQL [default: ./{name}-keys]"
                ),
            )
            .env("AUTH_KEYS")
            .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            Arg::new("make-keys")
                .long("make-keys")
                .help("Makes missing keys even if other processes need the same: for the first of them")
                .action(ArgAction::SetTrue)
                .env("AUTH_MAKE_KEYS"),
        )
        .arg(
            option("nodes", "one|several", "Whether other processes serve the same accounts [default: one]".to_owned())
                .env("AUTH_NODES")
                .value_parser(["one", "several"]),
        )
        .arg(
            option("throttle", "on|off", "Whether guessing is limited [default: on]".to_owned())
                .env("AUTH_THROTTLE")
                .value_parser(["on", "off"]),
        )
        .arg(
            option(
                "source",
                "SOURCE",
                "Where the caller's address comes from: peer, or forwarded:CIDR,.. [default: peer]".to_owned(),
            )
            .env("AUTH_SOURCE"),
        )
        .arg(
            option(
                "public-url",
                "URL",
                "The base of links, https beyond this machine [default: http://<listen address>]".to_owned(),
            )
            .env("AUTH_PUBLIC_URL"),
        )
        .arg(
            option("outbox", "DIR", format!("Where mails are written [default: ./{name}-outbox]"))
                .env("AUTH_OUTBOX")
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(option("smtp", "URL", "Sends mails by this server instead; its password: AUTH_SMTP".to_owned()))
        .arg(
            option("max-hashes", "N", "Password hashes in flight [default: cores]".to_owned())
                .env("AUTH_MAX_HASHES")
                .value_parser(value_parser!(u16).range(1..=1024)),
        )
        .arg(
            option("set", "NAME=VALUE", "A setting of this system".to_owned())
                .env("AUTH_SET")
                .action(ArgAction::Append)
                .value_delimiter(','),
        );
    if S::HAS_MODES {
        command.arg(
            option("mode", "single|multi", "One user without a name, or users with names [default: multi]".to_owned())
                .env("AUTH_MODE")
                .value_parser(["single", "multi"]),
        )
    } else {
        command
    }
}

/// What stands below the options: the settings, and lines to try.
fn after_help<S: System>(system: &S) -> String {
    let base = format!("http://127.0.0.1:{}", S::PORT);
    let mut after = String::new();
    if !S::SETTINGS.is_empty() {
        after.push_str("Settings (--set NAME=VALUE):\n");
        for setting in S::SETTINGS {
            let (default, values) = (setting.values.first().unwrap_or(&""), setting.values.join("|"));
            let values = if values.is_empty() { "TEXT" } else { &values };
            let default = if default.is_empty() { "none" } else { default };
            after.extend(["  ", setting.name, "=", values, "  ", setting.help, " [default: ", default, "]\n"]);
        }
        after.push('\n');
    }
    after.push_str("With the demo accounts:\n");
    for line in system.curl_lines(&base) {
        after.extend(["  ", &line, "\n"]);
    }
    after
}

/// The first line of what clap says, which is the whole of it but for hints.
fn one_line(text: &str) -> StartError {
    let first = text.lines().next().unwrap_or_default();
    let line = first.strip_prefix("error: ").unwrap_or(first);
    StartError::new(format!("{line}; --help lists the options"))
}
