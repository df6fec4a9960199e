// One story: a fresh shop, a fresh browser, somebody who has come in.
import { test } from 'node:test';

import { openBrowser } from './browser.mjs';
import { enter } from './enter.mjs';
import { screenshot } from './screenshot.mjs';
import { startShop } from './start.mjs';

/**
 * `tell({ page, shop, browser })` is the story. `person` is how they look at it, as Playwright's context options:
 * `{ locale: 'ur' }`, `{ javaScriptEnabled: false }`, `{ viewport: { width: 360, height: 740 } }`.
 * When it fails, a picture of the page and the binary's own words come with the failure.
 */
export function story(name, person, tell) {
  test(name, { timeout: 60_000 }, async (t) => {
    const shop = await startShop();
    try {
      const browser = await openBrowser();
      // Out of time: whatever the story waits for in the page fails now, and the rest is tidied up as usual.
      t.signal.addEventListener('abort', () => browser.close());
      try {
        const page = await browser.newPage(person);
        page.setDefaultTimeout(10_000);
        try {
          await enter(page, shop.link);
          await tell({ page, shop, browser });
        } catch (why) {
          t.diagnostic(`picture: ${await screenshot(page, name).catch(() => 'none')}`);
          t.diagnostic(`the binary said:\n${shop.output()}`);
          throw why;
        }
      } finally {
        await browser.close();
      }
    } finally {
      await shop.stop();
    }
  });
}
