// Every client against every upstream, with a gateway between them or without.

import { Gateway } from '../harness/gateway.ts';
import { CHECKS, type Cell, checkCell, checkCrash, type Target } from './cells.ts';
import { CLIENTS, type MatrixClient } from './clients.ts';
import { javaCommand } from './java.ts';
import { type Upstream, upstreams } from './upstreams.ts';

/** Runs the matrix and prints it; whether every cell is good. */
export async function judgeMatrix(direct: boolean, only: string[]): Promise<boolean> {
  const { all, cleanUp } = await upstreams();
  const wanted = (name: string) => only.length === 0 || only.includes(name);
  const columns = all.filter(({ name }) => wanted(name) || !all.some(upstream => only.includes(upstream.name)));
  const rows = CLIENTS.filter(({ name }) => wanted(name) || !CLIENTS.some(client => only.includes(client.name)));
  // A server that verifies our tokens, or that the gateway starts, can be reached through the gateway alone.
  const chosen = columns.filter(({ name, url }) => !direct || (url && name !== 'java'));
  let gateway: Gateway | undefined;
  // Now, because it may take longer than any check waits.
  if (rows.some(({ name }) => name === 'java-sdk') || chosen.some(({ name }) => name === 'java')) await javaCommand('JavaClient');
  try {
    if (!direct) {
      gateway = await Gateway.start(chosen, 'matrix.yaml');
    }
    let passed = true;
    for (const upstream of chosen) {
      await upstream.start(gateway?.origin.origin);
      passed = (await column(rows, upstream, gateway)) && passed;
      await upstream.kill();
    }
    return passed;
  } finally {
    await gateway?.stop();
    for (const upstream of chosen) await upstream.kill();
    cleanUp();
  }
}

async function column(rows: MatrixClient[], upstream: Upstream, gateway?: Gateway): Promise<boolean> {
  const target: Target = gateway
    ? { url: gateway.mcp(upstream.name), key: gateway.key, gateway: true }
    : { url: upstream.url ?? '', gateway: false };
  const cells = new Map<MatrixClient, Cell>();
  for (const client of rows) {
    if (gateway || !(client.modernOnly && upstream.legacyOnly)) {
      cells.set(client, await checkCell(client, upstream, target));
    }
  }
  if (gateway) {
    const restart = () => upstream.start(gateway.origin.origin);
    for (const [client, verdict] of await checkCrash(rows, upstream, target, restart)) {
      cells.set(client, { ...cells.get(client), crash: verdict });
    }
  }
  let passed = true;
  for (const [client, cell] of cells) {
    const verdicts = CHECKS.map(check => [check, cell[check] ?? (gateway ? 'was not reached' : '–')] as const);
    const bad = verdicts.filter(([, verdict]) => verdict !== 'ok' && verdict !== '–');
    passed &&= bad.length === 0;
    const short = verdicts.map(([check, verdict]) => `${check} ${verdict === 'ok' || verdict === '–' ? verdict : 'FAIL'}`);
    console.log(`${bad.length ? 'FAIL' : 'ok  '} ${client.name.padEnd(17)} ${upstream.name.padEnd(13)} ${short.join('  ')}`);
    for (const [check, verdict] of bad) console.log(`       ${check}: ${verdict}`);
  }
  return passed;
}
