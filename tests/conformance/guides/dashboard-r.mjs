// Renames a plan, hides an agency and shows it again, and looks whether the copy of the guide's R program follows:
// node dashboard-r.mjs - SERVICE, in the folder of the programs
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';

const [, service] = process.argv.slice(2);
let token;
async function call(method, path, body, headers = {}) {
  const sent = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }), ...headers };
  const answer = await fetch(`${service}/api/v1${path}`, { method, headers: sent, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.json();
}
const first = async (path) => (await call('GET', path)).items[0];
const edit = (path, { id, version }, body) => call('PATCH', `${path}/${id}`, body, { 'If-Match': `"${version}"` });
const r = (...program) => execFileSync('Rscript', program, { encoding: 'utf8' });
function follows(said, shown) {
  assert.match(r('nightly.R'), said);
  const lists = r('figures.R');
  assert.equal(r('figures.R', 'copy.rds'), lists);
  assert.match(lists, shown);
}

token = (await call('POST', '/auth/login', { email: 'secretariat@kgz.demo', password: 'rehearsal-only-Concord-demo' })).access_token;
await edit('/plans', await first('/plans?owner=KGZ&status=draft'), { translations: { ky: { title: 'Жаңы аталыш' } } });
const agency = await edit('/agencies', await first('/agencies?owner=KGZ&code=MES'), { visibility: 'group' });
follows(/1 changed, 1 disappeared/, /^ +MNRETS[^]*Жаңы аталыш/m);

// A task that is edited meanwhile comes without the agency, which it has again when the agency is back.
await edit('/tasks', await first(`/tasks?owner=KGZ&lead_agency=${agency.id}`), { priority: 'high' });
follows(/1 changed/, /^ +MNRETS/m);
await edit('/agencies', agency, { visibility: 'national' });
follows(/made anew: a hidden record is back/, /^ +MES/m);
