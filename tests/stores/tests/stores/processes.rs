//! Several processes on one database. The other processes are this program again, told what to do by a variable.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, SystemTime};

use auth_issuer::one_time::{OneTimeRecord, OneTimeStore as _, Purpose, Slot};
use auth_issuer::refresh::{Chain, ChainStore as _, Rotation};
use auth_issuer::secret::SecretDigest;
use auth_issuer::stores::AnyStore;
use auth_issuer::throttle::{CounterKey, Reserved, Rule, ThrottleStore as _};
use auth_issuer::token_ids::TokenIdStore as _;

use crate::temporary::Place;

const TASK: &str = "AUTH_TEST_CHILD_TASK";
const URL: &str = "AUTH_TEST_CHILD_URL";

const REFRESHES: u32 = 1_000;
const CHAINS: u32 = 4;
const RACES: u32 = 100;
const RULE: Rule = Rule { limit: 50, window: Duration::from_hours(1), then_one_per: None };

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000 + seconds)
}

fn token(chain: &str, n: u32) -> SecretDigest {
    SecretDigest::of(format!("{chain} {n}").as_bytes())
}

fn chain(id: &str) -> Chain {
    Chain {
        id: id.to_owned(),
        account: "1".to_owned(),
        client: "web".to_owned(),
        scopes: Vec::new(),
        epoch: 0,
        generation: 0,
        current: token(id, 0),
        previous: None,
        rotated_at: None,
        sealed: None,
        factors: Vec::new(),
        auth_time: at(0),
        idle_expires_at: at(1_000),
        expires_at: at(10_000),
        ended: None,
    }
}

fn rotation(chain: &str, n: u32, to: SecretDigest) -> Rotation {
    let chain = chain.to_owned();
    Rotation { from: token(&chain, n), chain, to, sealed: None, now: at(1), idle_expires_at: at(1_000) }
}

fn link(n: u32) -> OneTimeRecord {
    let digest = token("link", n);
    OneTimeRecord { purpose: Purpose::LOGIN, account: n.to_string(), epoch: 0, digest, expires_at: at(600) }
}

/// Starts this program again for one task; it waits for a line before it begins.
fn start(task: &str, url: &str) -> Child {
    let program = std::env::current_exe().expect("the path of this program");
    let mut command = Command::new(program);
    command.args(["--exact", "processes::another_process", "--nocapture", "--test-threads=1"]);
    command.env(TASK, task).env(URL, url).stdin(Stdio::piped()).stdout(Stdio::piped());
    command.spawn().expect("another process")
}

/// The lines that the task has written, without those of the test harness.
fn lines(output: ChildStdout) -> impl Iterator<Item = String> {
    let lines = BufReader::new(output).lines().map(|line| line.expect("text"));
    lines.filter_map(|line| line.split_once("child: ").map(|(_, line)| line.to_owned()))
}

/// Not a test by itself: the part of the other process.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn another_process() {
    let (Ok(task), Ok(url)) = (std::env::var(TASK), std::env::var(URL)) else { return };
    let store = AnyStore::open(&url).await.expect("a store");
    say("ready");
    let go = tokio::task::spawn_blocking(|| std::io::stdin().lines().next().is_some_and(|line| line.is_ok()));
    assert!(go.await.expect("no panic"), "told to begin");
    match task.as_str() {
        "refresh" => refresh(&store).await,
        "race" => race(&store).await,
        other => panic!("{other} is no task"),
    }
}

/// One line and no less, in one write.
fn say(line: &str) {
    let mut output = std::io::stdout().lock();
    output.write_all(format!("child: {line}\n").as_bytes()).expect("written");
    output.flush().expect("written");
}

