// What people do in the console, in one line each. A `place` is a page or, in the try-out, one of its panes.
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { screenshot } from './screenshot.mjs';

/** The panes of the try-out's first page. */
export async function panes(page) {
  const pane = async (name) => {
    const frame = await (await page.locator(`iframe[src="/as/${name}"]`).elementHandle()).contentFrame();
    await frame.locator('h1').waitFor();
    return frame;
  };
  return { amal: await pane('amal'), noor: await pane('noor'), neighbour: await pane('neighbour') };
}

/** Writes a line into the composer and sends it by Enter. */
export async function say(place, line) {
  await place.getByLabel('Write here').fill(line);
  await place.getByLabel('Write here').press('Enter');
}

const referenceIn = (text) => /SW-[0-9A-Z]{5}-[0-9A-Z]/.exec(text)?.[0];

/** Reports in one line; the reference. What was answered before is not the answer. */
export async function report(place, line) {
  await place.getByLabel('Write here').waitFor();
  const before = referenceIn((await place.locator('#said .lead').allTextContents()).join(' '));
  await say(place, line);
  const other = before ? { hasNotText: before } : {};
  return referenceIn(await place.locator('#said .lead').filter({ hasText: 'sent', ...other }).textContent());
}

/** The card of an incident. */
export const card = (place, reference) => place.locator(`.card#${reference}`);

/** A button of an incident's card, by its name. */
export const button = (place, reference, name) =>
  card(place, reference).getByRole('button', { name: `${name} ${reference}` });

/** Where the README's pictures are. */
const shown = fileURLToPath(new URL('../../../deploy/screenshots', import.meta.url));

/**
 * Takes a picture of what is in sight, from `top` on where that is given; with SCREENSHOTS=1 also for the README. Not on every run: fonts, times and
 * references differ, and a test that leaves changed files behind is a nuisance.
 */
export async function portrait(page, name, top) {
  await top?.evaluate((node) => node.scrollIntoView());
  const path = await screenshot(page, name, { fullPage: false });
  if (process.env.SCREENSHOTS !== '1') return;
  mkdirSync(shown, { recursive: true });
  copyFileSync(path, join(shown, `${name}.png`));
}
