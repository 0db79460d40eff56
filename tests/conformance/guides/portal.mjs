// Uses the portal of the guide in a browser: node portal.mjs PORTAL SERVICE, with BROWSER and the folder SCREENSHOTS set
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [portal] = process.argv.slice(2);
const { BROWSER: executablePath, SCREENSHOTS: screenshots } = process.env;
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-dev-shm-usage'];
const browser = await chromium.launch({ executablePath, headless: true, args });
const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });

// The other languages of a title are told beside it; the public plan goes on by its cursor to its last action.
const page = await context.newPage();
await page.goto(`${portal}/?country=XAA`);
await page.click('h2 a');
await page.screenshot({ path: join(screenshots, 'portal-public.png') });
assert.equal(await page.locator('tr').count(), 5);
await page.click('a[rel=next]');
assert.deepEqual(await page.locator('tr td:first-child').allInnerTexts(), ['3.1.1', '3.1.2', '3.2.1']);
assert.equal(await page.locator('a[rel=next]').count(), 0);
assert.equal(await page.locator('a', { hasText: 'translate' }).count(), 0);

// A wrong password is refused in words; the right one shows the draft.
const signIn = async (password) => {
  await page.goto(portal);
  await page.fill('input[name=email]', 'secretariat@kgz.demo');
  await page.fill('input[name=password]', password);
  await page.click('button');
};
await signIn('not this one');
assert.match(await page.locator('.trouble').innerText(), /password/);
await signIn('rehearsal-only-Concord-demo');
await page.locator('h2 a', { hasText: 'ДЕМОНСТРАЦИЯЛЫК' }).click();
await page.screenshot({ path: join(screenshots, 'portal-draft.png') });

// The open page learns by itself what is saved in another one, and what is typed there is text and no HTML.
const other = await context.newPage();
await other.goto(await page.locator('a', { hasText: 'translate' }).nth(2).getAttribute('href').then((path) => portal + path));
await other.fill('input[name=ky]', '<b>Мыйзам</b> & "келишим"');
await other.click('text=save');
await page.locator('td span[lang=ky]', { hasText: '<b>Мыйзам</b> & "келишим"' }).waitFor({ timeout: 25_000 });
await page.screenshot({ path: join(screenshots, 'portal-refreshed.png') });

// Signed out, the draft does not exist.
const draft = page.url();
await page.click('text=sign out');
assert.equal((await page.goto(draft)).status(), 404);
await browser.close();
