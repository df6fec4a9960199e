# What a contributor and CI run: `make test` is all of it, the rest are its parts.
# One recipe at a time, whatever -j says: two cargo processes only wait for each other's lock, and for memory.
.NOTPARALLEL:
.PHONY: test setup check unit browser promises run

# Set-up first: what is missing is said before the long builds, not after them.
test: setup check unit browser promises

setup:
	tests/setup

check:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

unit: setup
	cargo test --workspace --locked

# The browser meets the binary a shop would run.
browser: setup
	cargo build --release --locked
	node tests/browser/run.mjs

# A small share of the loops that break things on purpose, on the binary that the browser met: only the loops themselves
# are built, beside the tests. All of each loop: cargo bench --bench promises -- help
promises: browser
	SHOPWATCH_BIN="$${CARGO_TARGET_DIR:-target}/release/shopwatch" \
		cargo bench --profile dev --workspace --locked --bench promises -- reliability

run:
	cargo run --release --locked
