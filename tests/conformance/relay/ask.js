// Sends the queries that the compiler made, as the application would: the first page, and the pages after it.
const url = process.argv[2];

async function made(name) {
  const { default: request } = await import(`./src/__generated__/${name}.graphql.js`);
  return request.params.text;
}

async function ask(name, variables) {
  const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
  const body = JSON.stringify({ query: await made(name), variables });
  const answer = await fetch(url, { method: 'POST', headers, body });
  const said = await answer.json();
  if (answer.status !== 200 || said.errors) throw new Error(`${name}: ${answer.status} ${JSON.stringify(said)}`);
  return said.data;
}

const { plans } = await ask('pagesQuery', {});
const { node: { id, pillars } } = plans.edges.find((edge) => edge.node.pillars.edges.length > 1);
const first = await ask('pagesPillarsQuery', { id, count: 1 });
const rest = await ask('pagesPillarsQuery', { id, count: 5, cursor: first.node.pillars.pageInfo.endCursor });
const seen = [...first.node.pillars.edges, ...rest.node.pillars.edges].map((edge) => edge.node.id);
const all = pillars.edges.map((edge) => edge.node.id);
if (all.some((one) => !seen.includes(one))) throw new Error(`pages hold ${seen}, the list ${all}`);
await ask('pagesObjectivesQuery', { id: all[0] });
await ask('pagesTasksQuery', { id, last: 2 });
console.log('the compiler takes the fragments, and the service answers their queries');
