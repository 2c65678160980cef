//! A browser, driven by `WebDriver`: Debian's packages `chromium` and `chromium-driver`, headless.
//!
//! | variable | means |
//! | --- | --- |
//! | `AUTH_TEST_REQUIRE_BROWSER=1` | no browser is a failure, and not a reason to skip |
//! | `AUTH_TEST_SCREENSHOTS=DIR` | pictures of the pages are left there |

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};

/// The longest wait for anything; only a test that fails waits so long.
const PATIENCE: Duration = Duration::from_mins(1);

/// The name that the protocol gives to a reference of an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// One browser at a time: each takes as much memory as all the servers of these tests.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A browser with a profile of its own. Dropping it ends it.
pub(crate) struct Browser {
    driver: Child,
    address: String,
    session: String,
    _turn: MutexGuard<'static, ()>,
}

/// How a page is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) width: u32,
    pub(crate) is_dark: bool,
}

impl Look {
    pub(crate) const ALL: [Self; 4] = [
        Self { width: 1_280, is_dark: false },
        Self { width: 1_280, is_dark: true },
        Self { width: 375, is_dark: false },
        Self { width: 375, is_dark: true },
    ];
}

impl Browser {
    /// Starts a browser; `None`, and one line that says so, where there is none.
    #[track_caller]
    pub(crate) fn start() -> Option<Self> {
        let missing: Vec<&str> =
            ["chromium", "chromedriver"].into_iter().filter(|program| !is_installed(program)).collect();
        if !missing.is_empty() {
            let missing = missing.join(" and ");
            let is_required = std::env::var("AUTH_TEST_REQUIRE_BROWSER").is_ok_and(|value| value == "1");
            assert!(!is_required, "AUTH_TEST_REQUIRE_BROWSER is set, and {missing} is missing");
            eprintln!("skipped: {missing} is missing; install chromium and chromium-driver");
            return None;
        }
        let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let stdout = BufReader::new(driver.stdout.take().expect("a pipe"));
        let (sender, ports) = channel();
        std::thread::spawn(move || {
            // To its end, so that the driver can always write.
            for line in stdout.lines().map_while(Result::ok) {
                if let Some((_, port)) = line.split_once("started successfully on port ") {
                    drop(sender.send(port.trim_end_matches('.').to_owned()));
                }
            }
        });
        let port = ports.recv_timeout(PATIENCE).expect("chromedriver says its port");
        let mut browser = Self { driver, address: format!("127.0.0.1:{port}"), session: String::new(), _turn: turn };
        let arguments = [
            "--headless=new",
            // The sandbox wants a user that is not root, and namespaces that containers lack.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--no-proxy-server",
            "--hide-scrollbars",
        ];
        let capabilities = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL"},
        }}});
        let answer = browser.call("POST", "/session", &capabilities).expect("a session");
        answer["sessionId"].as_str().expect("an id").clone_into(&mut browser.session);
        Some(browser)
    }

    /// Opens an address, and waits until the page is there.
    #[track_caller]
    pub(crate) fn open(&self, url: &str) {
        self.command("url", &json!({"url": url}));
    }

    /// Where the browser is.
    #[track_caller]
    pub(crate) fn url(&self) -> String {
        self.read("url").as_str().expect("an address").to_owned()
    }

    /// What a script returns.
    #[track_caller]
    pub(crate) fn run(&self, script: &str) -> Value {
        self.command("execute/sync", &json!({"script": script, "args": []}))
    }

    /// The visible text of the page.
    #[track_caller]
    pub(crate) fn text(&self) -> String {
        self.run("return document.body.innerText").as_str().expect("a text").to_owned()
    }

    /// The main heading, of which there is one.
    #[track_caller]
    pub(crate) fn heading(&self) -> String {
        let headings = self.run("return [...document.querySelectorAll('h1')].map(h => h.innerText)");
        match headings.as_array().expect("a list").as_slice() {
            [Value::String(heading)] => heading.clone(),
            other => panic!("not one heading: {other:?} at {}", self.url()),
        }
    }

    /// Types into the field that this selector finds.
    #[track_caller]
    pub(crate) fn type_into(&self, selector: &str, text: &str) {
        let element = self.find(selector);
        self.command(&format!("element/{element}/value"), &json!({"text": text}));
    }

    /// Clicks what this selector finds, which leads to another page, and waits for that.
    #[track_caller]
    pub(crate) fn follow(&self, selector: &str) {
        self.run("document.documentElement.dataset.before = 'yes'");
        let element = self.find(selector);
        self.command(&format!("element/{element}/click"), &json!({}));
        let begin = Instant::now();
        loop {
            let is_there =
                self.run("return document.readyState === 'complete' && !document.documentElement.dataset.before");
            if is_there == true {
                return;
            }
            assert!(begin.elapsed() < PATIENCE, "no page follows");
        }
    }

    /// The cookies of this site, also those that no script sees.
    #[track_caller]
    pub(crate) fn cookies(&self) -> Vec<Value> {
        self.read("cookie").as_array().expect("a list").clone()
    }

    /// What the browser complains of: scripts and styles that the policy refuses, files that are not there. Pages whose
    /// own status is no success are named by it too; those lines are left out.
    #[track_caller]
    pub(crate) fn complaints(&self) -> Vec<String> {
        let lines = self.command("se/log", &json!({"type": "browser"}));
        let lines = lines.as_array().expect("a list").iter();
        let messages = lines.map(|line| line["message"].as_str().unwrap_or_default().to_owned());
        messages
            .filter(|message| message.contains("/assets/") || !message.contains("the server responded with a status"))
            .collect()
    }

    /// Looks at the page otherwise.
    #[track_caller]
    pub(crate) fn look(&self, look: Look) {
        let scheme = if look.is_dark { "dark" } else { "light" };
        let metrics = json!({"width": look.width, "height": 800, "deviceScaleFactor": 1, "mobile": look.width < 600});
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        for (name, parameters) in
            [("Emulation.setDeviceMetricsOverride", metrics), ("Emulation.setEmulatedMedia", media)]
        {
            self.command("goog/cdp/execute", &json!({"cmd": name, "params": parameters}));
        }
    }

    /// Leaves a picture of the page where pictures are wanted.
    #[track_caller]
    pub(crate) fn picture(&self, name: &str) {
        let Some(directory) = std::env::var_os("AUTH_TEST_SCREENSHOTS") else { return };
        let picture = BASE64_STANDARD.decode(self.read("screenshot").as_str().expect("a picture")).expect("base64");
        std::fs::create_dir_all(&directory).expect("a directory");
        std::fs::write(Path::new(&directory).join(format!("{name}.png")), picture).expect("a file");
    }

    #[track_caller]
    fn find(&self, selector: &str) -> String {
        let found = self.command("element", &json!({"using": "css selector", "value": selector}));
        found[ELEMENT].as_str().expect("an element").to_owned()
    }

    #[track_caller]
    fn command(&self, name: &str, body: &Value) -> Value {
        self.call("POST", &format!("/session/{}/{name}", self.session), body)
            .unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    #[track_caller]
    fn read(&self, name: &str) -> Value {
        let path = format!("/session/{}/{name}", self.session);
        self.call("GET", &path, &Value::Null).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// One command of the protocol: JSON there and back.
    fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let (status, text) = self.exchange(method, path, body).map_err(|error| error.to_string())?;
        let mut answer: Value = serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?;
        if status.contains(" 200 ") { Ok(answer["value"].take()) } else { Err(answer.to_string()) }
    }

    /// The status line and the body of an answer. The driver's header lines are not written as servers write them.
    fn exchange(&self, method: &str, path: &str, body: &Value) -> io::Result<(String, String)> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (address, length) = (&self.address, body.len());
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\n\r\n{body}")?;
        let (mut reader, mut status, mut length) = (BufReader::new(stream), String::new(), 0);
        reader.read_line(&mut status)?;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            match line.trim_end().split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().map_err(io::Error::other)?;
                }
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        Ok((status, String::from_utf8(body).map_err(io::Error::other)?))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends its browser.
        let _ended = self.call("DELETE", &format!("/session/{}", self.session), &Value::Null);
        let _killed = self.driver.kill();
        let _status = self.driver.wait();
    }
}

fn is_installed(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
