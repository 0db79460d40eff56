// Receives messages of webhooks and verifies them with the package `standardwebhooks`, across rotations of the secret;
// those by Ed25519, which the package does not know, with node's own: node webhooks.mjs, with the program in PROGRAM.
// Writes what came, and which secrets fit it, to messages.json.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

// --- The receiver: keeps what comes at each address -----------------------------------------------------

const got = new Map();
let woken = () => {};
const server = createServer(async (request, response) => {
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += part;
  response.writeHead(204).end();
  got.set(request.url, [...(got.get(request.url) ?? []), { headers: request.headers, body }]);
  woken();
}).listen(0, '127.0.0.1');
await new Promise((listening) => server.once('listening', listening));
const receiver = `http://127.0.0.1:${server.address().port}`;

// The message of this number at an address, once it is there.
async function message(at, number) {
  const over = Date.now() + 60_000;
  while ((got.get(at) ?? []).length <= number) {
    assert.ok(Date.now() < over, `message ${number} at ${at} does not come`);
    await new Promise((wake) => { woken = wake; setTimeout(wake, 1000); });
  }
  return got.get(at)[number];
}

// --- The service ----------------------------------------------------------------------------------------

mkdirSync('service');
const log = openSync('service/log', 'w');
const settings = { CONCORD_LISTEN: '127.0.0.1:0', CONCORD_LOG_FORMAT: 'json', CONCORD_WEBHOOK_NETWORKS: '127.0.0.1' };
const options = { cwd: 'service', env: { ...process.env, ...settings }, stdio: ['ignore', log, log] };
const service = spawn(process.env.PROGRAM, ['serve', '--demo'], options);
process.on('exit', () => service.kill());
let url;
for (let tries = 0; tries < 600 && service.exitCode === null && !url; tries += 1) {
  url = readFileSync('service/log', 'utf8').match(/"address":"([0-9.:]+)"/)?.[1];
  await new Promise((waited) => setTimeout(waited, 100));
}
assert.ok(url, `the service did not start: ${readFileSync('service/log', 'utf8')}`);

let token;
async function call(path, body) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(`http://${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const said = await answer.json();
  assert.ok(answer.ok, `${path}: ${JSON.stringify(said)}`);
  return said;
}
token = (await call('/auth/login', { email: 'secretariat@kgz.demo', password: 'rehearsal-only-Concord-demo' })).access_token;

// --- What has to be so ----------------------------------------------------------------------------------

const verifies = (secret, { body, headers }) => {
  try {
    return new Webhook(secret).verify(body, headers).type;
  } catch (refusal) {
    assert.equal(refusal.constructor.name, 'WebhookVerificationError');
    return null;
  }
};
const kept = [];
function holds(one, fits, fitsNot) {
  for (const secret of fits) {
    assert.equal(verifies(secret, one), 'task.appeared');
    assert.equal(verifies(secret, { ...one, body: `${one.body} ` }), null);
  }
  for (const secret of fitsNot) assert.equal(verifies(secret, one), null);
  kept.push({ ...one, fits, fits_not: fitsNot });
}
let made = 0;
async function happens() {
  made += 1;
  await call('/tasks', { owner: 'KGZ', lead_agency: 'MES', language: 'ru', title: `Шаг ${made} – "é"`, visibility: 'national' });
  return made - 1;
}

const hook = (at, signature) => call('/webhooks', { url: receiver + at, kinds: ['task'], signature });
const rotate = ({ id }, grace_hours) => call(`/webhooks/${id}/rotate`, { grace_hours });
const hmac = await hook('/hmac', 'hmac');
const ed25519 = await hook('/ed25519', 'ed25519');

const before = await happens();
holds(await message('/hmac', before), [hmac.secret], []);
const second = await rotate(hmac, 1);
const during = await happens();
holds(await message('/hmac', during), [hmac.secret, second.secret], []);
const third = await rotate(hmac, 0);
const after = await happens();
holds(await message('/hmac', after), [third.secret], [hmac.secret]);
assert.notEqual((await message('/hmac', before)).headers['webhook-id'], (await message('/hmac', after)).headers['webhook-id']);

// Ed25519: the key is the 32 bytes that the standard has, what is signed the same as by a secret.
function signedBy(key, { headers, body }) {
  const raw = Buffer.from(key.replace(/^whpk_/, ''), 'base64');
  const known = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
  const signed = Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`);
  const signatures = headers['webhook-signature'].split(' ').map((one) => one.split(','));
  assert.ok(signatures.every(([version]) => version === 'v1a'), headers['webhook-signature']);
  return signatures.filter(([, signature]) => verify(null, signed, known, Buffer.from(signature, 'base64'))).length;
}
const one = await message('/ed25519', after);
assert.equal(signedBy(ed25519.public_key, one), 1);
assert.equal(signedBy(ed25519.public_key, { ...one, body: `${one.body} ` }), 0);
const newer = await rotate(ed25519, 1);
const both = await message('/ed25519', await happens());
assert.deepEqual([ed25519, newer].map((known) => signedBy(known.public_key, both)), [1, 1]);

writeFileSync('messages.json', JSON.stringify(kept));
server.close();
process.exit(0);
