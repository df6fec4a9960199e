// Runs every story in stories/, one after the other: each has a browser of its own, and that fills two cores.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

import { binary } from './lib/start.mjs';

const folder = fileURLToPath(new URL('./stories', import.meta.url));
const files = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => name.endsWith('.mjs'))
      .sort()
      .map((name) => join(folder, name))
  : [];

// Both would otherwise look like success, or like a failure of every story.
if (files.length === 0) {
  console.error(`no stories in ${folder}: a run that tests nothing has not passed`);
  process.exit(1);
}
if (!existsSync(binary())) {
  console.error(`${binary()} is not there: cargo build --release, or set SHOPWATCH_BIN`);
  process.exit(1);
}

// Told to stop, this process tells the one with the story, which takes its binary and its browser along.
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());

run({ files, concurrency: 1, timeout: 300_000, signal: stop.signal })
  .on('test:fail', () => {
    process.exitCode = 1;
  })
  .compose(new spec())
  .pipe(process.stdout);
