// Starts the binary with a data directory and a port of its own.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../../..', import.meta.url));
const READY_WITHIN = 30_000;
const STOPPED_WITHIN = 10_000;

/** The binary under test: SHOPWATCH_BIN (the makefile names the one the tests were built with), else cargo's release build. */
export function binary() {
  const target = resolve(project, process.env.CARGO_TARGET_DIR || 'target');
  return resolve(process.env.SHOPWATCH_BIN || join(target, 'release/shopwatch'));
}

/**
 * Resolves once the one-time link is printed: `link` is that, `origin` where it leads, `output()` all the binary
 * has said so far, `run('enter', 'noor')` a command beside it. `stop()` must be awaited; it fails when the binary does not end by itself.
 */
export async function startShop(settings = {}) {
  const home = mkdtempSync(join(tmpdir(), 'shopwatch-browser-'));
  const where = {
    // Neither the caller's directory nor the caller's environment: a `.env` or a token in either would connect
    // the tests to somebody's real chat.
    cwd: home,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      RUST_BACKTRACE: '1',
      SHOPWATCH_DATA: join(home, 'data'),
      SHOPWATCH_LISTEN: '127.0.0.1:0',
      ...settings,
    },
  };
  const child = spawn(binary(), [], { ...where, stdio: ['ignore', 'pipe', 'pipe'] });
  // A test process that is told to stop must leave neither the binary nor its data behind.
  const tidy = () => {
    child.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true });
  };
  const leave = () => process.exit(143);
  process.on('exit', tidy);
  process.on('SIGTERM', leave);

  const said = [];
  const output = () => said.join('\n');
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  const link = new Promise((found) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line);
      const match = /open\s+(http:\/\/\S+)/.exec(line);
      if (match) found(match[1]);
    });
  });
  const ended = new Promise((end) => {
    child.on('error', (why) => end(String(why)));
    child.on('close', (code, signal) => end(signal ?? `exit code ${code}`));
  });

  async function stop() {
    child.kill('SIGTERM');
    const inTime = await first(ended, STOPPED_WITHIN);
    if (!inTime) child.kill('SIGKILL');
    await ended;
    tidy();
    process.off('exit', tidy);
    process.off('SIGTERM', leave);
    if (!inTime) throw new Error(`${binary()} ran on for ${STOPPED_WITHIN} ms after SIGTERM:\n${output()}`);
  }

  const open = await first(Promise.race([link, ended.then(() => undefined)]), READY_WITHIN);
  if (!open) {
    const how = (await first(ended, 0)) ?? 'still running';
    await stop();
    throw new Error(`${binary()} printed no one-time link (${how}). It said:\n${output()}`);
  }
  /** Another command of the binary beside the running one; what it prints. */
  const run = (...args) => execFileSync(binary(), args, { ...where, encoding: 'utf8' }).trim();
  return { link: open, origin: new URL(open).origin, output, run, stop };
}

/** What the promise resolves to, or undefined when it takes longer. */
async function first(promise, milliseconds) {
  const cancel = new AbortController();
  const late = after(milliseconds, undefined, { signal: cancel.signal }).catch(() => undefined);
  return Promise.race([promise, late]).finally(() => cancel.abort());
}
