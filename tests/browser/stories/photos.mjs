// A photo in the composer and in its form: chosen, dropped or pasted, with and without script, by keyboard, in Urdu.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { axe } from '../lib/axe.mjs';
import { photo } from '../lib/photos.mjs';
import { screenshot } from '../lib/screenshot.mjs';
import { report, say } from '../lib/steps.mjs';
import { story } from '../lib/story.mjs';

/** Reading a photo takes seconds where the machine is busy and the binary was not built to be fast. */
const SLOW = { timeout: 30_000 };
const sent = photo('faces/astronaut.png');
const other = photo('faces/mask_green.jpg');
const sha256 = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');
const wide = { viewport: { width: 1440, height: 900 }, locale: 'en-GB', reducedMotion: 'reduce' };
const phone = { viewport: { width: 390, height: 844 }, locale: 'en-GB', reducedMotion: 'reduce' };

const chosen = (page) => page.locator('#ask input[type=file]').evaluate((input) => [...input.files].map(({ name }) => name));
const wider = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Unfolds the goods of a form and names some, at this price. */
async function goods(page, price) {
  await page.locator('summary', { hasText: 'Goods' }).click();
  await page.getByLabel('Goods', { exact: true }).fill('gin');
  await page.getByLabel('Price of one').fill(price);
}

/** The one report of Amal, as Noor sees it; its photos. */
async function photosOf(page, shop, count) {
  await page.goto(`${shop.origin}/as/noor`);
  await page.locator('.card h4 a').click();
  await page.locator('.photos figure').nth(count - 1).waitFor();
  assert.equal(await page.locator('.photos figure').count(), count);
}

/** Somebody lets go of files over a part of the page, or pastes them. */
async function gives(page, how, files) {
  const bytes = files.map((file) => [file.split('/').pop(), readFileSync(file).toString('base64')]);
  await page.locator('.composer').evaluate(
    (part, { how, bytes }) => {
      const all = new DataTransfer();
      for (const [name, text] of bytes) {
        all.items.add(new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], name, { type: 'image/png' }));
      }
      const bubbles = { bubbles: true, cancelable: true };
      if (how === 'paste') return part.dispatchEvent(new ClipboardEvent('paste', { clipboardData: all, ...bubbles }));
      part.dispatchEvent(new DragEvent('dragover', { dataTransfer: all, ...bubbles }));
      return part.dispatchEvent(new DragEvent('drop', { dataTransfer: all, ...bubbles }));
    },
    { how, bytes },
  );
}

for (const [name, person] of [['on a phone', phone], ['on a wide screen', wide]]) {
  story(`A line is sent with the photo that was chosen, ${name}`, person, async ({ page, shop }) => {
    await page.goto(`${shop.origin}/as/amal`);
    await page.getByLabel('Photos').setInputFiles(sent);
    assert.deepEqual(await axe(page), []);
    await screenshot(page, `composer ${name}`, { fullPage: false });
    await say(page, '/report two people, spirits');
    await page.locator('#said').getByText(sha256(sent)).waitFor(SLOW);
    assert.deepEqual(await chosen(page), [], 'the next one begins without');
    assert.deepEqual(await axe(page), []);
    assert.equal(await wider(page), 0, 'nothing reaches beyond the screen');
    await screenshot(page, `receipt with photo ${name}`);
    await photosOf(page, shop, 1);
    await page.locator('.photos img').evaluate((img) => img.decode());
    await screenshot(page, `incident with photo ${name}`);
  });
}

story('Photos are dropped and pasted, wherever on the page', wide, async ({ page, shop }) => {
  await page.goto(`${shop.origin}/as/amal`);
  await page.getByLabel('Write here').fill('/report two people');
  await gives(page, 'drop', [sent]);
  await gives(page, 'paste', [other]);
  assert.deepEqual(await chosen(page), ['astronaut.png', 'mask_green.jpg']);
  assert.match(await page.locator('#heard').textContent(), /mask_green\.jpg/, 'it is said aloud as well');
  await page.getByLabel('Write here').press('Enter');
  await page.locator('#said').getByText('2 photos are stored').waitFor(SLOW);
  await photosOf(page, shop, 2);
});

story('What is written while a photo is on its way stays there', wide, async ({ page, shop }) => {
  await page.goto(`${shop.origin}/as/amal`);
  await page.getByLabel('Photos').setInputFiles(sent);
  await say(page, '/report two people');
  await page.getByLabel('Write here').fill('/report info wet floor');
  await page.locator('#said').getByText(sha256(sent)).waitFor(SLOW);
  assert.equal(await page.getByLabel('Write here').inputValue(), '/report info wet floor');
});

story('A photo that is chosen while the form is on its way is in the form', wide, async ({ page, shop }) => {
  await page.goto(`${shop.origin}/as/amal`);
  let goesOn;
  const held = new Promise((done) => (goesOn = done));
  await page.route('**/as/amal', async (route) => {
    await held;
    await route.continue();
  });
  await say(page, '/report');
  await page.getByLabel('Photos').setInputFiles(sent);
  goesOn();
  await page.getByRole('button', { name: 'Send report' }).waitFor();
  assert.deepEqual(await chosen(page), ['astronaut.png']);
});

