// Photographs out of registry packages, where tests/data/photos/fetch has put them.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const list = readFileSync(new URL('../../data/photos/requirements.txt', import.meta.url));
const name = `photos-${createHash('sha256').update(list).digest('hex').slice(0, 16)}`;
const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'shopwatch-tests', name);

/** Where a photograph lies. */
export function photo(file) {
  if (!existsSync(folder)) throw new Error(`${folder} is not there: run tests/setup, which takes it from the registries`);
  return join(folder, file);
}
