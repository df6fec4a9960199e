//! `shopwatch`: arguments, settings, logs, then what was asked for.

use std::process::ExitCode;

use tikv_jemallocator::Jemalloc;

/// Most of what a report takes is made on one thread and let go on another; the system's own heaps wait for each other then.
#[global_allocator]
static HEAP: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    shopwatch::cli::run()
}
