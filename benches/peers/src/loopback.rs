//! Services under load: `wrk` over loopback, each service a process of its own, and how much processor time it takes per
//! request.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::{env, io, thread};

use auth_request_bench::table::Table;
use auth_request_bench::{Bench, Case, Failure, processor};
use axum::Router;
use tokio::net::TcpListener;

use crate::on_axum;
use crate::tokens::{Token, mint};

/// The services, the bare one first.
const SERVICES: [&str; 4] = [BARE, CACHED, FIRST, BY_HAND];
const BARE: &str = "bare axum with a layer that does nothing";
const CACHED: &str = "auth-axum, cached";
const FIRST: &str = "auth-axum, without its cache";
const BY_HAND: &str = "by hand: an extractor, jsonwebtoken 11.1";

const ROUNDS: usize = 6;
/// Of each service in each round.
const SECONDS: u32 = 2;
const ALGORITHM: &str = "RS256";

/// Measures the services; the answer is the text for the page.
///
/// # Errors
///
/// If a service does not start or does not answer as it should.
pub fn run() -> Result<String, Failure> {
    if Command::new("wrk").arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        return Ok("Not measured: there is no `wrk`.".to_owned());
    }
    let tokens = mint()?;
    let token = tokens.iter().find(|token| token.algorithm() == ALGORITHM).ok_or("there is no such token")?;
    let mut servers = SERVICES.iter().map(|name| Server::start(name, token)).collect::<Result<Vec<_>, _>>()?;
    for round in 0..=ROUNDS {
        for server in &mut servers {
            let cost = server.load(token)?;
            // The first is to warm up.
            if round > 0 {
                server.cheapest = server.cheapest.min(cost);
            }
        }
    }
    let bare = servers[0].cheapest;
    let mut table = Table::new(&["service", "processor time per request, µs", "over bare"]);
    for server in &servers {
        let cost = server.cheapest;
        table.row(&[server.name.to_owned(), format!("{:.1}", cost * 1e6), format!("{:.2}", cost / bare)]);
    }
    Ok(table.into_text())
}

struct Server {
    name: &'static str,
    process: Child,
    address: String,
    /// Seconds of processor time per request, the least so far.
    cheapest: f64,
}

impl Server {
    fn start(name: &'static str, token: &Token) -> Result<Self, Failure> {
        let mut process = Command::new(env::current_exe()?)
            .args(["serve", name])
            .args(token.parts())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut address = String::new();
        BufReader::new(process.stdout.take().ok_or("no output")?).read_line(&mut address)?;
        let address = address.trim().to_owned();
        Ok(Self { name, process, address, cheapest: f64::INFINITY })
    }

    /// Seconds of processor time per request, while `wrk` asks as fast as it can.
    fn load(&self, token: &Token) -> Result<f64, Failure> {
        let before = processor::of_process(self.process.id())?;
        let run = Command::new("wrk")
            .args(["--threads", "1", "--connections", "32", "--duration", &format!("{SECONDS}s")])
            .args(["--header", &format!("Authorization: Bearer {}", token.text())])
            .arg(format!("http://{}/", self.address))
            .output()?;
        let spent = processor::of_process(self.process.id())? - before;
        let text = String::from_utf8(run.stdout)?;
        if text.contains("Non-2xx") || text.contains("Socket errors") {
            return Err(format!("{}: {text}", self.name).into());
        }
        let line = text.lines().find(|line| line.contains(" requests in ")).ok_or("wrk has counted nothing")?;
        let requests: f64 = line.split_whitespace().next().unwrap_or_default().parse()?;
        Ok(spent / requests)
    }
}

/// Closing its input ends a server.
impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        // Nothing is left to do if it cannot be waited for.
        let _ = self.process.wait();
    }
}

/// Serves until the input ends.
///
/// # Errors
///
/// If there is no such service, or no port.
pub fn serve(name: &str, token: &[&str]) -> Result<(), Failure> {
    let parts: [&str; 3] = token.try_into().map_err(|_| "a token has three parts")?;
    let token = Token::from_parts(parts.map(str::to_owned));
    // Whatever this keeps has to stay.
    let bench = match name {
        CACHED => Some(Bench::new(Case::CachedBearer(ALGORITHM), &token.own(), false)?),
        FIRST => Some(Bench::new(Case::FirstBearer(ALGORITHM), &token.own(), false)?),
        _ => None,
    };
    let app: Router = match &bench {
        Some(bench) => bench.router(),
        None if name == BARE => on_axum::bare_router(),
        None if name == BY_HAND => on_axum::by_hand_router(&token)?,
        None => return Err(format!("there is no service {name:?}").into()),
    };
    thread::spawn(|| {
        // Whether it ends or fails, this is the end.
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        io::stdout().flush()?;
        axum::serve(listener, app).await?;
        Ok(())
    })
}
