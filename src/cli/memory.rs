//! How memory is shared out among threads, and what becomes of what large things took.

use std::env;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::thread::available_parallelism;

/// What jemalloc, the program's own memory (`main.rs`), reads at the start and then never again.
/// <https://jemalloc.net/jemalloc.3.html#tuning>
const TUNED_BY: &str = "_RJEM_MALLOC_CONF";
/// What is free goes back after a second; what is as large as a photo and its copies, at once, and has a heap of its own.
/// Threads keep for themselves what is small.
const TUNED: &str = "dirty_decay_ms:1000,muzzy_decay_ms:0,lg_tcache_max:12,oversize_threshold:262144";
/// How many heaps glibc makes for SQLite, which has its own memory: eight for each core, left to itself, and each of them
/// keeps what it once needed.
/// <https://www.gnu.org/software/libc/manual/html_node/Memory-Allocation-Tunables.html>
const HEAPS: &str = "MALLOC_ARENA_MAX";

/// Begins again as the same process with both told so, with as many heaps as threads can run at the same time. Whoever has
/// set it has their way.
pub fn share_out() {
    if env::var_os(TUNED_BY).is_some() {
        return;
    }
    let mut arguments = env::args_os();
    let (Ok(program), Some(name)) = (env::current_exe(), arguments.next()) else { return };
    // Only what failed comes back, and then it goes on as it is: somewhat larger.
    let heaps = available_parallelism().map_or(1, usize::from);
    let tuned = format!("narenas:{heaps},{TUNED}");
    let again =
        Command::new(program).arg0(name).args(arguments).env(TUNED_BY, tuned).env(HEAPS, heaps.to_string()).exec();
    drop(again);
}
