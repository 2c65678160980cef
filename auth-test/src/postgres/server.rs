//! The server that is started for the tests of one program.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// Runs the server until the standard input ends, which is when the program of the tests does; then removes all.
const KEEPER: &str = r#"
"$1" -D "$2/data" -k "$2" -c listen_addresses= -c max_connections=300 -c shared_buffers=16MB -c fsync=off \
    >"$2/log" 2>&1 </dev/null &
read -r _
kill -INT $!
wait $!
rm -rf "$2"
"#;

/// The keeper of the server: its standard input ends with this process.
#[derive(Debug)]
struct Server {
    url: String,
    _keeper: Child,
}

/// The URL of the server's own database, or why there is no server.
pub(super) fn url() -> Result<String, String> {
    static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
    SERVER.get_or_init(start).as_ref().map(|server| server.url.clone()).map_err(Clone::clone)
}

fn start() -> Result<Server, String> {
    let initdb = find("initdb").ok_or("there is no `initdb`")?;
    let postgres = find("postgres").ok_or("there is no `postgres`")?;
    let random = getrandom::u64().map_err(|error| error.to_string())?;
    let directory = std::env::temp_dir().join(format!("auth-test-{random:016x}"));
    launch(&initdb, &postgres, &directory).map_err(|error| {
        // What is left is of no use; where it cannot be removed, the reason above is the better one.
        drop(fs::remove_dir_all(&directory));
        format!("PostgreSQL cannot be started: {error}")
    })
}

fn launch(initdb: &Path, postgres: &Path, directory: &Path) -> io::Result<Server> {
    fs::create_dir(directory)?;
    let user = if fs::metadata(directory)?.uid() == 0 { Some(nobody()) } else { None };
    if let Some((uid, gid)) = user {
        chown(directory, Some(uid), Some(gid))?;
    }
    let as_user = |command: &mut Command| {
        // Not the directory of the tests: another user may not enter it.
        command.current_dir(directory).env("LC_ALL", "C");
        if let Some((uid, gid)) = user {
            command.uid(uid).gid(gid);
        }
    };

    let mut init = Command::new(initdb);
    init.arg("-D").arg(directory.join("data"));
    init.args(["-U", "auth", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]).stdin(Stdio::null());
    as_user(&mut init);
    let output = init.output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }

    let mut keeper = Command::new("sh");
    keeper.args(["-c", KEEPER, "sh"]).arg(postgres).arg(directory);
    // In a group of its own, so that an interrupt from the keyboard leaves it time to clear up.
    keeper.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    as_user(&mut keeper);
    let url = format!("postgres://auth@localhost/postgres?host={}", directory.display());
    Ok(Server { url, _keeper: keeper.spawn()? })
}

/// A program of the path, or of the newest version where Debian puts them.
fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path = std::env::split_paths(&path).map(|directory| directory.join(name)).find(|file| file.is_file());
    in_path.or_else(|| {
        let versions = fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(Result::ok).map(|entry| entry.path());
        let mut versions: Vec<PathBuf> = versions.map(|version| version.join("bin").join(name)).collect();
        versions.retain(|file| file.is_file());
        versions.sort_by_key(|file| {
            let version = file.iter().rev().nth(2).and_then(|version| version.to_str()?.parse::<u32>().ok());
            version.unwrap_or(0)
        });
        versions.pop()
    })
}

/// The ids of a user without rights, whom `initdb` wants to be in the list of users.
fn nobody() -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let ids = users.lines().find_map(|line| {
        let mut fields = line.strip_prefix("nobody:")?.split(':').skip(1);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    });
    ids.unwrap_or((65_534, 65_534))
}
