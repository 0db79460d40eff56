// Opens the documents of the demonstration's plans in a browser: node document.mjs URL BROWSER SCREENSHOTS
import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [url, executablePath, screenshots] = process.argv.slice(2);
const profile = mkdtempSync(join(tmpdir(), 'concord-browser-'));
const args = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
];
const browser = await chromium.launchPersistentContext(profile, { executablePath, headless: true, args });
const faults = [];

const asked = (path, options) => fetch(`${url}/api/v1${path}`, options).then((answer) => answer.json());
const signIn = { email: 'focal_point@kgz.demo', password: 'rehearsal-only-Concord-demo' };
const body = JSON.stringify(signIn);
const { access_token: token } = await asked('/auth/login', {
  method: 'POST', body, headers: { 'Content-Type': 'application/json' },
});
const headers = { Authorization: `Bearer ${token}` };
const plans = (await asked('/plans?limit=200', { headers })).items;
assert.ok(plans.length > 1, 'the demonstration has plans');

// Headings by language: that of every page, of plans with pillars, of plans with days.
const headings = {
  en: ['Overview', 'Actions of the plan', 'Timeline'],
  ru: ['Общие сведения', 'Мероприятия плана', 'График выполнения'],
  ky: ['Жалпы маалымат', 'Пландын иш-чаралары', 'Аткаруу графиги'],
  fr: ["Vue d'ensemble", 'Actions du plan', 'Calendrier'],
};

// Places whose content is wider than they are, by their text.
const overflowing = () => {
  const all = [...document.querySelectorAll('h1, h2, h3, h4, p, dt, dd, li, th, td, caption')];
  const over = all.filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline');
  return over.map((one) => `${one.tagName} ${one.textContent.trim().slice(0, 40)}`);
};

async function check(plan, language) {
  const name = `document-${plan.owner_country ?? 'none'}-${plan.id.slice(-6)}-${language}`;
  const fault = (text) => faults.push(`${name}: ${text}`);
  const page = await browser.newPage();
  page.on('console', (message) => message.type() === 'error' && fault(`console: ${message.text()}`));
  page.on('request', (request) => request.url().startsWith(`${url}/`) || fault(`foreign request: ${request.url()}`));
  await page.setExtraHTTPHeaders(headers);
  const answer = await page.goto(`${url}/api/v1/plans/${plan.id}/document?format=html&lang=${language}`);
  if (answer.status() !== 200) return fault(`answered ${answer.status()}`);
  const policy = answer.headers()['content-security-policy'] ?? '';
  if (!policy.startsWith("default-src 'none'; style-src 'unsafe-inline'")) fault(`the policy is ${policy}`);
  if ((await page.locator('html').getAttribute('lang')) !== language) fault('the language is not told');
  const shown = await page.locator('h2').allInnerTexts();
  const has = headings[language].slice(0, 1 + (plan.told.pillars.length > 0) + (plan.told.timeline !== null));
  for (const heading of has) if (!shown.includes(heading)) fault(`has no heading ${heading}, but ${shown}`);
  const levels = await page.locator('h1, h2, h3, h4').evaluateAll((all) => all.map((one) => Number(one.tagName[1])));
  if (levels[0] !== 1 || levels.some((level, at) => level > (levels[at - 1] ?? 0) + 1)) fault(`headings are ${levels}`);
  const unnamed = await page.locator('svg[role=img]:not(:has(title))').count();
  if (unnamed > 0) fault(`${unnamed} drawings have no title`);
  for (const [form, width] of [['wide', 1280], ['narrow', 375]]) {
    await page.setViewportSize({ width, height: 900 });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) fault(`is ${over} pixels wider than a screen of ${width}`);
    for (const one of await page.evaluate(overflowing)) fault(`${form}: does not fit: ${one}`);
    await page.screenshot({ path: join(screenshots, `${name}-${form}.png`), fullPage: true });
  }
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
  writeFileSync(join(screenshots, `${name}.pdf`), pdf);
  // The width of A4 on its side between its margins.
  await page.setViewportSize({ width: 1009, height: 900 });
  await page.emulateMedia({ media: 'print' });
  for (const one of await page.evaluate(overflowing)) fault(`paper: does not fit: ${one}`);
  await page.close();
}

for (const plan of plans) {
  plan.told = await asked(`/plans/${plan.id}/document`, { headers });
  for (const language of Object.keys(headings)) await check(plan, language);
}
await browser.close();
rmSync(profile, { recursive: true, force: true });
faults.forEach((fault) => console.log(fault));
if (faults.length > 0) process.exit(1);
console.log(`${plans.length} plans print in ${Object.keys(headings).length} languages, and nothing overflows`);