/// Exchanges tokens of each chain, and says so after each.
async fn refresh(store: &AnyStore) {
    let tasks: Vec<_> = (0..CHAINS)
        .map(|id| {
            let store = store.clone();
            tokio::spawn(async move {
                let id = id.to_string();
                for n in 0..REFRESHES / CHAINS {
                    let is_done = store.rotate_chain(rotation(&id, n, token(&id, n + 1))).await.expect("an answer");
                    assert!(is_done);
                    say(&format!("{id} {}", n + 1));
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
}

/// Tries to win what there is once, and says how much it has won.
async fn race(store: &AnyStore) {
    let own = std::process::id();
    let (mut links, mut ids, mut tokens, mut places) = (0, 0, 0, 0);
    for n in 0..RACES {
        links += u32::from(store.redeem_one_time(&link(n), at(1)).await.expect("an answer"));
        ids += u32::from(store.spend_token_id("reset", &n.to_string(), at(600)).await.expect("an answer"));
        let chain = format!("race {n}");
        let successor = SecretDigest::of(format!("{chain} of {own}").as_bytes());
        tokens += u32::from(store.rotate_chain(rotation(&chain, 0, successor)).await.expect("an answer"));
        let reserved = store.reserve(CounterKey::from_bytes([1; 32]), RULE, at(1)).await.expect("an answer");
        places += u32::from(reserved == Reserved::Admitted);
    }
    say(&format!("{links} {ids} {tokens} {places}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_with_a_process_that_is_killed() {
    for place in Place::all().await {
        let store = AnyStore::open(&place.url()).await.expect("a store");
        for id in 0..CHAINS {
            store.insert_chain(chain(&id.to_string())).await.expect("an answer");
        }
        let mut child = start("refresh", &place.url());
        let mut lines = lines(child.stdout.take().expect("a pipe"));
        assert_eq!(lines.next().as_deref(), Some("ready"));
        child.stdin.take().expect("a pipe").write_all(b"go\n").expect("it listens");

        let mut acknowledged: HashMap<String, u32> = HashMap::new();
        let mut note = |line: String| {
            let (id, n) = line.split_once(' ').expect("a chain and a number");
            acknowledged.insert(id.to_owned(), n.parse().expect("a number"));
        };
        // In the middle of them.
        for line in lines.by_ref().take(usize::try_from(REFRESHES / 2).expect("small")) {
            note(line);
        }
        child.kill().expect("killed");
        // What it had said before it died was acknowledged as well.
        lines.for_each(&mut note);
        assert!(!child.wait().expect("an end").success(), "it did not come to its end by itself");

        assert!(!acknowledged.is_empty());
        for (id, n) in acknowledged {
            // A database may still carry out what the process had asked of it last: then the first try comes too late.
            let mut goes_on = false;
            for _ in 0..2 {
                let found = store.find_chain(&token(&id, n)).await.expect("an answer").expect("an acknowledged token");
                let current = u32::try_from(found.generation).expect("small");
                assert!(
                    current == n || current == n + 1,
                    "{id}: {n} was acknowledged, and {current} is the current one"
                );
                assert_eq!((found.current, found.ended), (token(&id, current), None));
                goes_on |=
                    store.rotate_chain(rotation(&id, current, token(&id, current + 1))).await.expect("an answer");
                if goes_on {
                    break;
                }
            }
            assert!(goes_on, "{id} goes on");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_processes_one_wins() {
    for place in Place::all().await {
        let store = AnyStore::open(&place.url()).await.expect("a store");
        for n in 0..RACES {
            store.insert_chain(chain(&format!("race {n}"))).await.expect("an answer");
            assert!(store.insert_one_time(link(n), Slot::Free, at(0)).await.expect("an answer"));
        }
        let mut children: Vec<Child> = (0..2).map(|_| start("race", &place.url())).collect();
        let mut outputs: Vec<_> =
            children.iter_mut().map(|child| lines(child.stdout.take().expect("a pipe"))).collect();
        for output in &mut outputs {
            assert_eq!(output.next().as_deref(), Some("ready"));
        }
        for child in &mut children {
            child.stdin.take().expect("a pipe").write_all(b"go\n").expect("it listens");
        }
        let mut won = [0; 4];
        for output in &mut outputs {
            let line = output.next().expect("a result");
            for (sum, n) in won.iter_mut().zip(line.split(' ')) {
                *sum += n.parse::<u32>().expect("a number");
            }
        }
        for mut child in children {
            assert!(child.wait().expect("an end").success());
        }
        assert_eq!(won, [RACES, RACES, RACES, RULE.limit]);
    }
}
