// Pictures for a person to look at. Nothing is compared with them: fonts differ from machine to machine.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const out = fileURLToPath(new URL('../out', import.meta.url));

/** Writes out/<name>.png, the whole page unless told otherwise; returns its path. */
export async function screenshot(page, name, { fullPage = true } = {}) {
  const path = join(out, `${name.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.png`);
  await page.screenshot({ path, fullPage });
  return path;
}
