// Does what a guide says, on a demonstration of its own: node run.mjs GUIDE [--without HEADING]... [--then PROGRAM]
//
// A block after a line that ends in "`NAME`:" is the file NAME. The blocks marked `sh` run one after the other in one
// shell. A block without a mark right after one of them is what it prints, with `...` for whatever is there; one that
// shows nothing has to succeed. Blocks marked `text` are only read. PROGRAM is run by node in the same shell, at the
// end. Addresses are those of the run: 8080 in the guide is the service, 3000 a free port.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

const [guide, ...options] = process.argv.slice(2);
const given = (name) => options.filter((_, index) => options[index - 1] === name);

// The blocks of the guide, each with its mark, the line before it, its section and the line it begins in.
function blocks(text) {
  const found = [];
  let section = '', before = '', open = null;
  text.split('\n').forEach((line, index) => {
    if (open && line === '```') open = null;
    else if (open) open.text += `${line}\n`;
    else if (line.startsWith('```')) {
      open = { mark: line.slice(3), before, section, text: '', line: index + 1 };
      found.push(open);
    } else if (line.startsWith('## ')) section = line.slice(3);
    if (line.trim()) before = line === '```' && !open ? 'the end of a block' : line;
  });
  return found.filter((block) => !given('--without').includes(block.section));
}

// A pattern that what is printed has to fit; long lines may be broken in the guide.
function pattern(expected) {
  const quoted = expected.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('\\.\\.\\.', '[^]*?').replaceAll('\n', '\\s*');
  return new RegExp(`^${quoted}$`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

async function demonstration() {
  mkdirSync('service');
  const log = openSync('service/log', 'w');
  const env = { ...process.env, CONCORD_LISTEN: '127.0.0.1:0', CONCORD_LOG_FORMAT: 'json' };
  const service = spawn(process.env.PROGRAM, ['serve', '--demo'], { cwd: 'service', env, stdio: ['ignore', log, log] });
  process.on('exit', () => service.kill());
  for (let tries = 0; tries < 300 && service.exitCode === null; tries += 1) {
    const address = readFileSync('service/log', 'utf8').match(/"address":"([0-9.:]+)"/);
    if (address) return address[1];
    await new Promise((waited) => setTimeout(waited, 100));
  }
  throw new Error(`the demonstration did not start: ${readFileSync('service/log', 'utf8')}`);
}

const service = await demonstration();
const port = await freePort();
const here = (text) => text.replace(/127\.0\.0\.1:8080|\b3000\b/g, (address) => (address === '3000' ? port : service));

const steps = [];
for (const block of blocks(readFileSync(guide, 'utf8'))) {
  const name = block.before.match(/`([\w.-]+)`:$/)?.[1];
  if (name && block.mark !== 'sh') writeFileSync(name, here(block.text));
  else if (block.mark === 'sh') steps.push({ ...block, text: here(block.text) });
  else if (block.mark === '' && block.before === 'the end of a block') steps.at(-1).shown = here(block.text);
  else if (block.mark !== 'text') throw new Error(`${guide}:${block.line}: what is this block: a file, a step, or what one prints?`);
}
if (steps.length === 0) throw new Error(`${guide} has no step to run`);
for (const program of given('--then')) {
  steps.push({ line: program, text: `node ${program} http://127.0.0.1:${port} http://${service}` });
}

// One shell for all, so that what one step sets the next one has. Programs it leaves behind end with it.
const end = '=== end of a step';
const script = steps.map((step) => `${step.text}\nprintf '\\n%s %s\\n' '${end}' $?\n`).join('') + 'kill $(jobs -p) 2>/dev/null\n';
writeFileSync('steps.sh', script);
// Where its input is a socket, as node's pipes are, bash would read the settings of whoever runs this.
const shell = { encoding: 'utf8', timeout: 120_000, stdio: ['ignore', 'pipe', 'inherit'] };
const run = spawnSync('bash', ['--norc', '-c', 'exec bash --norc steps.sh 2>&1'], shell);

let rest = run.stdout, faults = 0;
for (const step of steps) {
  const at = rest.indexOf(`\n${end} `);
  const printed = (at < 0 ? rest : rest.slice(0, at)).replace(/ +$/gm, '').trim();
  const code = at < 0 ? 'none, it did not come to its end' : rest.slice(at).match(/ (\d+)\n/)[1];
  rest = at < 0 ? '' : rest.slice(rest.indexOf('\n', at + 1) + 1);
  if (step.shown ? pattern(step.shown).test(printed) : code === '0') continue;
  faults += 1;
  console.log(`${guide}:${step.line}: exit ${code}\n--- printed\n${printed}\n--- the guide shows\n${step.shown ?? 'nothing, so it has to succeed'}`);
}
if (faults > 0) process.exit(1);
console.log(`${steps.length} steps of the guide print what it shows`);
process.exit(0);
