//! The rules of start and end that hold for every server.

use std::os::unix::fs::PermissionsExt as _;

use super::program::{Ended, Program};

/// A file of one account.
const ACCOUNTS: &str = "[[account]]\nlogin = \"only@example.com\"\npassword = \"S3cur3P@ss\"\n";

/// Checks the rules of start and end that hold for every server. One call in each server's tests.
pub fn start_up(program: &Program) {
    bad_options_end_the_start_in_one_line(program);
    bad_account_files_end_the_start_in_one_line(program);
    accounts_for_a_filled_store_are_refused(program);
    help_lists_options_and_lines(program);
    the_output_is_one_line_and_signals_end_it_well(program);
    keys_are_made_for_their_owner_alone_and_kept(program);
    nothing_of_one_process_is_kept_where_there_are_several(program);
    keys_in_use_are_the_ones_of_every_process(program);
    two_servers_on_one_postgres_load_accounts_once(program);
}

#[track_caller]
fn assert_refused(program: &Program, ended: &Ended, named: &str) {
    let Ended { code, stdout, stderr } = ended;
    assert_eq!((*code, stdout.as_str()), (Some(2), ""), "{named}: {stderr}");
    assert_eq!(stderr.lines().count(), 1, "one line: {stderr}");
    assert!(stderr.starts_with(&format!("{}: ", program.name())) && stderr.contains(named), "{named}: {stderr}");
}

fn bad_options_end_the_start_in_one_line(program: &Program) {
    for (arguments, named) in [
        (&["--listen", "everywhere"][..], "--listen"),
        (&["--listen", "192.0.2.1:1"], "--listen"),
        (&["--store", "mysql://ada:s3cret-pw@db/auth"], "--store"),
        (&["--store", "sqlite:./missing/directory/file.db"], "file.db"),
        (&["--throttle", "maybe"], "--throttle"),
        (&["--nodes", "many"], "--nodes"),
        (&["--source", "everybody"], "--source"),
        (&["--source", "forwarded:nobody"], "--source"),
        (&["--max-hashes", "0"], "--max-hashes"),
        (&["--public-url", "example.com"], "--public-url"),
        (&["--public-url", "http://example.com"], "--public-url"),
        (&["--smtp", "nowhere"], "--smtp"),
        (&["--set", "no_such_setting=1"], "--set"),
        (&["--set", "nothing"], "--set"),
        (&["--no-such-option"], "--no-such-option"),
        (&["stray"], "stray"),
        (&["--accounts", "missing.toml"], "missing.toml"),
        (&["--accounts", "a", "--accounts", "b"], "--accounts"),
    ] {
        let program = program.elsewhere();
        let store: &[&str] = if arguments.contains(&"--store") { &[] } else { &["--store", "memory:"] };
        let ended = program.run(&[arguments, store].concat());
        assert_refused(&program, &ended, named);
        assert!(!ended.stderr.contains("s3cret-pw"), "{}", ended.stderr);
    }
    assert_refused(program, &program.elsewhere().run_with(&[], &[("AUTH_THROTTLE", "maybe")]), "maybe");
    assert_refused(
        program,
        &program.elsewhere().run_with(&["--store", "memory:"], &[("RUST_LOG", "a=b=c")]),
        "RUST_LOG",
    );
}

fn bad_account_files_end_the_start_in_one_line(program: &Program) {
    let account = |more: &str| format!("[[account]]\nlogin = \"a@example.com\"\npassword = \"S3cur3P@ss\"\n{more}\n");
    for (text, named) in [
        (account("pasword = \"x\""), "pasword"),
        (account("state = \"gone\""), "state"),
        (account("totp_secret = \"0189\""), "totp_secret"),
        (account("password_hash = \"$argon2id$\""), "password"),
        (account("[[account]]\nlogin = \"A@EXAMPLE.com\""), "login"),
        ("[[account]]\nname = \"nobody\"\n".to_owned(), "login"),
        ("[[account\n".to_owned(), "line 1"),
        ("other = 1\n".to_owned(), "other"),
    ] {
        let program = program.elsewhere();
        let file = program.write("accounts.toml", &text);
        assert_refused(&program, &program.run(&["--store", "memory:", "--accounts", &file]), named);
    }
}

fn accounts_for_a_filled_store_are_refused(program: &Program) {
    let program = program.elsewhere();
    let file = program.write("accounts.toml", ACCOUNTS);
    let store = format!("sqlite:{}", program.directory().join("own.db").display());
    let arguments = ["--store", &store, "--accounts", &file];
    assert_eq!(program.start(&arguments).stop().0, Some(0));
    assert_refused(&program, &program.run(&arguments), "--accounts");
    assert_eq!(program.start(&["--store", &store]).stop().0, Some(0), "without the option it starts");
}

