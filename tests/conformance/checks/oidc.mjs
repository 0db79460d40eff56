// Signs in at `oidc-provider` as a machine (client credentials) and as a person (authorization code with PKCE), and
// calls the service with what it gives: node oidc.mjs, with the program in PROGRAM.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

const AUDIENCE = 'urn:concord:api';
const ROLES = { alice: ['cbrn-desk', 'offline_access'], sync: ['watch'], mallory: ['nothing-here'] };

// --- The provider ---------------------------------------------------------------------------------------

let answer = (_, response) => response.writeHead(503).end();
const server = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1');
await new Promise((listening) => server.once('listening', listening));
const issuer = `http://127.0.0.1:${server.address().port}`;
const callback = `${issuer}/callback`;

async function provide(kid) {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' }] },
    clients: [
      { client_id: 'sync', client_secret: 'rehearsal-only', grant_types: ['client_credentials'], redirect_uris: [], response_types: [] },
      { client_id: 'web', token_endpoint_auth_method: 'none', redirect_uris: [callback] },
    ],
    cookies: { keys: ['rehearsal-only'] },
    claims: { openid: ['sub'], email: ['email'] },
    // Whoever signs in calls itself as it likes: the address is that of an account of the demonstration.
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: 'focal_point@kgz.demo' }) }),
    extraTokenClaims: (_, token) => ({
      realm_access: { roles: ROLES[token.accountId ?? token.clientId] }, email: 'focal_point@kgz.demo',
    }),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: '', audience: AUDIENCE, accessTokenFormat: 'jwt' }),
      },
    },
  });
  answer = provider.callback();
}

const form = (fields) => ({ method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });

async function token(fields, headers = {}) {
  const answered = await fetch(`${issuer}/token`, { ...form(fields), headers });
  const body = await answered.json();
  assert.equal(answered.status, 200, JSON.stringify(body));
  return body;
}

// What a machine gets.
const machine = () => token(
  { grant_type: 'client_credentials', resource: AUDIENCE },
  { authorization: `Basic ${Buffer.from('sync:rehearsal-only').toString('base64')}` },
);

// What a person gets who signs in with a browser; this one keeps cookies and fills in the two forms.
async function person(login) {
  const cookies = new Map();
  const visit = async (address, init = { redirect: 'manual' }) => {
    const headers = { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
    const answered = await fetch(new URL(address, issuer), { ...init, headers });
    for (const line of answered.headers.getSetCookie()) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      if (value) cookies.set(name, value); else cookies.delete(name);
    }
    return answered;
  };
  const verifier = randomBytes(32).toString('base64url');
  const asked = new URLSearchParams({
    client_id: 'web', response_type: 'code', scope: 'openid', redirect_uri: callback, resource: AUDIENCE, prompt: 'consent',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
  });
  let at = `/auth?${asked}`;
  for (let steps = 0; steps < 12 && !at.startsWith(callback); steps += 1) {
    const answered = await visit(at);
    const next = answered.headers.get('location');
    if (next) {
      at = next;
      continue;
    }
    const prompt = (await answered.text()).includes('name="login"') ? 'login' : 'consent';
    at = (await visit(at, form({ prompt, login, password: 'any' }))).headers.get('location');
  }
  const code = new URL(at).searchParams.get('code');
  assert.ok(code, `no code at ${at}`);
  return token({
    grant_type: 'authorization_code', client_id: 'web', code, redirect_uri: callback, code_verifier: verifier, resource: AUDIENCE,
  });
}

// --- The service ----------------------------------------------------------------------------------------

const trusted = [{
  issuer, audience: AUDIENCE, owner: 'KGZ', algorithms: ['RS256'], claim: ['realm_access', 'roles'],
  grants: { 'cbrn-desk': 'secretariat', watch: 'observer' }, unknown_users: 'provision',
}];
mkdirSync('service');
let service = null;
process.on('exit', () => service?.kill());

