// Opens every page of a running demonstration in a browser: node pages.mjs URL BROWSER SCREENSHOTS
import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
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

// A page that notes whatever it should not do: errors on the console, breaches of its policy, foreign requests.
async function open(path) {
  const page = await browser.newPage();
  const fault = (text) => faults.push(`${path}: ${text}`);
  page.on('console', (message) => message.type() === 'error' && fault(`console: ${message.text()}`));
  page.on('pageerror', (error) => fault(`script: ${error.message}`));
  page.on('request', (request) => {
    const to = request.url();
    if (!to.startsWith(`${url}/`) && !to.startsWith('data:') && !to.startsWith('blob:')) fault(`foreign request: ${to}`);
  });
  page.on('response', (answer) => answer.status() >= 400 && fault(`${answer.status()} from ${answer.url()}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`policy: ${event.violatedDirective} refused ${event.blockedURI}`);
    });
  });
  const answer = await page.goto(url + path, { waitUntil: 'networkidle' });
  if (answer.status() !== 200) fault(`answered ${answer.status()}`);
  return { page, answer, fault };
}

// What every page of ours has to have.
async function sound(path, { page, answer, fault }) {
  const policy = answer.headers()['content-security-policy'] ?? '';
  for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]) {
    if (!policy.includes(part)) fault(`the policy has no ${part}`);
  }
  if (/script-src[^;]*'unsafe-(inline|eval)'/.test(policy)) fault('the policy lets inline scripts run');
  if ((await page.locator('html').getAttribute('lang')) === null) fault('the language is not told');
  if ((await page.title()).trim() === '') fault('there is no title');
  await fits(path.replaceAll('/', '_'), { page, fault });
}

// A page is no wider than the screen, whichever it is.
async function fits(name, { page, fault }) {
  for (const [form, width] of [['wide', 1280], ['narrow', 375]]) {
    await page.setViewportSize({ width, height: 800 });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) fault(`is ${over} pixels wider than a screen of ${width}`);
    await page.screenshot({ path: join(screenshots, `${name}-${form}.png`) });
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

// What the board shows of the invented country to who is chosen.
async function boardAs(page, reader) {
  await page.getByLabel('Read as').selectOption(reader);
  await page.getByRole('button', { name: 'Show' }).click();
  await page.locator('#message', { hasText: `Shown as ${reader || 'nobody'}` }).waitFor();
  return page.getByRole('region', { name: /^Demoland/ });
}

const journeys = {
  '/': async ({ page, fault }) => {
    const links = await page.locator('a').evaluateAll((all) => all.map((one) => one.href));
    assert.ok(links.length >= 6, `${links.length} links`);
    for (const link of links) {
      const answer = await page.request.get(link);
      if (!answer.ok()) fault(`the link to ${link} answers ${answer.status()}`);
    }
    await page.keyboard.press('Tab');
    const ring = await page.evaluate(() => {
      const style = getComputedStyle(document.activeElement);
      return document.activeElement.tagName === 'A' && style.outlineStyle !== 'none' && style.outlineWidth !== '0px';
    });
    if (!ring) fault('the keyboard focus does not show');
  },
  '/docs/': async ({ page }) => {
    await page.locator('#operations-tag-Plans').click();
    const operation = page.locator('#operations-Plans-list_plans');
    await operation.locator('.opblock-summary-control').click();
    const execute = operation.locator('button.execute');
    if (!(await execute.isVisible())) await operation.locator('button.try-out__btn').click();
    await execute.click();
    const status = operation.locator('.live-responses-table .response-col_status').first();
    await status.waitFor();
    assert.match(await operation.locator('.live-responses-table tbody').innerText(), /^200[^]*"items"/);
    await page.screenshot({ path: join(screenshots, 'docs-answer.png') });
  },
  '/graphiql': async ({ page }) => {
    await page.fill('#email', 'focal_point@kgz.demo');
    await page.fill('#password', 'rehearsal-only-Concord-demo');
    await page.click('#sign-in button');
    await page.locator('#signed-in', { hasText: 'focal_point@kgz.demo' }).waitFor();
    await page.locator('.graphiql-query-editor .CodeMirror, .graphiql-query-editor .monaco-editor').first().click();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('query Mine { plans(first: 1) { totalCount nodes { title');
    await page.locator('.graphiql-tab', { hasText: 'Mine' }).waitFor();
    await page.keyboard.press('Control+Enter');
    const result = page.locator('.result-window', { hasText: '"totalCount"' });
    await result.waitFor();
    await page.screenshot({ path: join(screenshots, 'graphiql-answer.png') });
  },
  '/demo': async ({ page, fault }) => {
    await page.locator('#board[aria-busy=false]').waitFor();
    // Other pages of this address keep what they like: the board adds nothing.
    const stored = () => page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie]));
    const before = await stored();
    const cycle = await page.getByRole('region', { name: /^Kyrgyz/ }).innerText();
    assert.match(cycle, /Needs assessment\s+Done\s+2020 to 1 Mar 2023[^]*Drafting\s+Running/);
    const parts = async (country) => country.locator('h3').allInnerTexts();
    assert.deepEqual(await parts(await boardAs(page, '')), ['Progress']);
    const country = await boardAs(page, 'focal_point@xaa.demo');
    const all = ['Planning cycle 2022-2028 (invented)', 'Progress', 'Next milestones', 'Risks', 'Next deadlines'];
    assert.deepEqual(await parts(country), all);
    assert.equal(await country.locator('.line li').count(), 10);
    assert.match(await country.getByRole('progressbar', { name: 'Whole plan' }).first().getAttribute('value'), /^[1-9]/);
    assert.equal((await country.locator('.matrix .has').allInnerTexts()).join(), '2,4,3,1');
    assert.equal(await country.locator('.numbered li').count(), 4);
    assert.ok((await country.locator('.dates time').count()) > 0, 'no milestone has a day');
    const levels = await page.locator('h1, h2, h3, h4').evaluateAll((found) => found.map((one) => Number(one.tagName[1])));
    if (levels.some((level, at) => level > (levels[at - 1] ?? 0) + 1)) fault(`headings are ${levels}`);
    assert.equal(await stored(), before, 'the sign-in is kept beyond the page');
    await fits('board-signed-in', { page, fault });
    assert.deepEqual(await parts(await boardAs(page, 'partner@demo')), ['Progress']);
  },
  '/demo/dashboard': async ({ page, fault }) => {
    const stored = () => page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie]));
    const before = await stored();
    const drawn = async () => {
      await page.locator('#figures[aria-busy=false]').waitFor();
      await page.waitForFunction(() => document.querySelectorAll('figure > div > svg').length === 6);
      return page.evaluate(() => [...document.querySelectorAll('figure')].map((one) => {
        const svg = one.querySelector(':scope > div > svg');
        const text = (id) => document.getElementById(svg.getAttribute(id))?.textContent ?? '';
        const cells = [...one.querySelectorAll('tbody tr')].map((row) => [...row.cells].slice(1).map((cell) => cell.textContent));
        return {
          role: svg.getAttribute('role'), title: text('aria-labelledby'), desc: text('aria-describedby'), cells,
          coverage: one.querySelector('figcaption').textContent, texts: svg.querySelectorAll('text').length,
        };
      }));
    };
    // In each language: figures that say what they are, all words its own, and nothing wider than the screen.
    const titles = new Set();
    for (const [language, month] of [['en', /Sept 20/], ['ru', /сент. 20/], ['ky', /20\d\d-ж. сен\./], ['fr', /sept. 20/]]) {
      await page.selectOption('#language', language);
      for (const { role, title, desc, coverage } of await drawn()) {
        if (role !== 'img' || !title || !desc || !/\d/.test(coverage)) fault(`${language}: a figure lacks what it is: ${title}`);
        titles.add(title);
      }
      const text = await page.locator('#figures').innerText();
      if (/undefined|NaN|null/.test(text)) fault(`${language}: ${text.match(/.*(undefined|NaN|null).*/)[0]}`);
      assert.match(await page.locator('figure tbody').nth(2).textContent(), month);
      await page.setViewportSize({ width: 390, height: 800 });
      await page.waitForFunction(() => [...document.querySelectorAll('figure > div > svg')].every((one) => one.getAttribute('width') < 390));
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (over > 0) fault(`${language}: is ${over} pixels wider than a screen of 390`);
      await page.screenshot({ path: join(screenshots, `dashboard-${language}.png`), fullPage: true });
      await page.setViewportSize({ width: 1280, height: 800 });
    }
    assert.equal(titles.size, 24);

    // Signed out, a country shows what it has released; signed in, its own tasks and gaps too.
    await page.selectOption('#language', 'en');
    const numbers = (figures, title) => figures.find((one) => one.title === title).cells.flat()
      .filter((cell) => /^\d/.test(cell)).reduce((sum, cell) => sum + parseInt(cell, 10), 0);
    const open = await drawn();
    assert.match(open[0].coverage, /^4 of 7 countries; as of \d/);
    assert.equal(numbers(open, 'Gaps by capability area and region'), 0);
    assert.equal(numbers(open, 'Progress of plans') > 0, true);
    await page.selectOption('#reader', 'focal_point@xaa.demo');
    const own = await drawn();
    assert.equal(numbers(own, 'Gaps by capability area and region'), 3);
    const tasks = 'Tasks by state at the end of each month';
    assert.ok(numbers(own, tasks) > numbers(open, tasks), 'no tasks more');
    assert.equal(await stored(), before, 'the sign-in is kept beyond the page');

    // By keyboard: from the choices to the first table, which opens and takes the focus, and it shows.
    await page.locator('#country').focus();
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'SUMMARY');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.ok(await page.locator('figure').first().getByRole('region', { name: 'Participation in treaties' }).isVisible());
    const ring = await page.evaluate(() => [document.activeElement.className, getComputedStyle(document.activeElement).outlineStyle]);
    assert.deepEqual(ring, ['scrolls', 'solid']);
    await fits('dashboard-signed-in', { page, fault });
  },
  '/problems': async ({ page }) => {
    assert.ok((await page.locator('a[href^="problems/"]').count()) > 20);
  },
  '/problems/not_found': async ({ page }) => {
    const text = await page.locator('body').innerText();
    assert.match(text, /not_found/);
    assert.match(text, /What it means/);
  },
};

for (const [path, journey] of Object.entries(journeys)) {
  const opened = await open(path);
  try {
    await sound(path, opened);
    await journey(opened);
  } catch (error) {
    opened.fault(error.message.split('\n').slice(0, 4).join(' '));
    await opened.page.screenshot({ path: join(screenshots, 'failed.png') });
  }
  await opened.page.close();
}
await browser.close();
rmSync(profile, { recursive: true, force: true });
faults.forEach((fault) => console.log(fault));
if (faults.length > 0) process.exit(1);
console.log(`${Object.keys(journeys).length} pages load whole and work, from this host alone`);
