// Debian's Chromium, without a window and without its own errands.
import { chromium } from 'playwright-core';

export function openBrowser() {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--headless=new',
      '--no-sandbox', // containers run tests as root, and Chromium refuses a sandbox there
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
