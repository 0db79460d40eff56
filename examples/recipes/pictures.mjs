// Draws plans and deadlines: node pictures.mjs progress|deadlines FILE [COUNTRY]
// The functions take what the API answers and return SVG as text, so that they work in a notebook or a page as well.
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const escaped = (text) => String(text).replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);
const text = (x, y, told, more = '') => `<text x="${x}" y="${y}" ${more}>${escaped(told)}</text>`;
const box = (x, y, width, height, fill) => `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"/>`;
const picture = (width, height, title, content) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img"
 font-family="sans-serif" font-size="13" fill="#16242b"><title>${escaped(title)}</title>
<defs><pattern id="hole" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M0 6 L6 0" stroke="#c3ccd0"/></pattern></defs>
<rect width="${width}" height="${height}" fill="#ffffff"/>
${content.join('\n')}
</svg>
`;

/** Bars of a plan and its pillars: what the country reports, or what follows from its actions. */
export function planProgress(plan, { as_of, whole, pillars }) {
  const bars = [['Whole plan', whole.percent], ...pillars.map((one) => [one.pillar.name, one.override_percent ?? one.computed.percent])];
  const content = bars.flatMap(([name, percent], at) => {
    const y = 50 + at * 44;
    if (percent === null) return [text(16, y, `${name}: not recorded`), box(16, y + 8, 600, 14, 'url(#hole)')];
    return [text(16, y, name), box(16, y + 8, 600, 14, '#dceeef'), box(16, y + 8, 6 * percent, 14, '#1f4e79'), text(628, y + 20, `${percent}%`)];
  });
  const height = 50 + bars.length * 44 + 24;
  const foot = text(16, height - 12, `as of ${as_of}`, 'fill="#4b5d66"');
  return picture(690, height, plan.title, [text(16, 24, plan.title, 'font-weight="bold"'), ...content, foot]);
}

/** Bars of the deadlines of each month; a month without any is hatched: nothing is recorded as due then. */
export function deadlinesByMonth({ rows, meta }, months = 24) {
  const first = new Date(meta.as_of);
  const keys = Array.from({ length: months }, (_, at) =>
    new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + at, 1)).toISOString().slice(0, 7));
  const counts = keys.map((key) => rows.find((row) => row.due_on === key)?.count ?? null);
  const most = Math.max(1, ...counts);
  const content = keys.flatMap((key, at) => {
    const [x, tall] = [16 + at * 28, (200 * (counts[at] ?? 0)) / most];
    const bar = counts[at] === null
      ? [box(x, 60, 22, 200, 'url(#hole)')]
      : [box(x, 260 - tall, 22, tall, '#3f78ad'), text(x + 11, 255 - tall, counts[at], 'text-anchor="middle"')];
    return at % 4 === 0 ? [...bar, text(x, 280, key)] : bar;
  });
  const { n, m } = meta.coverage;
  const foot = `${n} of ${m} countries; as of ${meta.as_of.slice(0, 10)}; hatched: not recorded`;
  const head = text(16, 24, 'Deadlines by month', 'font-weight="bold"');
  return picture(700, 316, 'Deadlines by month', [head, ...content, text(16, 304, foot, 'fill="#4b5d66"')]);
}

async function ask(path) {
  const { CONCORD_URL = 'http://127.0.0.1:8080', CONCORD_KEY } = process.env;
  const answer = await fetch(`${CONCORD_URL}/api/v1${path}`, { headers: CONCORD_KEY ? { authorization: `Bearer ${CONCORD_KEY}` } : {} });
  const said = await answer.json();
  if (!answer.ok) throw new Error(`${said.code}: ${said.detail}`);
  return said;
}

const draws = {
  async progress(country = 'XAA') {
    const [plan] = (await ask(`/plans?country=${country}&status=in_implementation&limit=1&lang=en`)).items;
    if (!plan) throw new Error(`no plan of ${country} that is carried out is shown`);
    return planProgress(plan, await ask(`/plans/${plan.id}/progress?lang=en`));
  },
  async deadlines(country = 'KGZ') {
    return deadlinesByMonth(await ask(`/analytics/deadlines?country=${country}&group_by=due_on:month&measure=count`));
  },
};
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [what, file, country] = process.argv.slice(2);
  writeFileSync(file, await draws[what](country));
}
