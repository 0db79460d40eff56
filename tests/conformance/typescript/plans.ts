// A caller of plans, typed by the contract. Each expected error is a mistake that the types must catch.
import createClient from 'openapi-fetch';
import type { components, paths } from './concord.js';

type Plan = components['schemas']['Plan'];

const client = createClient<paths>({ baseUrl: 'http://127.0.0.1:8080/api/v1' });

export async function titles(): Promise<string[]> {
  const query = { status: ['adopted' as const], sort: '-updated_at', limit: 5 };
  const { data, error } = await client.GET('/plans', { params: { query } });
  if (error) throw new Error(`${error.code}: ${error.errors.map((one) => one.pointer).join()}`);
  return data.items.map((plan) => plan.title);
}

export async function read(id: string): Promise<Plan> {
  const { data, error } = await client.GET('/plans/{id}', { params: { path: { id } } });
  if (error) throw new Error(error.detail);
  return data;
}

export async function create(title: string): Promise<string> {
  const body = { owner: 'KGZ', title, kind: 'cbrn_nap' as const, domains: ['C' as const] };
  const { data, error, response } = await client.POST('/plans', { body });
  if (error) throw new Error(`${response.status} ${error.title}`);
  const version: number | null | undefined = data.version;
  return `${data.id} ${version}`;
}

// @ts-expect-error a status that plans do not have
await client.GET('/plans', { params: { query: { status: ['forgotten'] } } });
// @ts-expect-error a plan without a title
await client.POST('/plans', { body: { owner: 'KGZ', kind: 'cbrn_nap', domains: ['C'] } });
// @ts-expect-error a member that plans do not have
await client.POST('/plans', { body: { owner: 'KGZ', title: 'A plan', kind: 'cbrn_nap', domains: ['C'], colour: 'red' } });
// @ts-expect-error an address that does not exist
await client.GET('/planets');
