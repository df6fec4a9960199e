//! A throw-away Postgres server: one per test process, gone when the process is, however that ends.
//!
//! It is not made fast at the price of durability: Shopwatch refuses a server that runs without `fsync`,
//! `synchronous_commit` or `full_page_writes`. All three stay on, and the files lie in memory instead.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, TcpListener},
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{self, ChildStdin, Command, Stdio},
    sync::LazyLock,
};

/// The server's whole life, in a shell of its own: it ends when our end of its stdin closes, which the kernel sees
/// to even after a SIGKILL. Signals are ignored so that Ctrl-C cannot end the shell before it has cleaned up, and a
/// broken pipe so that it cleans up when we are gone before it is ready.
const WATCHDOG: &str = r#"
set -eu
bin=$1 dir=$2 port=$3 ready=
exec 2>&1
trap '' INT TERM HUP PIPE
end() {
  [ "$ready" ] || cat "$dir/log" || :
  "$bin/pg_ctl" stop -D "$dir/data" -m immediate >/dev/null 2>&1 </dev/null || :
  rm -rf "$dir"
}
trap end EXIT
"$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/log" 2>&1 </dev/null
{
  echo "listen_addresses = '127.0.0.1'"
  echo "port = $port"
  echo "unix_socket_directories = '$dir'"
  echo "max_connections = 200"
  echo "fsync = on"
  echo "synchronous_commit = on"
  echo "full_page_writes = on"
} >>"$dir/data/postgresql.conf"
"$bin/pg_ctl" start -D "$dir/data" -l "$dir/log" -w -t 60 >/dev/null </dev/null
echo ready
ready=yes
cat >/dev/null
"#;

/// A running server that only this process uses.
pub struct Cluster {
    programs: PathBuf,
    port: u16,
    /// Never written to: while it is open, the server runs.
    _lifeline: ChildStdin,
}

/// The server of this process, started on the first call.
///
/// # Panics
///
/// When Postgres is not installed or does not start; the message says what to install, or what the server said.
pub fn cluster() -> &'static Cluster {
    static CLUSTER: LazyLock<Result<Cluster, String>> = LazyLock::new(|| Cluster::start_in(roomy_directory()));
    CLUSTER.as_ref().unwrap_or_else(|why| fail(why))
}

impl Cluster {
    /// Makes a database and returns its URL. A `template` is copied with all that is in it, and nobody may be
    /// connected to it meanwhile.
    ///
    /// # Panics
    ///
    /// When the name is more than `a-z`, `0-9` and `_`, when it is taken, or when somebody is using the template.
    pub fn create_database(&self, name: &str, template: Option<&str>) -> String {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        assert!(!name.is_empty() && name.chars().all(plain), "{name:?} would need escaping in the URL");
        let port = self.port.to_string();
        let mut createdb = Command::new(self.program("createdb"));
        createdb.args(["--host=127.0.0.1", "--username=postgres", "--maintenance-db=postgres", "--port", &port]);
        if let Some(template) = template {
            createdb.args(["--template", template]);
        }
        said_by(createdb.arg(name)).unwrap_or_else(|why| fail(&why));
        format!("postgres://postgres@127.0.0.1:{port}/{name}")
    }

