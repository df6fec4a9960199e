// In Urdu the whole page runs from right to left, and what people wrote runs as they wrote it.
import assert from 'node:assert/strict';

import { axe } from '../lib/axe.mjs';
import { portrait } from '../lib/steps.mjs';
import { story } from '../lib/story.mjs';

const urdu = { locale: 'ur', reducedMotion: 'reduce', viewport: { width: 390, height: 844 } };
const edge = (locator) => locator.evaluate((node) => node.getBoundingClientRect().x);

story('A reader of Urdu reports and decides from right to left', urdu, async ({ page, shop }) => {
  await page.goto(`${shop.origin}/as/amal`);
  const root = page.locator('html');
  assert.equal(await root.getAttribute('lang'), 'ur');
  assert.equal(await root.getAttribute('dir'), 'rtl');
  const line = page.locator('#line');
  assert.ok((await edge(page.locator('.line button'))) < (await edge(page.locator('#line-photos'))), 'the button stands on the left');
  await line.fill('/report دو لوگ شراب کی بوتلیں لے کر بغیر پیسے دیے نکل گئے');
  await line.press('Enter');
  await page.locator('#said').waitFor();

  await page.goto(`${shop.origin}/as/noor`);
  const body = page.locator('.card .body');
  assert.equal(await body.evaluate((node) => getComputedStyle(node).direction), 'rtl');
  // A reference inside a sentence stays in one piece, in its own direction.
  const pieces = await page.locator('.card .fields').textContent();
  assert.match(pieces, /\u2066\d{4}-\d\d-\d\d \d\d:\d\d [A-Z]+\u2069/);
  await page.locator('.card button.main').click();
  await page.locator('.card.claimed').waitFor();
  await page.goto(`${shop.origin}/as/noor`);
  await portrait(page, 'urdu', page.locator('#triage'));
  assert.deepEqual(await axe(page), []);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wider, 0, 'nothing reaches beyond the screen');
});

story('English words in an Urdu page run from left to right', urdu, async ({ page, shop }) => {
  await page.goto(`${shop.origin}/as/amal`);
  await page.locator('#line').fill('/report two people with gin');
  await page.locator('#line').press('Enter');
  await page.locator('#said').waitFor();
  await page.goto(`${shop.origin}/as/noor`);
  assert.equal(await page.locator('.card .body').evaluate((node) => getComputedStyle(node).direction), 'ltr');
});
