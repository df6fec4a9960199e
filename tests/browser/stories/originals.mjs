// The original of a photo: a page around the picture that says who looks and when, and a download of the same bytes.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { axe } from '../lib/axe.mjs';
import { photo } from '../lib/photos.mjs';
import { screenshot } from '../lib/screenshot.mjs';
import { report } from '../lib/steps.mjs';
import { story } from '../lib/story.mjs';

const sent = photo('faces/astronaut.png');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Amal sends a photo; Noor says why she needs its original, and looks at it. */
async function seen({ page, shop, browser }, button) {
  const amal = await browser.newPage({ locale: 'en-GB' });
  await amal.context().addCookies(await page.context().cookies());
  await amal.goto(`${shop.origin}/as/amal`);
  const reference = await report(amal, '/report two people, spirits');
  await amal.goto(`${shop.origin}/as/amal/incidents/${reference}`);
  await amal.locator('#photo').setInputFiles(sent);
  await amal.locator('form[enctype] button').click();
  await amal.locator('.hash').waitFor();
  await amal.context().close();
  await page.goto(`${shop.origin}/as/noor/incidents/${reference}`);
  await page.locator('input[name=reason]').fill('to compare the till camera');
  await page.getByRole('button', { name: button }).click();
  await page.locator('figure.original img').waitFor();
}

/** The picture as it is drawn, in pixels: nothing if the page did not let it in. */
const drawn = (page) => page.locator('figure.original img').evaluate((img) => [img.naturalWidth, img.naturalHeight]);

/** axe needs timers, and in a sandbox none run: it reads the same page out of it. Everything else of its policy stays. */
async function outOfTheSandbox(page, address) {
  await page.route(address, async (route) => {
    // A request made again does not say by itself from which page it comes.
    const headers = { ...(await route.request().allHeaders()), 'sec-fetch-site': 'same-origin' };
    const response = await route.fetch({ headers, maxRedirects: 0 });
    const policy = response.headers()['content-security-policy'].replace(/; sandbox.*/, '');
    await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': policy } });
  });
}

const phone = { locale: 'en-GB', viewport: { width: 360, height: 740 } };

for (const manner of [{}, { javaScriptEnabled: false }]) {
  const how = manner.javaScriptEnabled === false ? 'where no script runs' : 'on a page that says whose look it is';
  story(`An original is seen ${how}`, { ...phone, ...manner }, async (told) => {
    const { page } = told;
    await seen(told, 'View original');
    assert.deepEqual(await drawn(page), [512, 512]);
    assert.equal(await page.locator('.marks span').count(), 4);
    await page.getByText('Seen by Noor').waitFor();
    await page.getByText(sha256(readFileSync(sent))).waitFor();
    const begun = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download original' }).click();
    const bytes = readFileSync(await (await begun).path());
    assert.equal(sha256(bytes), sha256(readFileSync(sent)), 'the bytes are those that were sent');
  });
}

for (const [locale, button, direction] of [['en-GB', 'View original', 'ltr'], ['ur', 'اصل دیکھیں', 'rtl']]) {
  story(`axe finds nothing on the pages of originals and links, ${direction}`, { ...phone, locale }, async (told) => {
    const { page, shop } = told;
    await outOfTheSandbox(page, '**/original');
    await seen(told, button);
    assert.deepEqual(await drawn(page), [512, 512]);
    assert.equal(await page.locator('html').getAttribute('dir'), direction);
    assert.deepEqual(await axe(page), []);
    await screenshot(page, `original ${direction}`);
    await outOfTheSandbox(page, '**/look/*');
    assert.equal((await page.goto(`${shop.origin}/look/forged`)).status(), 404);
    assert.equal(await page.locator('html').getAttribute('dir'), direction);
    assert.deepEqual(await axe(page), []);
  });
}

story('A photo on its own is in a sandbox, and shown all the same', phone, async (told) => {
  const { page, shop } = told;
  await seen(told, 'View original');
  await page.getByRole('link', { name: 'Back' }).click();
  const address = await page.locator('.photos img').first().getAttribute('src');
  const shown = await page.goto(`${shop.origin}${address}`);
  assert.equal(shown.status(), 200);
  assert.match(shown.headers()['content-security-policy'], /sandbox/);
  assert.deepEqual(await page.locator('img').evaluate((img) => [img.naturalWidth, img.naturalHeight]), [512, 512]);
});