    /// A program that came with the server.
    pub fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }

    /// A server with its files in a directory of its own below this one.
    pub fn start_in(parent: &Path) -> Result<Self, String> {
        let programs = programs()?;
        let directory = tempfile::Builder::new()
            .prefix("shopwatch-postgres-")
            .tempdir_in(parent)
            .map_err(|why| format!("no directory for Postgres: {why}"))?
            .keep(); // the watchdog removes it: a static is never dropped
        let port = free_port()?;

        let mut watchdog = Command::new("sh");
        watchdog.args(["-c", WATCHDOG, "postgres-watchdog"]).arg(&programs).arg(&directory).arg(port.to_string());
        watchdog.current_dir(&directory).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        watchdog.process_group(0); // Ctrl-C is sent to the test's group, and the watchdog must outlive it
        if let Some((user, group)) = unprivileged_owner(&directory)? {
            watchdog.uid(user).gid(group);
        }
        let mut watchdog = watchdog.spawn().map_err(|why| format!("cannot start Postgres: {why}"))?;
        let (Some(lifeline), Some(said)) = (watchdog.stdin.take(), watchdog.stdout.take()) else {
            return Err("Postgres was started without its pipes".to_owned());
        };

        let mut log = String::new();
        for line in BufReader::new(said).lines().map_while(Result::ok) {
            if line == "ready" {
                return Ok(Self { programs, port, _lifeline: lifeline });
            }
            log.push_str(&line);
            log.push('\n');
        }
        let end = watchdog.wait().map_or_else(|why| why.to_string(), |status| status.to_string());
        Err(format!("Postgres in {} did not start ({end}):\n{log}", programs.display()))
    }
}

/// The directory of `initdb` and its siblings: the one on the PATH, else Debian's newest, which is on no PATH.
fn programs() -> Result<PathBuf, String> {
    if let Ok(path) = said_by(Command::new("sh").args(["-c", "command -v initdb"]))
        && let Ok(program) = fs::canonicalize(path.trim()) // a link stands alone, its siblings are where it points
        && let Some(directory) = program.parent()
    {
        return Ok(directory.to_path_buf());
    }
    fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").is_file())
        .max()
        .map(|(_, bin)| bin)
        .ok_or_else(|| {
            "Postgres is not installed: no initdb on the PATH, none in /usr/lib/postgresql/*/bin. \
             Run tests/setup, or `apt-get install postgresql`."
                .to_owned()
        })
}

/// Memory if there is enough of it (a container often has 64 MiB of it), else the disk.
pub fn roomy_directory() -> &'static Path {
    const ENOUGH: u64 = 1 << 20; // in KiB
    static ROOMY: LazyLock<PathBuf> = LazyLock::new(|| {
        let memory = said_by(Command::new("df").args(["--output=avail", "--block-size=1K", "/dev/shm"]))
            .ok()
            .and_then(|said| said.lines().last()?.trim().parse::<u64>().ok());
        if memory.is_some_and(|free| free >= ENOUGH) { PathBuf::from("/dev/shm") } else { std::env::temp_dir() }
    });
    &ROOMY
}

/// A port below those that the kernel hands out for port 0, so that no other socket of this run is given it between
/// here and the server's start. The process id keeps two test processes apart.
fn free_port() -> Result<u16, String> {
    (0..10_000)
        .filter_map(|n| u16::try_from(20_000 + (process::id() * 7 + n) % 10_000).ok())
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .ok_or_else(|| "no free port for Postgres between 20000 and 30000".to_owned())
}

/// Postgres refuses to run as root: then the directory is given to the user of Debian's package, and so is the server.
fn unprivileged_owner(directory: &Path) -> Result<Option<(u32, u32)>, String> {
    let owner = fs::metadata(directory).map_err(|why| why.to_string())?.uid();
    if owner != 0 {
        return Ok(None);
    }
    let id = |of: &str| -> Result<u32, String> {
        said_by(Command::new("id").args([of, "postgres"]))?.trim().parse().map_err(|why| format!("{why}"))
    };
    let (user, group) = (id("-u")?, id("-g")?);
    chown(directory, Some(user), Some(group)).map_err(|why| format!("{}: {why}", directory.display()))?;
    Ok(Some((user, group)))
}

/// Runs a program to its end; its output, or everything it said as the error.
fn said_by(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|why| format!("{command:?}: {why}"))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(said);
    }
    Err(format!("{command:?}: {}\n{said}{}", output.status, String::from_utf8_lossy(&output.stderr)))
}

/// The one place that panics. With `assert!`, because this file is part of the tests, where the lints permit `panic!`,
/// and of the benches, where they do not: neither an `expect` attribute nor none would be right in both.
#[track_caller]
fn fail(why: &str) -> ! {
    assert!(why.is_empty(), "{why}");
    unreachable!("a failure without words")
}
