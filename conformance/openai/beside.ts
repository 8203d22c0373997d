// What is to be seen beside the clients: at the provider, and of a limit while a stream runs.

import { setTimeout as delay } from 'node:timers/promises';
import type { Server } from './clients.ts';
import { HAD_MODEL, LACKED_MODEL, NARROW, SPENT, aliasOf } from './models.ts';
import { EMAIL, PROVIDER_KEY, SECRET } from './script.ts';
import type { Upstream } from './upstream.ts';

const SOON_MS = 10_000;
const POLL_MS = 50;

/** That the provider got its own key and nothing of the client's, and pulled what it lacked. */
export function checkProvider({ asked, pulled }: Upstream): string[] {
  const wrong: string[] = [];
  const count = (bad: (request: (typeof asked)[number]) => boolean) => asked.filter(bad).length;
  const others = count(({ headers }) => headers.authorization !== `Bearer ${PROVIDER_KEY}`);
  const marked = count(({ headers }) => Object.keys(headers).some(name => /^x-stainless|^x-api-key|^user-agent$/.test(name)
    && /OpenAI|node|okhttp|ai-sdk/i.test(`${name} ${headers[name]}`)));
  const leaked = count(({ body }) => body.includes(SECRET) || body.includes(EMAIL));
  if (asked.length === 0) wrong.push('nobody asked');
  if (others) wrong.push(`${others} requests without the provider's key`);
  if (marked) wrong.push(`${marked} requests with headers of the client`);
  if (leaked) wrong.push(`${leaked} prompts with what had to be redacted`);
  const needed = pulled.map(name => name.replace(/:latest$/, ''));
  if (needed.join() !== LACKED_MODEL) wrong.push(`pulled ${needed.join() || 'nothing'}, lacked ${LACKED_MODEL}, had ${HAD_MODEL}`);
  return wrong;
}

/** Uses up what the models of that name grant, so that every client is refused. */
export async function spend(server: Server): Promise<void> {
  await ask(server, '/v1/chat/completions', SPENT);
  await ask(server, '/api/chat', aliasOf(SPENT, 'ollama'));
}

/** That a running stream holds its place, and that a client which goes gives it back at once. */
export async function checkNarrow(upstream: Upstream, server: Server): Promise<string[]> {
  const wrong: string[] = [];
  const first = new AbortController();
  const held = await ask(server, '/v1/chat/completions', NARROW, first.signal);
  if (held.status !== 200) return [`the first stream got ${held.status}`];
  const reader = held.body?.getReader();
  await reader?.read();
  const second = await ask(server, '/v1/chat/completions', NARROW);
  if (second.status !== 429) wrong.push(`the second stream got ${second.status}`);
  if (!(Number(second.headers.get('retry-after')) >= 1)) wrong.push(`Retry-After is ${second.headers.get('retry-after')}`);
  await second.body?.cancel();
  first.abort();
  await reader?.read().catch(() => {});
  if (!(await eventually(async () => upstream.endless === 0))) wrong.push('the provider still answers a client that is gone');
  const again = new AbortController();
  const free = await eventually(async () => {
    const { status } = await ask(server, '/v1/chat/completions', NARROW, again.signal);
    return status === 200;
  });
  again.abort();
  if (!free) wrong.push('its place is not given back');
  return wrong;
}

function ask({ url, key }: Server, path: string, model: string, signal?: AbortSignal): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Is all quiet?' }] }),
    signal,
  });
}

async function eventually(holds: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + SOON_MS;
  while (Date.now() < end) {
    if (await holds()) return true;
    await delay(POLL_MS);
  }
  return false;
}
