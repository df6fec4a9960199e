// What is covered on a photo: drawn with a finger, with a mouse, by keyboard, and where no script runs.
import assert from 'node:assert/strict';

import { axe } from '../lib/axe.mjs';
import { photo } from '../lib/photos.mjs';
import { screenshot } from '../lib/screenshot.mjs';
import { report } from '../lib/steps.mjs';
import { story } from '../lib/story.mjs';

/** Amal sends a photo, in English; Noor opens the page on which she says what is covered, in the story's language. */
async function photographed({ page, shop, browser }, link) {
  const amal = await browser.newPage({ locale: 'en-GB' });
  await amal.context().addCookies(await page.context().cookies());
  await amal.goto(`${shop.origin}/as/amal`);
  const reference = await report(amal, '/report two people, spirits');
  await amal.goto(`${shop.origin}/as/amal/incidents/${reference}`);
  await amal.locator('#photo').setInputFiles(photo('faces/astronaut.png'));
  await amal.locator('form[enctype] button').click();
  await amal.locator('.hash').waitFor();
  await amal.context().close();
  await page.goto(`${shop.origin}/as/noor/incidents/${reference}`);
  await page.getByRole('link', { name: link }).click();
  await boxes(page);
}

/** What is covered on the page that asks what is: a press that leads there has come back before the page has arrived. */
async function boxes(page) {
  await page.locator('form.boxes').waitFor();
  await page.waitForLoadState();
  return page.locator('#places input').evaluateAll((all) => all.filter((box) => box.checked).map((box) => box.value));
}

/** Draws over a part of the picture, given in its pixels. */
async function stroke(page, from, to) {
  const drawing = page.locator('svg.drawing');
  await drawing.scrollIntoViewIfNeeded();
  const points = await drawing.evaluate((svg, all) => {
    const matrix = svg.getScreenCTM();
    return all.map(([x, y]) => new DOMPoint(x, y).matrixTransform(matrix)).map(({ x, y }) => [x, y]);
  }, [from, to]);
  await page.mouse.move(...points[0]);
  await page.mouse.down();
  await page.mouse.move(...points[1], { steps: 4 });
  await page.mouse.up();
}

const phone = { locale: 'en-GB', viewport: { width: 360, height: 740 } };

story('Places are covered and uncovered on the picture itself', phone, async (told) => {
  const { page } = told;
  await photographed(told, 'Change what is covered');
  assert.deepEqual(await axe(page), []);
  const found = await boxes(page);
  assert.ok(found.length > 0, 'the machine found a face');
  await stroke(page, [280, 340], [500, 500]);
  const drawn = (await boxes(page)).slice(found.length);
  assert.equal(drawn.length, 1);
  const sides = drawn[0].split(',').map(Number);
  assert.ok(sides.every((side, at) => Math.abs(side - [280, 340, 220, 160][at]) <= 2), drawn[0]);
  await screenshot(page, 'boxes phone');
  await page.emulateMedia({ colorScheme: 'dark' });
  await screenshot(page, 'boxes phone dark');
  assert.deepEqual(await axe(page), []);
  // A tap uncovers, and another covers again.
  const [left, top, width, height] = found.at(-1).split(',').map(Number);
  const middle = [left + width / 2, top + height / 2];
  await stroke(page, middle, middle);
  assert.deepEqual(await boxes(page), [...found.slice(0, -1), ...drawn]);
  await stroke(page, middle, middle);
  assert.deepEqual(await boxes(page), [...found, ...drawn]);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Covered anew').waitFor();
  await page.getByText(`places covered by a person: ${found.length + 1}`).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Every face is covered' }).count(), 0, 'somebody else confirms');
});

story('Places are covered by keyboard alone', { locale: 'en-GB' }, async (told) => {
  const { page } = told;
  await photographed(told, 'Change what is covered');
  const found = await boxes(page);
  await page.getByRole('button', { name: 'Add a place' }).press('Enter');
  const last = async () => (await boxes(page)).at(-1).split(',').map(Number);
  const before = await last();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowDown');
  const after = await last();
  assert.ok(after[0] > before[0] && after[1] === before[1] && after[2] === before[2] && after[3] > before[3], `${after}`);
  await page.keyboard.press('Space');
  assert.deepEqual(await boxes(page), found, 'uncovered');
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Save' }).press('Enter');
  await page.getByText(`places covered by a person: ${found.length + 1}`).waitFor();
});

story('Places are covered where no script runs', { locale: 'en-GB', javaScriptEnabled: false }, async (told) => {
  const { page } = told;
  await photographed(told, 'Change what is covered');
  assert.deepEqual(await axe(page), []);
  for (const [side, value] of Object.entries({ 'from the left': 280, 'from above': 340, width: 220, height: 160 })) {
    await page.getByLabel(`1: ${side}`, { exact: true }).fill(String(value));
  }
  await screenshot(page, 'boxes without script');
  for (const box of await page.locator('#places input').all()) await box.uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('places covered by a person: 1').waitFor();
  await page.getByRole('link', { name: 'Change what is covered' }).click();
  assert.deepEqual(await boxes(page), ['280,340,220,160']);
});

story('Places are covered in Urdu, from right to left', { ...phone, locale: 'ur' }, async (told) => {
  const { page } = told;
  await photographed(told, 'جو ڈھکا ہے اسے بدلیں');
  assert.deepEqual(await axe(page), []);
  await stroke(page, [280, 340], [500, 500]);
  const helmet = (await boxes(page)).at(-1);
  assert.ok(Math.abs(Number(helmet.split(',')[0]) - 280) <= 2, 'the picture itself is not mirrored');
  await screenshot(page, 'boxes urdu');
});
