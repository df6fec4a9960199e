// The main job with Tab, Enter and nothing else; whoever does it sees where they are.
import assert from 'node:assert/strict';

import { button, card, report } from '../lib/steps.mjs';
import { story } from '../lib/story.mjs';

const STEPS_MAX = 60;

/** What has the keyboard: its name, and whether one sees that it has. */
const here = (page) =>
  page.evaluate(() => {
    const at = document.activeElement;
    const shows = (node) => node !== null && getComputedStyle(node).outlineStyle !== 'none';
    const box = at.closest('.line') ?? at.closest('.chip') ?? at;
    const label = at.labels?.[0]?.textContent ?? at.getAttribute('aria-label') ?? at.textContent;
    return { name: label.trim().replaceAll(/\s+/g, ' '), visible: shows(at) || shows(box), tag: at.tagName };
  });

/** Presses Tab until something of this name has the keyboard; everything on the way is visible. */
async function tabTo(page, name) {
  for (let step = 0; step < STEPS_MAX; step += 1) {
    await page.keyboard.press('Tab');
    const at = await here(page);
    if (at.tag === 'BODY') continue; // once around
    assert.ok(at.visible, `nobody sees that “${at.name}” has the keyboard`);
    if (at.name.startsWith(name)) return;
  }
  assert.fail(`Tab never came to “${name}”`);
}

story('A report is sent, claimed and declined by keyboard alone', { locale: 'en-GB' }, async ({ page, shop }) => {
  await page.goto(`${shop.origin}/as/amal`);
  await page.keyboard.press('Tab');
  assert.equal((await here(page)).name, 'Skip to the content');
  await page.keyboard.press('Enter');
  await tabTo(page, 'Write here');
  await page.keyboard.type('two people with gin');
  assert.equal(await page.getByLabel('Write here').inputValue(), '/report two people with gin');
  await page.keyboard.press('Enter');
  await page.locator('#said').getByText('Your words: two people with gin').waitFor();
  assert.equal((await here(page)).name, 'Write here', 'ready for the next one');

  await page.goto(`${shop.origin}/as/noor`);
  await tabTo(page, 'Claim');
  await page.keyboard.press('Enter');
  await page.locator('.card').getByText('Claimed by Noor').waitFor();
  // The keyboard is still on that card, so its other buttons are next.
  await tabTo(page, 'Decline SW-');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Decline · SW-' }).waitFor();
  await page.keyboard.press('Space');
  await tabTo(page, 'Decline it');
  await page.keyboard.press('Enter');
  await page.getByText('No open incidents').waitFor();
});

story('The form is filled by keyboard, and its problems are led to', { locale: 'en-GB' }, async ({ page, shop }) => {
  await page.goto(`${shop.origin}/as/amal`);
  await tabTo(page, 'Write here');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Report', exact: true }).waitFor();
  await page.getByLabel('What happened').waitFor();
  assert.match((await here(page)).name, /Potential theft/);
  await tabTo(page, 'What happened');
  await page.keyboard.type('two people, walked out');
  await tabTo(page, 'Goods optional');
  await page.keyboard.press('Enter');
  await tabTo(page, 'Goods');
  await page.keyboard.type('gin');
  await tabTo(page, 'How many');
  await page.keyboard.type('minus two');
  await tabTo(page, 'Price of one');
  await page.keyboard.type('a lot');
  await tabTo(page, 'Send report');
  await page.keyboard.press('Enter');

  await page.locator('#problems li').nth(1).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'problems');
  assert.equal(await page.locator('#problems li').count(), 2, 'both at once');
  await tabTo(page, 'How many');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.name), 'goods_quantity', 'the link leads to the field');
  assert.equal(await page.getByLabel('How many').inputValue(), 'minus two', 'what was typed is still there');
  assert.equal(await page.getByLabel('What happened').inputValue(), 'two people, walked out');
  const described = await page.getByLabel('How many').evaluate((field) => document.getElementById(field.getAttribute('aria-describedby')).textContent);
  assert.match(described, /number/);
});

story('What arrives leaves the keyboard where it is', { locale: 'en-GB' }, async ({ page, shop, browser }) => {
  await page.goto(`${shop.origin}/as/noor`);
  await page.getByText('Changes appear by themselves').waitFor();
  const amal = await browser.newPage({ locale: 'en-GB', storageState: await page.context().storageState() });
  await amal.goto(`${shop.origin}/as/amal`);
  const first = await report(amal, '/report two people with gin');
  await card(page, first).waitFor();
  await card(page, first).getByText('More').click();
  await card(page, first).locator('summary').focus();
  const second = await report(amal, '/report info wet floor');
  await card(page, second).waitFor();
  assert.match((await here(page)).name, /^More/);
  assert.ok(await button(page, first, 'Add note').isVisible(), 'what was unfolded stays unfolded');
  await page.getByRole('link', { name: 'Resolved' }).focus();
  const third = await report(amal, '/report now man at the till');
  await card(page, third).waitFor();
  assert.equal((await here(page)).name, 'Resolved');
});
