// Through the front door: the one-time link, and the one press it asks for so that a robot cannot spend it.

/** Leaves the page where a person is who has just come in. */
export async function enter(page, link) {
  await page.goto(link);
  // Playwright refuses a locator that fits twice: a second button here would be a mistake, and is found.
  await page.getByRole('button').click();
  await page.waitForURL((url) => url.pathname !== new URL(link).pathname);
}
