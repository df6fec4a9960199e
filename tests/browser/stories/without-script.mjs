// The main job in a browser that runs no script: plain forms and plain pages.
import assert from 'node:assert/strict';

import { button, card, report } from '../lib/steps.mjs';
import { story } from '../lib/story.mjs';

const plain = { javaScriptEnabled: false, viewport: { width: 390, height: 844 }, locale: 'en-GB' };

/** Which element has the keyboard, in a page that cannot be asked by script. */
const focused = (page) => page.locator(':focus');

story('Everything works without script', plain, async ({ page, shop }) => {
  const amal = `${shop.origin}/as/amal`;
  const noor = `${shop.origin}/as/noor`;
  await page.goto(amal);
  const reference = await report(page, '/report two people, took spirits, £80');
  assert.equal(await focused(page).getAttribute('id'), 'said', 'the answer is where the reader is');

  await page.goto(noor);
  await button(page, reference, 'Claim').click();
  await page.locator('#said').getByText('Claimed by Noor').waitFor();
  await button(page, reference, 'Ask the reporter').click();
  assert.equal(await focused(page).getAttribute('id'), 'f-text', 'a form takes the keyboard');
  await page.getByLabel('Your text').fill('Which door did they leave by?');
  await page.getByRole('button', { name: 'Send question' }).click();
  await page.locator('#said').getByText(reference).waitFor();

  await page.goto(amal);
  await page.locator('#mine').getByText('Which door did they leave by?').waitFor();
  await page.locator('#mine').getByRole('link', { name: reference }).click();
  await page.getByRole('button', { name: 'Answer' }).click();
  await page.getByText('Which door did they leave by?').first().waitFor();
  await page.getByLabel('Your text').fill('The one to the car park');
  await page.getByRole('button', { name: 'Send answer' }).click();
  await page.locator('#timeline').getByText('The one to the car park').waitFor();

  await page.goto(noor);
  await button(page, reference, 'Decline').click();
  await page.getByLabel('It was harmless').check();
  await page.getByRole('button', { name: 'Decline it' }).click();
  await page.locator('#said').getByText('Declined by Noor').waitFor();
  await page.getByRole('link', { name: 'Declined' }).click();
  await page.locator('#triage .rows').getByRole('link', { name: reference }).click();
  await page.getByText('The record is whole').waitFor();
});

story('A button that cannot be undone asks first, and can be let be', plain, async ({ page, shop }) => {
  await page.goto(`${shop.origin}/as/amal`);
  const reference = await report(page, '/report info wet floor by the fridges');
  await page.getByRole('button', { name: 'Withdraw' }).click();
  await page.getByRole('heading', { name: 'Are you sure?' }).waitFor();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.locator(`#row-${reference} .state.new`).waitFor();

  await page.locator('#mine').getByRole('link', { name: reference }).click();
  await page.getByRole('button', { name: 'Withdraw' }).click();
  await page.locator('.sure').getByRole('button', { name: 'Withdraw' }).click();
  await page.locator('#said').getByText('Withdrawn').waitFor();
});

story('Loading an answer again does nothing twice', plain, async ({ page, shop }) => {
  await page.goto(`${shop.origin}/as/amal`);
  const form = await page.locator('.composer form').evaluate((form) => [...new FormData(form)], undefined);
  const sent = Object.fromEntries(form.map(([name, value]) => [name, name === 'line' ? '/report gin' : value]));
  for (const _ of ['a click', 'a double click']) {
    const answer = await page.request.post(`${shop.origin}/as/amal`, { form: sent });
    assert.equal(answer.status(), 200);
  }
  await page.reload();
  assert.equal(await page.locator('#mine li').count(), 1);
  assert.equal(await card(page, 'none').count(), 0);
});
