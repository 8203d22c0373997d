// The cells of the matrix: each puts one client and one upstream through six checks.

import { setTimeout as delay } from 'node:timers/promises';
import type { Connection, MatrixClient, Result } from './clients.ts';
import type { Call, Upstream } from './upstreams.ts';

export const CHECKS = ['list', 'allowed', 'denied', 'progress', 'cancel', 'crash'] as const;
export type Check = (typeof CHECKS)[number];

/** `ok`, `–` where the client or the server has no such thing, or what went wrong. */
export type Cell = Partial<Record<Check, string>>;

/** Where an upstream is reached, and whether a gateway is before it. */
export interface Target {
  url: string;
  key?: string;
  gateway: boolean;
}

const OK = 'ok';
const NONE = '–';
const DECISION = 'dev.interceptor/decision';
const PROGRESS_CALL_MS = 600;
const ENDLESS_CALL_MS = 30_000;
const UNDER_WAY_MS = 1_500;
const ENDS_WITHIN_MS = 40_000;
const WORKS_AGAIN_WITHIN_MS = 60_000;
const POLL_MS = 250;

let lastKey = 0;
const newKey = () => `matrix-${process.pid}-${++lastKey}`;

/** All checks of one cell but the crash, which a whole column does together. */
export async function checkCell(client: MatrixClient, upstream: Upstream, target: Target): Promise<Cell> {
  const cell: Cell = {};
  let connection: Connection;
  try {
    connection = await within(ENDS_WITHIN_MS, client.connect(target.url, target.key));
  } catch (error) {
    return { list: `cannot connect: ${said(error)}` };
  }
  const note = async (check: Check, run: () => Promise<string | void>) => {
    try {
      cell[check] = (await within(WORKS_AGAIN_WITHIN_MS, run())) ?? OK;
    } catch (error) {
      cell[check] = said(error);
    }
  };
  await note('list', async () => {
    const names = await connection.list();
    expect(names.includes(upstream.allowed.tool), `lists ${names.join(', ')}`);
    expect(names.includes(upstream.hidden) !== target.gateway, `${upstream.hidden} is ${target.gateway ? '' : 'not '}listed`);
  });
  await note('allowed', () => checkAllowed(connection, upstream));
  await note('denied', () => (target.gateway ? checkDenied(connection, upstream.denied) : none()));
  await note('progress', () => (client.progress && upstream.progress ? checkProgress(connection, upstream) : none()));
  await note('cancel', () => (client.cancels !== 'never' ? checkCancel(connection, client, upstream) : none()));
  await within(ENDS_WITHIN_MS, connection.close()).catch(() => {});
  return cell;
}

const none = async () => NONE;

async function checkAllowed(connection: Connection, { allowed }: Upstream): Promise<void> {
  const result = await connection.call(allowed.tool, allowed.args);
  expect(!result.isError && result.text.includes(allowed.says), `got ${shown(result)}`);
}

async function checkDenied(connection: Connection, { tool, args }: Call): Promise<void> {
  const result = await connection.call(tool, args);
  expect(result.isError, `was not denied: ${shown(result)}`);
  const decision = result.meta[DECISION] as { code?: string } | undefined;
  expect(decision?.code !== undefined, `carries no decision: ${shown(result)}`);
}

async function checkProgress(connection: Connection, upstream: Upstream): Promise<void> {
  let reports = 0;
  const { tool, args } = slowCall(upstream, PROGRESS_CALL_MS);
  const result = await connection.call(tool, args, { onProgress: () => reports++ });
  expect(!result.isError, `got ${shown(result)}`);
  expect(reports >= 2, `reported progress ${reports} times`);
}

async function checkCancel(connection: Connection, client: MatrixClient, upstream: Upstream): Promise<void> {
  const key = newKey();
  const { tool, args } = slowCall(upstream, ENDLESS_CALL_MS, key);
  const giveUp = new AbortController();
  const call = connection.call(tool, args, { signal: giveUp.signal }).then(
    result => `was answered: ${shown(result)}`,
    () => undefined,
  );
  await Promise.race([delay(UNDER_WAY_MS), call.then(early => expect(!early, `ended early: ${early}`))]);
  giveUp.abort();
  const answer = await within(ENDS_WITHIN_MS, call);
  upstream.release?.();
  expect(answer === undefined, answer ?? '');
  const { wasCancelled } = upstream;
  if (wasCancelled && client.cancels === 'heard') {
    await eventually(async () => {
      const { tool: question, args: about } = wasCancelled(key);
      const { text } = await connection.call(question, about);
      expect(text === 'true', `the server did not hear of it: ${text}`);
    });
  }
  await checkAllowed(connection, upstream);
}

/** Ends an upstream while each client waits for a call; each must hear of it, and go on once it is back. */
export async function checkCrash(
  clients: MatrixClient[],
  upstream: Upstream,
  target: Target,
  restart: () => Promise<void>,
): Promise<Map<MatrixClient, string>> {
  const verdicts = new Map<MatrixClient, string>();
  const { tool, args } = slowCall(upstream, ENDLESS_CALL_MS, newKey());
  const running = await Promise.all(
    clients.map(async client => {
      try {
        const connection = await within(ENDS_WITHIN_MS, client.connect(target.url, target.key));
        const call = connection.call(tool, args).then(
          result => (result.isError ? undefined : `was answered: ${shown(result)}`),
          () => undefined,
        );
        return { client, connection, call };
      } catch (error) {
        verdicts.set(client, `cannot connect: ${said(error)}`);
        return undefined;
      }
    }),
  );
  await delay(2 * UNDER_WAY_MS);
  await upstream.kill();
  const survivors = running.filter(run => run !== undefined);
  await Promise.all(
    survivors.map(async ({ client, call }) => {
      const answer = await within(ENDS_WITHIN_MS, call).catch(() => 'the call did not end');
      if (answer) verdicts.set(client, answer);
    }),
  );
  await restart();
  for (const { client, connection } of survivors) {
    if (!verdicts.has(client)) {
      const back = eventually(() => checkAllowed(connection, upstream));
      verdicts.set(client, await back.then(() => OK, error => `does not work again: ${said(error)}`));
    }
    await within(ENDS_WITHIN_MS, connection.close()).catch(() => {});
  }
  return verdicts;
}

function slowCall(upstream: Upstream, ms: number, key = newKey()): Call {
  if (!upstream.slow) throw new Error(`${upstream.name} has no slow tool`);
  return upstream.slow(ms, key);
}

/** Repeats until it succeeds; fails as the last time. */
async function eventually(run: () => Promise<void>): Promise<void> {
  const end = Date.now() + WORKS_AGAIN_WITHIN_MS;
  for (;;) {
    try {
      return await within(ENDS_WITHIN_MS, run());
    } catch (error) {
      if (Date.now() > end) throw error;
      await delay(POLL_MS);
    }
  }
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = delay(ms, undefined, { signal: timer.signal, ref: false }).then(() => {
    throw new Error(`nothing within ${ms} ms`);
  });
  late.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

const shown = (result: Result) => JSON.stringify(result).slice(0, 300);
const said = (error: unknown) => (error instanceof Error ? error.message : String(error)).slice(0, 300);
