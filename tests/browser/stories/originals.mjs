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

for (const manner of [{}, { javaScriptEnabled: false }]) {
  const how = manner.javaScriptEnabled === false ? 'where no script runs' : 'on a page that says whose look it is';
  story(`An original is seen ${how}`, { ...manner, locale: 'en-GB', viewport: { width: 360, height: 740 } }, async (told) => {
    const { page } = told;
    await seen(told, 'View original');
    assert.deepEqual(await drawn(page), [512, 512]);
    assert.equal(await page.locator('.marks span').count(), 4);
    await page.getByText('Seen by Noor').waitFor();
    await page.getByText(sha256(readFileSync(sent))).waitFor();
    assert.deepEqual(await axe(page), []);
    await screenshot(page, `original ${manner.javaScriptEnabled === false ? 'without script' : 'phone'}`);
    const begun = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download original' }).click();
    const bytes = readFileSync(await (await begun).path());
    assert.equal(sha256(bytes), sha256(readFileSync(sent)), 'the bytes are those that were sent');
  });
}

story('An original is seen in Urdu, from right to left', { locale: 'ur', viewport: { width: 360, height: 740 } }, async (told) => {
  const { page } = told;
  await seen(told, 'اصل دیکھیں');
  assert.deepEqual(await drawn(page), [512, 512]);
  assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
  assert.deepEqual(await axe(page), []);
});

story('A photo on its own is shown, and a link that shows nothing says what to do', { locale: 'ur' }, async (told) => {
  const { page, shop } = told;
  await seen(told, 'اصل دیکھیں');
  await page.goBack();
  const address = await page.locator('.photos img').first().getAttribute('src');
  const shown = await page.goto(`${shop.origin}${address}`);
  assert.equal(shown.status(), 200, 'in a sandbox, and shown all the same');
  assert.deepEqual(await page.locator('img').evaluate((img) => [img.naturalWidth, img.naturalHeight]), [512, 512]);
  const gone = await page.goto(`${shop.origin}/look/forged`);
  assert.equal(gone.status(), 404);
  assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
  assert.deepEqual(await axe(page), []);
});
