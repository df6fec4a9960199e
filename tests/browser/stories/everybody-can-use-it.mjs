// Every kind of page, in light and in dark, as axe sees it (WCAG 2.2 AA); and nothing is loaded from elsewhere.
import assert from 'node:assert/strict';

import { axe } from '../lib/axe.mjs';
import { button, card, report } from '../lib/steps.mjs';
import { story } from '../lib/story.mjs';

async function fits(page, what) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    assert.deepEqual(await axe(page), [], `${what}, ${colorScheme}`);
  }
}

story('axe finds nothing on any kind of page', { locale: 'en-GB' }, async ({ page, shop, browser }) => {
  const strangers = [];
  page.on('request', (request) => new URL(request.url()).origin === shop.origin || strangers.push(request.url()));
  const refused = [];
  page.on('console', (line) => /Content Security Policy/i.test(line.text()) && refused.push(line.text()));

  await fits(page, 'the try-out');
  await page.goto(`${shop.origin}/as/neighbour`);
  await fits(page, 'the neighbour');
  await page.goto(`${shop.origin}/as/noor`);
  await fits(page, 'nothing to decide');
  await page.goto(`${shop.origin}/as/amal`);
  await fits(page, 'nothing reported');
  const reference = await report(page, '/report now man shouting at the till');
  await fits(page, 'a receipt');
  await page.locator('#said').getByRole('button', { name: 'Withdraw' }).click();
  await page.getByText('Are you sure?').waitFor();
  await fits(page, 'are you sure');
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByLabel('Write here').press('Enter');
  await page.getByRole('button', { name: 'Send report' }).waitFor();
  await page.locator('details.group').evaluateAll((all) => all.forEach((details) => (details.open = true)));
  await fits(page, 'the form');
  await page.getByLabel('Price of one').fill('a lot');
  await page.getByRole('button', { name: 'Send report' }).click();
  await page.locator('#problems').waitFor();
  await fits(page, 'a refused form');

  await page.goto(`${shop.origin}/as/noor`);
  await card(page, reference).waitFor();
  await fits(page, 'the board');
  await button(page, reference, 'Claim').click();
  await card(page, reference).getByText('Claimed by Noor').waitFor();
  await card(page, reference).getByText('More').click();
  await fits(page, 'an unfolded card');
  await button(page, reference, 'Preview alert').click();
  await page.locator('.preview').waitFor();
  await fits(page, 'a preview');
  await button(page, reference, 'Confirm').click();
  await page.locator('#said.refused').waitFor();
  await fits(page, 'a refusal');
  await page.goto(`${shop.origin}/as/noor/incidents/${reference}`);
  await fits(page, 'an incident');
  await page.goto(`${shop.origin}/as/noor?state=declined`);
  await fits(page, 'an empty list');
  await page.goto(`${shop.origin}/as/noor/incidents/SW-00000-0`);
  await fits(page, 'nothing here');
  await page.goto(`${shop.origin}/enter/nothing`);
  await fits(page, 'a link that is gone');

  const stranger = await browser.newPage();
  await stranger.goto(shop.origin);
  await fits(stranger, 'please sign in');
  await stranger.close();
  assert.deepEqual(strangers, [], 'everything comes from here');
  assert.deepEqual(refused, [], 'the policy has nothing to refuse');
});