fn help_lists_options_and_lines(program: &Program) {
    let help = program.run(&["--help"]);
    assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""));
    for option in [
        "listen",
        "store",
        "accounts",
        "keys",
        "nodes",
        "throttle",
        "source",
        "public-url",
        "outbox",
        "smtp",
        "max-hashes",
        "set",
    ] {
        assert!(help.stdout.contains(&format!("--{option} ")), "{option}: {}", help.stdout);
    }
    assert!(help.stdout.contains("--make-keys"), "{}", help.stdout);
    assert!(help.stdout.contains("curl ") && help.stdout.contains("127.0.0.1:800"), "{}", help.stdout);
}

fn the_output_is_one_line_and_signals_end_it_well(program: &Program) {
    for signal in ["INT", "TERM"] {
        let mut server = program.elsewhere().start(&["--store", "memory:"]);
        let idle = std::net::TcpStream::connect(&server.address).expect("a connection");
        server.signal(signal);
        assert_eq!(server.wait(), Some(0), "SIG{signal}");
        assert!(server.log().contains("peer"), "the source is logged: {}", server.log());
        drop(idle);
    }
}

fn keys_are_made_for_their_owner_alone_and_kept(program: &Program) {
    let program = program.elsewhere();
    let keys = program.directory().join(format!("{}-keys", program.name()));
    let read = || {
        let mut files: Vec<_> = std::fs::read_dir(&keys)
            .expect("made")
            .map(|entry| entry.expect("an entry").path())
            .map(|path| (path.clone(), std::fs::read(path).expect("a file")))
            .collect();
        files.sort();
        files
    };
    assert_eq!(program.start(&["--store", "memory:"]).stop().0, Some(0));
    let made = read();
    assert!(!made.is_empty());
    for (path, _) in &made {
        let permissions = std::fs::metadata(path).expect("a file").permissions();
        assert_eq!(permissions.mode() & 0o777, 0o600, "{}", path.display());
    }
    assert_eq!(program.start(&["--store", "memory:"]).stop().0, Some(0));
    assert_eq!(read(), made, "kept");
    for (path, text) in &made {
        std::fs::write(path, "no key").expect("a file");
        assert_refused(
            &program,
            &program.run(&["--store", "memory:"]),
            path.file_name().and_then(|n| n.to_str()).expect("a name"),
        );
        std::fs::write(path, text).expect("a file");
    }
}

fn nothing_of_one_process_is_kept_where_there_are_several(program: &Program) {
    let several = |store: &str| program.elsewhere().run(&["--store", store, "--nodes", "several"]);
    assert_refused(program, &several("memory:"), "postgres://");
    // Its keys have to be those of the others.
    let program = program.elsewhere();
    let store = format!("sqlite:{}", program.directory().join("own.db").display());
    let arguments = ["--store", &store, "--nodes", "several"];
    assert_refused(&program, &program.run_with(&arguments, &[("AUTH_MAKE_KEYS", "false")]), "--make-keys");
    assert_eq!(program.start(&arguments).stop().0, Some(0));
    let again = program.start_with(&arguments, &[("AUTH_MAKE_KEYS", "false")]);
    assert_eq!(again.stop().0, Some(0), "they are there now");
}

/// Two processes on one store, the second without the keys of the first.
fn keys_in_use_are_the_ones_of_every_process(program: &Program) {
    let (first, second) = (program.elsewhere(), program.elsewhere());
    let database = super::postgres();
    let file = format!("sqlite:{}", first.directory().join("shared.db").display());
    for store in
        [Some(file.as_str()), database.as_ref().map(auth_test::postgres::TestDatabase::url)].into_iter().flatten()
    {
        assert_eq!(first.start(&["--store", store]).stop().0, Some(0));
        assert_refused(&second, &second.run(&["--store", store]), "is in use");
        assert_eq!(first.start(&["--store", store]).stop().0, Some(0), "the first has them");
    }
    if let Some(database) = &database {
        let without = program.elsewhere().run_with(&["--store", database.url()], &[("AUTH_MAKE_KEYS", "false")]);
        assert_refused(program, &without, "--make-keys");
    }
}

fn two_servers_on_one_postgres_load_accounts_once(program: &Program) {
    let Some(database) = super::postgres() else { return };
    let program = program.elsewhere();
    let arguments = ["--store", database.url()];
    std::thread::scope(|scope| {
        let starts = [(); 2].map(|()| scope.spawn(|| program.start(&arguments)));
        for start in starts {
            assert_eq!(start.join().expect("started").stop().0, Some(0));
        }
    });
    let file = program.write("accounts.toml", ACCOUNTS);
    assert_refused(&program, &program.run(&["--store", database.url(), "--accounts", &file]), "--accounts");
}
