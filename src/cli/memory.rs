//! What becomes of the memory that large things took.

use std::env;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::thread::available_parallelism;

/// From how many bytes on glibc asks the system for a piece of its own, which goes back when it is freed. Left to itself it
/// raises that to the largest piece it ever freed, up to 32 MiB, and keeps what is smaller: each thread that once had a
/// photo in hand then holds memory for as large a one for ever. What is set stays.
/// <https://www.gnu.org/software/libc/manual/html_node/Memory-Allocation-Tunables.html>
const THRESHOLD: &str = "MALLOC_MMAP_THRESHOLD_";
/// Photos and their copies are larger, and little else.
const LARGE: &str = "262144";
/// How many heaps there are. Left to itself glibc makes eight for each core, and each of them keeps what it once needed; as
/// many as run at the same time are enough.
const HEAPS: &str = "MALLOC_ARENA_MAX";

/// Begins again as the same process with glibc told so, since it reads that at the start alone. Whoever has set it has their way.
pub fn give_back_what_is_large() {
    if !cfg!(target_env = "gnu") || env::var_os(THRESHOLD).is_some() {
        return;
    }
    let mut arguments = env::args_os();
    let (Ok(program), Some(name)) = (env::current_exe(), arguments.next()) else { return };
    // Only what failed comes back, and then it goes on as it is: somewhat larger.
    let heaps = available_parallelism().map_or(1, usize::from).to_string();
    drop(Command::new(program).arg0(name).args(arguments).env(THRESHOLD, LARGE).env(HEAPS, heaps).exec());
}
