// Signing in and out of a shop with its own rules, and what a person may not see.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { openBrowser } from '../lib/browser.mjs';
import { enter } from '../lib/enter.mjs';
import { startShop } from '../lib/start.mjs';
import { button, card, report, say } from '../lib/steps.mjs';

const rules = fileURLToPath(new URL('../../../shop.example.toml', import.meta.url));

/** A shop with rules of its own, where each person signs in for themselves. */
function shopStory(name, tell) {
  test(name, { timeout: 60_000 }, async () => {
    const shop = await startShop({ SHOPWATCH_RULES: rules });
    try {
      const browser = await openBrowser();
      try {
        const signIn = async (person) => {
          const page = await browser.newPage({ locale: 'en-GB' });
          page.setDefaultTimeout(10_000);
          await enter(page, shop.run('enter', person));
          return page;
        };
        await tell({ shop, browser, signIn });
      } finally {
        await browser.close();
      }
    } finally {
      await shop.stop();
    }
  });
}

shopStory('A link is for one person and one press', async ({ shop, browser }) => {
  const link = shop.run('enter', 'noor');
  const page = await browser.newPage();
  for (const robot of ['a preview', 'another']) {
    assert.match(await (await page.request.get(link)).text(), /Noor/, robot);
  }
  await enter(page, link);
  await page.getByRole('heading', { name: 'Noor' }).waitFor();
  const [cookie] = await page.context().cookies();
  assert.deepEqual([cookie.httpOnly, cookie.sameSite], [true, 'Strict']);

  const again = await page.request.get(link);
  const never = await page.request.get(`${shop.origin}/enter/${'x'.repeat(43)}`);
  assert.deepEqual([again.status(), never.status()], [404, 404]);
  assert.equal(await again.text(), await never.text(), 'spent and unknown look alike');

  assert.equal((await page.goto(`${shop.origin}/as/amal`)).status(), 404, 'nobody here is anybody else');
  await page.goto(shop.origin);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Please sign in' }).waitFor();
  assert.equal((await page.request.get(shop.origin, { headers: { cookie: `shopwatch=${cookie.value}` } })).status(), 401);
});

shopStory('What is not for you answers like what is not there', async ({ shop, signIn }) => {
  const omar = await signIn('omar');
  const amal = await signIn('amal');
  const reference = await report(omar, '/report info wet floor');
  const hidden = await amal.request.get(`${shop.origin}/incidents/${reference}`);
  const missing = await amal.request.get(`${shop.origin}/incidents/SW-00000-0`);
  const garbled = await amal.request.get(`${shop.origin}/incidents/%3Cscript%3E`);
  assert.deepEqual([hidden.status(), missing.status(), garbled.status()], [404, 404, 404]);
  assert.equal(await hidden.text(), await missing.text());
  assert.equal(await hidden.text(), await garbled.text());
});

shopStory('What Noor presses appears on the page of Amal within a second, and disturbs no form', async ({ signIn }) => {
  const amal = await signIn('amal');
  const noor = await signIn('noor');
  const reference = await report(amal, '/report two people with gin');
  await card(noor, reference).waitFor();
  await say(amal, '/report');
  await amal.getByLabel('What happened').fill('and another one');
  await button(noor, reference, 'Claim').click();
  await amal.locator('#news').getByText('A manager is looking at your report').waitFor({ timeout: 1_000 });
  await amal.locator(`#row-${reference} .state.claimed`).waitFor({ timeout: 1_000 });
  assert.equal(await amal.getByLabel('What happened').inputValue(), 'and another one');
  assert.equal(await amal.evaluate(() => document.activeElement.name), 'what_happened');
  assert.match(await amal.locator('#heard').textContent(), new RegExp(`${reference}: Claimed`), 'it is said aloud as well');
});

shopStory('Of two who press at once one is told who was first', async ({ signIn }) => {
  const amal = await signIn('amal');
  const noor = await signIn('noor');
  const omar = await signIn('omar');
  const reference = await report(amal, '/report two people with gin');
  await card(omar, reference).waitFor();
  await omar.route('**/events', (route) => route.abort());
  const stale = await omar.locator(`#${reference} form.press`).first().evaluate((form) => [...new FormData(form)]);
  await button(noor, reference, 'Claim').click();
  await card(noor, reference).getByText('Claimed by Noor').waitFor();
  const answer = await omar.request.post(omar.url(), { form: Object.fromEntries(stale) });
  assert.equal(answer.status(), 409);
  assert.match(await answer.text(), /Noor was first/);
});
