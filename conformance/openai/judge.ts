// What each client has to see in each scenario, and whether it did.

import type { Failure, Mode, Outcome, SdkClient } from './clients.ts';
import { type Call, DENIED_ARGUMENT, EMAIL, INTERNAL, note, NOTED, PLAIN, PROVIDER_KEY, READ, REDACTED, REPORT, SCRIPT, SECRET } from './script.ts';

/** What happened in one cell. */
export interface Seen {
  outcome: Outcome;
  executed: Call[];
  /** Everything that the server sent to the client. */
  bytes: string;
  requests: number;
}

export interface Expected {
  executed: Call[];
  /** The text at the end; absent where any that explains will do. */
  text?: string;
  /** The status of the error, 0 for one within an answer; absent where all must end well. */
  fails?: number;
  code?: string;
  requests: number;
}

/** What the gateway makes of each scenario. */
const THROUGH: Record<string, (mode: Mode) => Expected> = {
  text: () => ({ executed: [], text: PLAIN, requests: 1 }),
  allow: () => ({ executed: [READ], text: REPORT, requests: 2 }),
  'deny-one': () => ({ executed: [READ], text: REPORT, requests: 2 }),
  'deny-arguments': () => ({ executed: [READ], text: REPORT, requests: 2 }),
  'deny-all': () => ({ executed: [], requests: 1 }),
  redact: () => ({ executed: [], text: REDACTED, requests: 1 }),
  'redact-arguments': () => ({ executed: [note(REDACTED)], text: NOTED, requests: 2 }),
  'rate-limit': () => fails(429),
  'error-500': () => fails(500),
  'error-401': () => fails(502),
  'error-402': () => fails(502),
  'error-frame': mode => fails(mode === 'unary' ? 500 : 0),
  'cut-text': broken,
  'cut-call': broken,
  'lost-text': broken,
  'lost-call': broken,
};

function broken(mode: Mode): Expected {
  return fails(mode === 'unary' ? 502 : 0);
}

export function fails(status: number, code?: string): Expected {
  return { executed: [], fails: status, code, requests: 1 };
}

export const SCENARIOS = Object.keys(THROUGH);

/** What no client may get, whatever the scenario. */
const NEVER = { 'the secret': SECRET, 'the address': EMAIL, 'a denied argument': DENIED_ARGUMENT, 'the provider': INTERNAL, "the provider's key": PROVIDER_KEY };

const EXPLAINS = /not allowed|not permitted|denied|withheld|refused|blocked/i;

/** What is wrong with a scenario behind the gateway. */
export function throughGateway(client: SdkClient, scenario: string, mode: Mode, seen: Seen): string[] {
  const expected = client.differs?.[scenario] ?? THROUGH[scenario](mode);
  const wrong = asExpected(client, expected, seen);
  const { failure, text } = seen.outcome;
  const explains = expected.text !== undefined || expected.fails !== undefined || EXPLAINS.test(text);
  if (!failure && !explains) wrong.push(`does not explain: ${shown(text)}`);
  return wrong;
}

export function asExpected(client: SdkClient, expected: Expected, seen: Seen): string[] {
  const { outcome, executed, requests } = seen;
  const wrong = leaks(seen);
  if (whole(executed) !== whole(expected.executed)) wrong.push(`executed ${shown(executed)}`);
  if (requests !== expected.requests) wrong.push(`sent ${requests} requests`);
  if (expected.fails !== undefined) return [...wrong, ...asError(client, expected.fails, expected.code, outcome.failure)];
  if (outcome.failure) wrong.push(`failed: ${shown(outcome.failure)}`);
  else if (expected.text !== undefined && outcome.text !== expected.text) wrong.push(`text ${shown(outcome.text)}`);
  return wrong;
}

function asError(client: SdkClient, status: number, code: string | undefined, failure: Failure | undefined): string[] {
  if (!failure) return ['did not fail'];
  const wrong: string[] = [];
  if (!client.errors[status]?.includes(failure.type)) wrong.push(`failed with ${failure.type}`);
  if (status !== 0 && !failure.typed) wrong.push('which is no error of the SDK');
  if (status !== 0 && failure.status !== status) wrong.push(`status ${failure.status}`);
  if (code !== undefined && client.tellsCode && failure.code !== code) wrong.push(`code ${failure.code}`);
  return wrong.length ? [...wrong, `“${failure.message.slice(0, 200)}”`] : [];
}

function leaks({ bytes, outcome }: Seen): string[] {
  const all = bytes + JSON.stringify(outcome);
  return Object.entries(NEVER).filter(([, text]) => all.includes(text)).map(([what]) => `the client saw ${what}`);
}

/**
 * The control: straight to the provider everything happens that the gateway is there to prevent. How an
 * answer that ends badly is taken differs from SDK to SDK, and is not judged.
 */
export function direct(scenario: string, { outcome, executed, bytes }: Seen): string[] {
  const { first, then } = SCRIPT[scenario];
  if (typeof first === 'number') return outcome.failure && bytes.includes(INTERNAL) ? [] : ['did not fail'];
  if (first.ending) return [];
  const wrong: string[] = [];
  if (whole(executed) !== whole(first.calls ?? [])) wrong.push(`executed ${shown(executed)}`);
  const { text } = then ?? first;
  if (outcome.text !== text) wrong.push(`ended with ${shown(outcome)}`);
  return wrong;
}

const whole = (value: unknown) => JSON.stringify(value);
const shown = (value: unknown) => whole(value).slice(0, 300);
