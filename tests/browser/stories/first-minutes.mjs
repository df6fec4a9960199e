// The first five minutes: somebody who has just started the program sees one report go through the shop.
import assert from 'node:assert/strict';

import { button, card, panes, portrait, report, say } from '../lib/steps.mjs';
import { story } from '../lib/story.mjs';

const wide = { viewport: { width: 1440, height: 900 }, locale: 'en-GB', reducedMotion: 'reduce' };
const phone = { viewport: { width: 390, height: 844 }, colorScheme: 'dark', locale: 'en-GB', reducedMotion: 'reduce', hasTouch: true, isMobile: true };

/** Everything a manager has to know before a theft is confirmed. */
async function completeFacts(place) {
  await place.getByLabel('Kind').selectOption('shop_theft');
  await place.getByLabel('Walk-out').check();
  await place.getByLabel('Zone').selectOption('aisle');
  await place.getByLabel('Goods', { exact: true }).fill('gin');
  await place.getByLabel('How many').fill('4');
  await place.getByLabel('Price of one').fill('20');
  await place.getByLabel('On camera', { exact: true }).check();
  await place.getByRole('button', { name: 'Save facts' }).click();
}

story('Three people on one screen see one report through', wide, async ({ page }) => {
  const { amal, noor, neighbour } = await panes(page);
  await amal.getByText('What you report appears here').waitFor();
  await noor.getByText('No open incidents').waitFor();
  await neighbour.getByText('Alerts for N1C').waitFor();

  const reference = await report(amal, '/report two people, took spirits, £80, walked out');
  await amal.getByText('Who can see it').waitFor();
  await card(noor, reference).waitFor();

  await button(noor, reference, 'Claim').click();
  await card(noor, reference).getByText('Claimed by Noor').waitFor();
  await amal.locator('#news').getByText('A manager is looking at your report').waitFor();
  await noor.evaluate(() => scrollTo(0, 0));
  await portrait(page, 'try-out');

  await button(noor, reference, 'Confirm').click();
  const refusal = noor.locator('#said', { hasText: 'Complete these facts first' });
  await refusal.getByRole('button', { name: 'Complete facts' }).click();
  await completeFacts(noor);
  await card(noor, reference).getByText('80.00 GBP').waitFor();

  await button(noor, reference, 'Confirm').click();
  await card(noor, reference).getByText('Confirmed by Noor').waitFor();
  await amal.locator('#news').getByText('Your report was confirmed').waitFor();

  await card(noor, reference).getByText('More').click();
  await button(noor, reference, 'Preview alert').click();
  const preview = noor.locator('.preview');
  await preview.getByText('Who reported it').waitFor();
  const told = await preview.locator('.public').textContent();
  assert.match(told, /Shop theft/);
  assert.match(told, /N1C/);
  assert.doesNotMatch(told, /gin|King|80|Amal/);
});

story('On a phone the same people are a tab apart', phone, async ({ page }) => {
  assert.equal(await page.locator('iframe').first().isVisible(), false);
  await page.getByRole('link', { name: 'Amal' }).tap();
  const reference = await report(page, '/report now man shouting at the till');
  // What matters most comes first.
  assert.match(await page.locator('#said').textContent(), /^\s*Call 999/);
  await page.getByRole('button', { name: 'Staff safe: Yes' }).tap();
  await page.locator('#said.done').getByText(reference).waitFor();

  await page.getByRole('navigation', { name: 'Whose screen' }).getByRole('link', { name: 'Noor' }).tap();
  await card(page, reference).waitFor();
  await portrait(page, 'phone', page.locator('#triage'));
  await button(page, reference, 'Claim').tap();
  await card(page, reference).getByText('Claimed by Noor').waitFor();
  await card(page, reference).getByRole('link', { name: reference }).tap();
  await page.getByText('The record is whole: 3 lines').waitFor();
  const wider = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(await wider(), 0, 'nothing reaches beyond the screen');
  // The smallest screen there is, or a larger one four times as close: WCAG 2.2, 1.4.10.
  await page.setViewportSize({ width: 320, height: 640 });
  assert.equal(await wider(), 0, 'nor beyond a smaller one');
});

story('Where there is little room nothing lies over a name', wide, async ({ page }) => {
  const { neighbour } = await panes(page);
  for (const width of [1300, 1100, 1000]) {
    await page.setViewportSize({ width, height: 900 });
    const over = await neighbour.evaluate(() => {
      const mark = document.querySelector('.chip-tryout').getBoundingClientRect();
      const words = document.createRange();
      words.selectNodeContents(document.querySelector('.who h1'));
      return [...words.getClientRects()].some(
        (word) => word.left < mark.right && mark.left < word.right && word.top < mark.bottom && mark.top < word.bottom,
      );
    });
    assert.equal(over, false, `${width} pixels wide`);
  }
});

story('The box says in two lines what it knows, and keeps what was written', wide, async ({ page, shop }) => {
  await page.goto(`${shop.origin}/as/amal`);
  await say(page, 'two people at the till');
  await page.locator('#said.refused').waitFor();
  assert.equal(await page.locator('#said p').count(), 2);
  assert.equal(await page.getByLabel('Write here').inputValue(), '/report two people at the till');
  await page.getByLabel('Write here').press('Enter');
  await page.locator('#said').getByText('Your words: two people at the till').waitFor();
  await say(page, '/report help');
  await page.locator('#said').getByText('/report alone opens the form').waitFor();
  assert.equal(await page.locator('#said p').count(), 2);
});
