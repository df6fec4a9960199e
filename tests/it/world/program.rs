//! The real binary, as its user starts it: a process with its own folder, its own environment and its own log.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use tempfile::TempDir;

/// The binary.
pub const BINARY: &str = env!("CARGO_BIN_EXE_shopwatch");

/// A folder in which the binary is used.
pub struct Home(TempDir);

impl Home {
    /// An empty one.
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Writes a file in it.
    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.file(name), text).unwrap();
    }

    /// A command of the binary, with nothing of ours in its environment.
    pub fn command(&self, arguments: &[&str]) -> assert_cmd::Command {
        assert_cmd::Command::from_std(self.program(arguments))
    }

    /// What a command prints when it succeeds.
    pub fn output(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).assert().success().get_output().stdout.clone();
        String::from_utf8(output).unwrap()
    }

    /// A key of this role, for the whole shop.
    pub fn key(&self, name: &str, role: &str) -> String {
        self.output(&["key", "create", "--name", name, "--role", role]).trim().to_owned()
    }

    /// Serves on a free port; returns when it listens.
    pub fn serve(&self, environment: &[(&str, &str)]) -> Serving {
        let mut program = self.program(&[]);
        program.envs(environment.iter().copied());
        Serving::start(program, self.file("log"))
    }

    /// Serves with files no larger than so many bytes; larger ones fail as on a full disk.
    pub fn serve_with_files_up_to(&self, bytes: u64) -> Serving {
        let mut shell = Command::new("sh");
        let blocks = (bytes / 512).to_string();
        shell.args(["-c", "trap '' XFSZ; ulimit -f \"$1\"; exec \"$2\"", "sh", &blocks, BINARY]);
        self.at_home(&mut shell);
        Serving::start(shell, self.file("log"))
    }

    fn program(&self, arguments: &[&str]) -> Command {
        let mut program = Command::new(BINARY);
        self.at_home(&mut program).args(arguments);
        program
    }

    fn at_home<'a>(&self, program: &'a mut Command) -> &'a mut Command {
        program.env_clear().env("SHOPWATCH_LISTEN", "127.0.0.1:0").current_dir(self.path()).stdin(Stdio::null())
    }
}

/// A process that serves; killed when it is dropped.
pub struct Serving {
    child: Child,
    stdout: BufReader<ChildStdout>,
    log: PathBuf,
    /// Its first lines.
    pub banner: String,
    pub address: SocketAddr,
}

impl Serving {
    fn start(mut program: Command, log: PathBuf) -> Self {
        let mut child = program.stdout(Stdio::piped()).stderr(File::create(&log).unwrap()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut banner = String::new();
        while !banner.lines().last().is_some_and(|line| line.starts_with("  next")) {
            let read = stdout.read_line(&mut banner).unwrap();
            assert!(read > 0, "it ended before it listened: {banner}{}", fs::read_to_string(&log).unwrap());
        }
        let (_, after) = banner.split_once("http://").expect("an address in the banner");
        let address = after.split(['/', ' ', '\n']).next().unwrap().parse().unwrap();
        Self { child, stdout, log, banner, address }
    }

    /// Where it is reached.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Asks it to end; how it ended, and everything else that it printed.
    pub fn end(self) -> (ExitStatus, String) {
        self.signal("TERM");
        self.wait()
    }

    /// Waits for its end; how it ended, and everything else that it printed.
    pub fn wait(mut self) -> (ExitStatus, String) {
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap(), rest)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended; then there is nothing to kill.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
