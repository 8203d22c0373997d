/** Runs the public vectors: `vectors.ts FILE`. Prints one line a disagreement and the number of cases. */
import { readFileSync } from 'node:fs';
import { parseKeys } from '../../src/jwk-set.ts';
import { InMemoryReplayGuard } from '../../src/replay-guard.ts';
import { isObject, parseStrict } from '../../src/strict-json.ts';
import type { JsonObject } from '../../src/strict-json.ts';
import { canonical, digest, TokenVerifier } from '../../src/verifier.ts';
import type { ExpectedCall } from '../../src/verifier.ts';

interface TokenCase {
  id: string;
  token?: string;
  call: { aud: string; tool: string; arguments?: string; inputResponses?: string; requestState?: string };
  now_ms: number;
  leeway: number;
  max_lifetime: number;
  guard: { capacity: number; since_ms: number };
  after?: string[];
  unavailable?: 'keys' | 'guard';
  expect: 'accept' | 'reject';
  reason?: string;
}

interface ArgumentCase {
  id: string;
  text?: string;
  base64?: string;
  expect: 'accept' | 'refuse';
  canonical?: string;
  sha256?: string;
}

interface KeySetCase {
  id: string;
  text: string;
  expect: 'accept' | 'refuse';
  kids?: string[];
}

interface VectorFile {
  issuer: string;
  jwks: JsonObject;
  tokens: TokenCase[];
  arguments: ArgumentCase[];
  key_sets: KeySetCase[];
}

const ARGUMENTS = { depth: 64, bytes: 2 * 1024 * 1024 };
const utf8 = new TextEncoder();
let disagreements = 0;

function expectEqual(id: string, found: unknown, expected: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    disagreements++;
    console.log(`DISAGREES ${id}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
  }
}

function received(call: TokenCase['call']): ExpectedCall {
  const parse = (text: string | undefined) =>
    text === undefined ? undefined : parseStrict(utf8.encode(text), ARGUMENTS);
  return {
    audience: call.aud,
    tool: call.tool,
    arguments: parse(call.arguments),
    inputResponses: parse(call.inputResponses),
    requestState: parse(call.requestState),
  };
}

async function present(file: VectorFile, one: TokenCase): Promise<void> {
  const keys = await parseKeys(utf8.encode(JSON.stringify(file.jwks)));
  let now = 0;
  const guard = new InMemoryReplayGuard(one.guard.capacity, () => now, one.guard.since_ms);
  const unavailable = () => {
    throw new Error('unavailable');
  };
  const verifier = new TokenVerifier({
    issuer: file.issuer,
    keys: { find: (kid) => (one.unavailable === 'keys' ? unavailable() : keys.get(kid)) },
    guard: one.unavailable === 'guard' ? { use: unavailable } : guard,
    leewaySeconds: one.leeway,
    maxLifetimeSeconds: one.max_lifetime,
    now: () => now,
  });
  const before = (one.after ?? []).map((id) => file.tokens.find((other) => other.id === id)!);
  for (const each of [...before, one]) {
    now = each.now_ms;
    const verdict = await verifier.verify(each.token, received(each.call));
    expectEqual(`${one.id} (${each.id})`, verdict.accepted ? 'accept' : verdict.reason, each.reason ?? 'accept');
  }
}

function readArguments(one: ArgumentCase): void {
  const bytes = one.text === undefined ? Buffer.from(one.base64!, 'base64') : utf8.encode(one.text);
  let found: [string, string] | undefined;
  try {
    const value = parseStrict(bytes, ARGUMENTS);
    found = isObject(value) ? [canonical(value), digest(value)] : undefined;
  } catch {
    found = undefined;
  }
  expectEqual(one.id, found, one.expect === 'accept' ? [one.canonical, one.sha256] : undefined);
}

async function readKeys(one: KeySetCase): Promise<void> {
  const kids = await parseKeys(utf8.encode(one.text)).then((keys) => [...keys.keys()], () => undefined);
  expectEqual(one.id, kids, one.kids);
}

const file = JSON.parse(readFileSync(process.argv[2] ?? '../vectors/tokens.json', 'utf8')) as VectorFile;
for (const one of file.tokens) {
  await present(file, one);
}
file.arguments.forEach(readArguments);
for (const one of file.key_sets) {
  await readKeys(one);
}
console.log(`${file.tokens.length} tokens, ${file.arguments.length} arguments, ${file.key_sets.length} key sets, ${disagreements} disagreements`);
process.exitCode = disagreements === 0 ? 0 : 1;
