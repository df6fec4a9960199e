// A link to a photo as Slack hands it out: a page with one press on it, and behind that the picture, under its sandbox.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { openBrowser } from '../lib/browser.mjs';
import { photo } from '../lib/photos.mjs';
import { screenshot } from '../lib/screenshot.mjs';
import { startSlack } from '../lib/slack.mjs';
import { startShop } from '../lib/start.mjs';

const RULES = `
[shop]
name = "Corner Store"
locale = "en"
timezone = "Europe/London"
emergency_number = "999"
two_person = true

[[site]]
id = "kings-cross"
name = "King's Cross"
area = "N1C"
channels.report = ["slack:CFLOOR"]
channels.triage = ["slack:CTRIAGE"]

[roles]
staff = ["slack:everyone"]
reviewer = ["slack:user:U1"]
`;

/** An address that is free at this moment: the links have to name it before the shop is started. */
async function free() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return `127.0.0.1:${port}`;
}

test('A link to a photo shows a press, and the press shows the photo', { timeout: 90_000 }, async () => {
  const home = mkdtempSync(join(tmpdir(), 'shopwatch-rules-'));
  const rules = join(home, 'shop.toml');
  writeFileSync(rules, RULES);
  const slack = await startSlack(readFileSync(photo('faces/astronaut.png')));
  const address = await free();
  const shop = await startShop({
    ...slack.settings,
    SHOPWATCH_RULES: rules,
    SHOPWATCH_LISTEN: address,
    SHOPWATCH_PUBLIC_URL: `http://${address}`,
  });
  const browser = await openBrowser();
  try {
    await slack.drops(shop, 'CFLOOR');
    const link = await slack.looks(shop);
    const page = await browser.newPage({ locale: 'en-GB', viewport: { width: 360, height: 740 } });
    page.setDefaultTimeout(10_000);

    const asked = await page.goto(link);
    assert.equal(asked.status(), 200);
    assert.equal(await page.locator('main img').count(), 0, 'a look takes a press');
    await screenshot(page, 'look asks');
    // By keyboard. (axe needs timers, which the page's sandbox does not let run.)
    await page.getByRole('button').focus();
    const answered = page.waitForResponse((answer) => answer.request().method() === 'POST');
    await page.keyboard.press('Enter');
    const shown = await answered;
    assert.equal(shown.status(), 200);
    assert.match(shown.headers()['content-security-policy'], /sandbox/);
    await page.waitForLoadState();
    const picture = page.locator('img').first();
    await picture.waitFor();
    assert.ok(await picture.evaluate((image) => image.decode().then(() => image.naturalWidth > 100)), 'it can be seen');
    await screenshot(page, 'look shown');

    const again = await browser.newPage();
    await again.goto(link);
    await screenshot(again, 'look again');
    assert.equal(await again.locator('main img').count(), 0, 'a link works once');
  } finally {
    await browser.close();
    await shop.stop();
    slack.stop();
    rmSync(home, { recursive: true });
  }
});
