// Real clients of OpenAI's API through the gateway to the scripted provider, and without the gateway.

import { mkdirSync, writeFileSync } from 'node:fs';
import { HERE } from '../harness/child.ts';
import { Gateway } from '../harness/gateway.ts';
import { checkNarrow, checkProvider, spend } from './beside.ts';
import { CLIENTS, type Mode, type SdkClient, type Server } from './clients.ts';
import { Cells } from './cells.ts';
import { endJava } from './clients/java.ts';
import { KEY_VARIABLE, modelsFile } from './models.ts';
import { PROVIDER_KEY } from './script.ts';
import { Upstream } from './upstream.ts';

const MODES: Mode[] = ['unary', 'stream'];

/** Runs every client, or those named, in every scenario and prints a line for each; whether all are good. */
export async function judgeOpenAi(direct: boolean, only: string[]): Promise<boolean> {
  const clients = CLIENTS.filter(({ name }) => only.length === 0 || only.some(part => name.includes(part)));
  if (clients.length === 0) throw new Error(`no client is called ${only.join(' or ')}`);
  const upstream = await Upstream.start();
  let gateway: Gateway | undefined;
  try {
    if (!direct) gateway = await start(upstream);
    const server = { url: gateway?.origin.origin ?? upstream.url, key: gateway?.key ?? PROVIDER_KEY, retries: 0 };
    if (!direct) await spend(server);
    let passed = true;
    for (const client of clients) passed = (await row(client, server, direct)) && passed;
    if (!direct) passed = (await beside(upstream, server)) && passed;
    return passed;
  } finally {
    await endJava();
    await gateway?.stop();
    await upstream.stop();
  }
}

function start(upstream: Upstream): Promise<Gateway> {
  const file = `${HERE}out/models.yaml`;
  mkdirSync(`${HERE}out`, { recursive: true });
  writeFileSync(file, modelsFile(upstream.url));
  return Gateway.start([], 'openai/policy.yaml', ['--models', file], { [KEY_VARIABLE]: PROVIDER_KEY });
}

/** All cells of one client. */
async function row(client: SdkClient, server: Server, direct: boolean): Promise<boolean> {
  const cells = await Cells.of(client, server, direct);
  let passed = true;
  try {
    for (const [what, check] of cells.checks(MODES)) passed = report(client.name, what, await check()) && passed;
    return passed;
  } finally {
    await cells.close();
  }
}

/** What is to be seen at the provider's side, once all clients are done. */
async function beside(upstream: Upstream, server: Server): Promise<boolean> {
  let passed = report('provider', 'was asked by the gateway alone', checkProvider(upstream));
  passed = report('limit', 'lasts as long as the stream', await checkNarrow(upstream, server)) && passed;
  return passed;
}

function report(client: string, what: string, wrong: string[]): boolean {
  console.log(`${wrong.length ? 'FAIL' : 'ok  '} ${client.padEnd(21)} ${what}`);
  for (const line of wrong) console.log(`       ${line}`);
  return wrong.length === 0;
}