story('A form that is refused keeps the photos that were chosen', wide, async ({ page, shop }) => {
  await page.goto(`${shop.origin}/as/amal`);
  await say(page, '/report');
  await page.getByRole('button', { name: 'Send report' }).waitFor();
  await page.getByLabel('Photos').setInputFiles(sent);
  await goods(page, 'a lot');
  await page.getByRole('button', { name: 'Send report' }).click();
  await page.locator('#problems').waitFor();
  assert.deepEqual(await chosen(page), ['astronaut.png']);
  assert.equal(await page.locator('[data-again]').count(), 0);
  await page.getByLabel('Price of one').fill('');
  await page.getByRole('button', { name: 'Send report' }).click();
  await page.locator('#said').getByText(sha256(sent)).waitFor(SLOW);
});

story('A photo is chosen and sent by keyboard alone', wide, async ({ page, shop }) => {
  page.on('filechooser', (chooser) => chooser.setFiles([sent]));
  await page.goto(`${shop.origin}/as/amal`);
  await page.getByLabel('Write here').focus();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.labels[0].textContent), 'Photos');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement.files.length === 1);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Send');
  await page.keyboard.press('Enter');
  // Nothing was written: the photo is the report.
  await page.locator('#said').getByText(sha256(sent)).waitFor(SLOW);
  await photosOf(page, shop, 1);
});

story('Without script a photo is sent, and what is refused is said beside what is kept', { ...phone, javaScriptEnabled: false }, async ({ page, shop }) => {
  await page.goto(`${shop.origin}/as/amal`);
  await say(page, '/report');
  await page.getByLabel('Photos').setInputFiles(sent);
  await goods(page, 'a lot');
  await page.getByRole('button', { name: 'Send report' }).click();
  await page.getByText('Please choose them again.').waitFor();
  await page.goto(`${shop.origin}/as/amal`);
  await page.getByLabel('Photos').setInputFiles([
    { name: 'till.png', mimeType: 'image/png', buffer: readFileSync(sent) },
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no photo') },
  ]);
  await page.getByLabel('Write here').fill('/report info wet floor');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('#said').getByText('Photo 2 was not kept.').waitFor(SLOW);
  await page.locator('#said').getByText('Your words: wet floor').waitFor();
  await screenshot(page, 'photo refused');
  await photosOf(page, shop, 1);
  await page.goto(`${shop.origin}/as/amal`);
  // From here on script runs, since axe needs it.
  await page.getByLabel('Photos').setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no photo') });
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('#said.refused').getByText('Photo 1 was not kept.').waitFor(SLOW);
  assert.deepEqual(await axe(page), []);
});

story('On the page of a report several photos are added at once', phone, async ({ page, shop }) => {
  await page.goto(`${shop.origin}/as/amal`);
  const reference = await report(page, '/report two people, spirits');
  await page.goto(`${shop.origin}/as/amal/incidents/${reference}`);
  await page.getByLabel('Up to 10 photos').setInputFiles([
    { name: 'till.png', mimeType: 'image/png', buffer: readFileSync(sent) },
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no photo') },
    { name: 'door.jpg', mimeType: 'image/jpeg', buffer: readFileSync(other) },
  ]);
  await page.getByRole('button', { name: 'Add photo' }).click();
  await page.locator('#said').getByText('2 photos are stored').waitFor(SLOW);
  await page.locator('#said').getByText('Photo 2 was not kept.').waitFor();
  assert.equal(await page.locator('.photos figure').count(), 2);
  assert.deepEqual(await axe(page), []);
  assert.equal(await wider(page), 0, 'nothing reaches beyond the screen');
  await screenshot(page, 'photos added');
});

story('In Urdu a photo stands where it belongs, and the payload runs from left to right', { ...phone, locale: 'ur' }, async ({ page, shop }) => {
  await page.goto(`${shop.origin}/as/amal`);
  await page.locator('#line-photos').setInputFiles(sent);
  await page.locator('#line').fill('/report دو لوگ');
  await screenshot(page, 'composer urdu');
  await page.locator('#line').press('Enter');
  await page.locator('#said').getByText(sha256(sent)).waitFor(SLOW);
  assert.deepEqual(await axe(page), []);
  assert.equal(await wider(page), 0, 'nothing reaches beyond the screen');
  await photosOf(page, shop, 1);
  await page.locator('#payload summary').focus();
  await page.keyboard.press('Enter');
  await page.locator('#payload pre').first().waitFor();
  assert.equal(await page.locator('#payload pre').first().evaluate((node) => getComputedStyle(node).direction), 'ltr');
  assert.deepEqual(await axe(page), []);
  assert.equal(await wider(page), 0, 'nor does what other chats are sent');
  await screenshot(page, 'payload urdu');
});
