# What a contributor and CI run: `make test` is all of it, the rest are its parts.
# One recipe at a time, whatever -j says: two cargo processes only wait for each other's lock, and for memory.
.NOTPARALLEL:
.PHONY: test setup check unit browser run

# Set-up first: what is missing is said before the long builds, not after them.
test: setup check unit browser

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

run:
	cargo run --release --locked
