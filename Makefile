# What a contributor and CI run: `make test` is all of it, the rest are its parts.
# One recipe at a time, whatever -j says: two cargo processes only wait for each other's lock, and for memory.
.NOTPARALLEL:
.PHONY: test setup check unit built browser promises run

# Set-up first: what is missing is said before the long builds, not after them.
test: setup check unit browser promises

setup:
	tests/setup

check:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

# As many tests at a time as there are cores, and four at least: half of their time they wait for a socket or a process.
TEST_THREADS ?= $(shell echo $$(( $$(nproc) > 4 ? $$(nproc) : 4 )))

unit: setup
	cargo test --workspace --locked -- --test-threads $(TEST_THREADS)

# The binary that the tests were built with; SHOPWATCH_BIN=target/release/shopwatch is the one a shop would run.
SHOPWATCH_BIN ?= $(or $(CARGO_TARGET_DIR),target)/debug/shopwatch
export SHOPWATCH_BIN

# As `unit` builds them, so that a second build is none.
built: setup
	cargo test --workspace --locked --no-run

browser: built
	node tests/browser/run.mjs

# A small share of the loops that break things on purpose, on the binary that the browser met: only the loops themselves
# are built, beside the tests. All of each loop: cargo bench --bench promises -- help
promises: built
	cargo bench --profile dev --workspace --locked --bench promises -- reliability

run:
	cargo run --release --locked