async function serve(name, ...options) {
  const log = openSync(`service/${name}`, 'w');
  const env = {
    ...process.env, CONCORD_LISTEN: '127.0.0.1:0', CONCORD_LOG_FORMAT: 'json', CONCORD_ISSUERS: JSON.stringify(trusted),
  };
  service = spawn(process.env.PROGRAM, ['serve', ...options], { cwd: 'service', env, stdio: ['ignore', log, log] });
  for (let tries = 0; tries < 600 && service.exitCode === null; tries += 1) {
    const address = readFileSync(`service/${name}`, 'utf8').match(/"address":"([0-9.:]+)"/);
    if (address) return `http://${address[1]}`;
    await new Promise((waited) => setTimeout(waited, 100));
  }
  throw new Error(`the service did not start: ${readFileSync(`service/${name}`, 'utf8')}`);
}

async function call(path, bearer, init = {}) {
  const headers = { ...init.headers };
  if (bearer) headers.authorization = `Bearer ${bearer}`;
  if (init.body) headers['content-type'] = 'application/json';
  const answered = await fetch(`${url}${path}`, { ...init, headers });
  return { status: answered.status, body: await answered.json() };
}

// --- What has to be so ----------------------------------------------------------------------------------

await provide('first');
let url = await serve('log', '--demo');

const sync = (await machine()).access_token;
const watch = await call('/api/v1/me', sync);
assert.equal(watch.status, 200, JSON.stringify(watch.body));
assert.deepEqual(watch.body.grants.map((grant) => grant.role), ['observer']);
assert.deepEqual([watch.body.acting_as, watch.body.owners], ['KGZ', ['KGZ']]);

const { access_token: alice, id_token: identity } = await person('alice');
const me = await call('/api/v1/me', alice);
assert.equal(me.status, 200, JSON.stringify(me.body));
assert.deepEqual(me.body.grants.map((grant) => grant.role), ['secretariat']);
assert.notEqual(me.body.email, 'focal_point@kgz.demo');

const plan = { owner: 'KGZ', kind: 'cbrn_nap', title: 'Written by an issuer\'s word', domains: ['C'], language: 'en' };
const made = await call('/api/v1/plans', alice, { method: 'POST', body: JSON.stringify(plan) });
assert.equal(made.status, 201, JSON.stringify(made.body));
const query = JSON.stringify({ query: `{ plan(id: "${made.body.id}") { title } }` });
const read = await call('/graphql', alice, { method: 'POST', body: query });
assert.equal(read.body.data.plan.title, plan.title);
assert.equal((await call('/api/v1/plans', sync, { method: 'POST', body: JSON.stringify(plan) })).status, 403);
assert.equal((await call('/api/v1/plans', alice, { headers: { 'x-concord-act-as': 'XAA' } })).status, 403);

// What the provider signs for others is no token for us, and who has no role here is nobody here.
assert.equal((await call('/api/v1/me', identity)).status, 401);
const { access_token: mallory } = await person('mallory');
assert.equal((await call('/api/v1/me', mallory)).status, 401);

// A new key of the provider is found, once the service may ask again; the old one is over then.
await provide('second');
const rotated = (await machine()).access_token;
let found = 0;
for (let tries = 0; tries < 60 && found !== 200; tries += 1) {
  found = (await call('/api/v1/me', rotated)).status;
  if (found !== 200) await new Promise((waited) => setTimeout(waited, 500));
}
assert.equal(found, 200, 'the new key is not found');
assert.equal((await call('/api/v1/me', sync)).status, 401);

// Without the provider the service starts, says so to its tokens, and works for everybody else.
const ended = new Promise((exited) => service.once('exit', exited));
service.kill();
await ended;
answer = (_, response) => response.writeHead(503).end();
url = await serve('log-without');
const untold = await call('/api/v1/me', rotated);
assert.deepEqual([untold.status, untold.body.code], [503, 'issuer_unreachable']);
assert.equal((await call('/api/v1/countries')).status, 200);

console.log('a machine and a person signed in at a real provider, and each did what its roles allow');
process.exit(0);
