# What a contributor and CI run: `make test` is all of it, the rest are its parts.
# One recipe at a time, whatever -j says: two cargo processes that build only wait for each other's lock, and for memory.
# What is built is another matter: see `test`.
ifeq ($(MAKELEVEL),0)
.NOTPARALLEL:
endif
.PHONY: test setup check unit built browser promises overload run

# Set-up first: what is missing is said before the long builds, not after them. Then the tests, the stories in the browser and
# the loops run side by side, since each waits for half of its time; what one says is printed whole when it has ended, and all
# of them are heard out even if one fails.
test: setup check built
	$(MAKE) --no-print-directory --jobs --output-sync=target unit browser promises

setup:
	tests/setup

check:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

# As many tests at a time as there are cores, and three at least: they wait for sockets and processes, but what they measure
# in seconds has to fit beside the browser and the loops.
TEST_THREADS ?= $(shell echo $$(( $$(nproc) > 3 ? $$(nproc) : 3 )))

# What the tests throw away lies in memory where there is room for it: who else keeps the disk busy fails no test then.
SCRATCH ?= $(shell [ 0$$(df --output=avail --block-size=1M /dev/shm 2>/dev/null | tail -n 1 | tr -d ' ') -ge 2048 ] && echo /dev/shm || echo $${TMPDIR:-/tmp})

unit: built
	TMPDIR=$(SCRATCH) cargo test --workspace --locked -- --test-threads $(TEST_THREADS)

# The binary that the tests were built with; SHOPWATCH_BIN=target/release/shopwatch is the one a shop would run.
SHOPWATCH_BIN ?= $(or $(CARGO_TARGET_DIR),target)/debug/shopwatch
export SHOPWATCH_BIN

# The tests, the binary that they start, and the loops, in one go: what follows builds nothing.
built: setup
	cargo test --workspace --locked --no-run --tests --bench promises

browser: built
	node tests/browser/run.mjs

# A small share of the loops that break things on purpose, on the binary that the browser meets.
# All of each loop: cargo bench --bench promises -- --help
promises: built
	cargo bench --profile dev --workspace --locked --bench promises -- reliability

# Ten times what the server can take for two seconds: how somebody else is served meanwhile is not to hang on who else uses
# the machine.
overload: built
	cargo bench --profile dev --workspace --locked --bench promises -- overload --count 2

run:
	cargo run --release --locked
