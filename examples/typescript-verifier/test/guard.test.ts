/** What an attacker may try to lead around the guard, against the two example servers' handlers. */
import assert from 'node:assert/strict';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { digest, guardFetch, guardNode, InMemoryReplayGuard, parseKeys, ToolCallGuard, TokenVerifier } from '../src/index.ts';
import type { JsonObject, JsonValue, Refusal } from '../src/index.ts';

const AUDIENCE = 'https://mail.example/mcp';
const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k' };
const keys = await parseKeys(new TextEncoder().encode(JSON.stringify({ keys: [jwk] })));

let ids = 0;
async function token(tool: string, args: JsonValue, more: object = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    iss: 'sentinel-interceptor', sub: 's', aud: AUDIENCE, iat: now, nbf: now, exp: now + 5,
    jti: `id-${ids++}`, scope: `tool:${tool}`, p_hash: digest(args), ...more,
  })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'tool-call+jwt', kid: 'k' })
    .sign(pair.privateKey);
}

const refusals: Refusal[] = [];
const verifier = new TokenVerifier({
  issuer: 'sentinel-interceptor',
  keys: { find: (kid) => keys.get(kid) },
  guard: new InMemoryReplayGuard(1000, Date.now, 0),
});
const guard = new ToolCallGuard(AUDIENCE, verifier, (refusal) => void refusals.push(refusal));

let executed: unknown[] = [];
let listener: ((req: IncomingMessage, res: ServerResponse) => Promise<void>) | undefined;
const server = createServer((req, res) => {
  if (listener !== undefined) {
    void listener(req, res);
    return;
  }
  // As a body parser would have left it, for the test of that.
  if (req.headers['x-parsed'] !== undefined) {
    Object.assign(req, { body: { method: 'ping' } });
  }
  void guardNode(guard, (_req, answer, message) => {
    executed.push(message);
    answer.end('executed');
  })(req, res);
});
let port = 0;
before(() => new Promise<void>((resolve) => {
  server.listen(0, '127.0.0.1', () => {
    port = (server.address() as AddressInfo).port;
    resolve();
  });
}));
after(() => {
  server.close();
});

type Headers = Record<string, string | string[]>;

function send(body: string | Buffer, headers: Headers = {}, method = 'POST'): Promise<number> {
  executed = [];
  return new Promise((resolve, reject) => {
    const req = httpRequest(
      { host: '127.0.0.1', port, method, path: '/mcp', headers: { 'content-type': 'application/json', ...headers } },
      (res) => {
        res.resume();
        res.on('end', () => resolve(res.statusCode ?? 0));
      },
    );
    req.on('error', reject);
    req.end(body);
  });
}

/** The same with another listener, to which nothing that it throws may escape. */
async function sendTo(other: typeof listener, body: string): Promise<number> {
  listener = other;
  try {
    return await send(body);
  } finally {
    listener = undefined;
  }
}

function call(params: JsonObject | string): string {
  const text = typeof params === 'string' ? params : JSON.stringify(params);
  return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${text}}`;
}

const GREET = { name: 'greet', arguments: { name: 'ann' } };
const bearer = async (tool: string, args: JsonValue, more: object = {}) => ({
  authorization: `Bearer ${await token(tool, args, more)}`,
});

test('a call with its token passes once, and the server gets the verified message', async () => {
  const headers = await bearer('greet', { name: 'ann' });
  assert.equal(await send(call(GREET), headers), 200);
  assert.deepEqual(executed, [{ jsonrpc: '2.0', id: 1, method: 'tools/call', params: GREET }]);
  assert.equal(await send(call(GREET), headers), 401);
  assert.equal(refusals.at(-1)?.reason, 'REPLAYED');
});

test('what runs nothing passes without a token', async () => {
  const lists = ['tools/list', 'resources/list', 'resources/templates/list', 'prompts/list'];
  const others = ['initialize', 'ping', 'server/discover', 'subscriptions/listen', 'logging/setLevel', 'notifications/initialized'];
  for (const method of [...lists, ...others]) {
    assert.equal(await send(`{"jsonrpc":"2.0","id":1,"method":"${method}"}`), 200, method);
  }
  assert.equal(await send('', {}, 'GET'), 200);
  assert.equal(await send('', {}, 'DELETE'), 200);
});

test('every other message is refused', async () => {
  for (const method of ['resources/subscribe', 'resources/unsubscribe', 'resources/read ', 'Prompts/get', 'tasks/result', 'tools/call ', 'Tools/Call']) {
    assert.equal(await send(`{"jsonrpc":"2.0","id":1,"method":"${method}","params":{"uri":"a:b"}}`), 401, method);
    assert.equal(refusals.at(-1)?.reason, 'METHOD_NEEDS_A_TOKEN');
  }
  assert.equal(await send('{"jsonrpc":"2.0","id":1,"result":{}}'), 401);
  assert.equal(await send('{"jsonrpc":"2.0","id":1,"method":["ping"]}'), 401);
  assert.equal(await send(call(GREET)), 401);
  assert.deepEqual(executed, []);
});

test('what differs from the token is refused', async () => {
  const args = { name: 'ann' };
  assert.equal(await send(call({ name: 'greet', arguments: { name: 'bob' } }), await bearer('greet', args)), 401);
  assert.equal(await send(call({ name: 'add', arguments: args }), await bearer('greet', args)), 401);
  assert.equal(await send(call({ ...GREET, requestState: 'x' }), await bearer('greet', args)), 401);
  assert.equal(await send(call({ ...GREET, inputResponses: null }), await bearer('greet', args)), 401);
  assert.equal(await send(call({ ...GREET, task: { ttl: 1 } }), await bearer('greet', args)), 400);
  assert.equal(await send(call({ name: 'greet', arguments: [] }), await bearer('greet', args)), 400);
  assert.equal(await send(call({ ...GREET, _meta: { progressToken: 1 } }), await bearer('greet', args)), 200);
});

function ask(method: string, params: JsonObject): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
}

test('a method passes once with the token for its parameters', async () => {
  const requests: [string, JsonObject][] = [
    ['resources/read', { uri: 'file:///a' }],
    ['prompts/get', { name: 'greet', arguments: { who: 'ann' } }],
    ['completion/complete', { ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'who', value: 'a' } }],
  ];
  for (const [method, params] of requests) {
    const headers = await bearer(method, params);
    const body = ask(method, { ...params, _meta: { progressToken: 1 } });
    assert.equal(await send(body, headers), 200, method);
    assert.deepEqual(executed, [JSON.parse(body)]);
    assert.equal(await send(body, headers), 401, method);
    assert.equal(refusals.at(-1)?.reason, 'REPLAYED');
    assert.equal(await send(body), 401, method);
    assert.equal(refusals.at(-1)?.reason, 'MISSING');
    assert.equal(await send(`[${body}]`, await bearer(method, params)), 400, method);
    assert.equal(await send(`{"jsonrpc":"2.0","id":1,"method":"${method}"}`, await bearer(method, {})), 400, method);
  }
});

test('a method that differs from its token is refused', async () => {
  const token = () => bearer('resources/read', { uri: 'a:b' });
  const refused: [string, JsonObject, string][] = [
    ['resources/read', { uri: 'a:c' }, 'WRONG_ARGUMENTS'],
    ['resources/read', { uri: 'a:b', more: 1 }, 'WRONG_ARGUMENTS'],
    ['resources/read', { arguments: { uri: 'a:b' } }, 'WRONG_ARGUMENTS'],
    ['resources/read', { uri: 'a:b', requestState: null }, 'WRONG_REQUEST'],
    ['prompts/get', { uri: 'a:b' }, 'WRONG_TOOL'],
    ['tools/call', { name: 'read', arguments: { uri: 'a:b' } }, 'WRONG_TOOL'],
  ];
  for (const [method, params, reason] of refused) {
    assert.equal(await send(ask(method, params), await token()), 401, method);
    assert.equal(refusals.at(-1)?.reason, reason);
  }
  const bound = await bearer('resources/read', { uri: 'a:b' }, { r_hash: digest({ requestState: 's' }) });
  assert.equal(await send(ask('resources/read', { uri: 'a:b', requestState: 's' }), bound), 200);
});

test('a tool that is named like a method is refused with the token of that method', async () => {
  for (const method of ['resources/read', 'resources/subscribe', 'prompts/get', 'completion/complete']) {
    assert.equal(await send(call({ name: method, arguments: { uri: 'a:b' } }), await bearer(method, { uri: 'a:b' })), 400, method);
    assert.equal(refusals.at(-1)?.reason, 'NAME_OR_ARGUMENTS_NOT_VALID');
    assert.deepEqual(executed, []);
  }
});

test('what a library could take for an answer, or has positional parameters, is refused', async () => {
  for (const method of ['ping', 'tools/call', 'notifications/x', 'resources/read']) {
    const head = `{"jsonrpc":"2.0","id":1,"method":"${method}"`;
    for (const rest of [',"params":[]', ',"params":null', ',"params":"x"', ',"result":{}', ',"error":{"code":1,"message":""}', ',"params":[],"result":{}', ',"extra":1']) {
      assert.equal(await send(`${head}${rest}}`, await bearer('greet', { name: 'ann' })), 400, method + rest);
      assert.equal(refusals.at(-1)?.reason, 'NOT_A_REQUEST');
    }
  }
  assert.equal(await send(call(GREET).replace('"id":1', '"id":1,"result":{}'), await bearer('greet', { name: 'ann' })), 400);
  for (const answer of ['"result":{}', '"error":{"code":1,"message":""}', '"result":{},"params":[]']) {
    assert.equal(await send(`{"jsonrpc":"2.0","id":1,${answer}}`), 401, answer);
    assert.equal(refusals.at(-1)?.reason, 'METHOD_NEEDS_A_TOKEN');
  }
  assert.deepEqual(executed, []);
});

test('two readings of one text are refused', async () => {
  const texts = [
    `[${call(GREET)}]`,
    `${call(GREET)}${call(GREET)}`,
    call('{"name":"greet","arguments":{"name":"ann"},"arguments":{"name":"bob"}}'),
    call('{"name":"greet","arguments":{"name":"ann"},"\\u0061rguments":{"name":"bob"}}'),
    '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call","params":{}}',
    call('{"name":"greet","arguments":{"name":"ann","__proto__":{"admin":true}}}'),
    '{"jsonrpc":"2.0","id":1,"method":"ping","__proto__":{"method":"tools/call"}}',
    call('{"name":"greet","arguments":{"name":"\\ud800"}}'),
    call('{"name":"greet","arguments":{"name":"ann","n":9007199254740993}}'),
    `\ufeff${call(GREET)}`,
  ];
  for (const text of texts) {
    assert.equal(await send(text, await bearer('greet', { name: 'ann' })), 400, text);
  }
  assert.equal(await send(Buffer.from(call(GREET), 'utf16le'), await bearer('greet', { name: 'ann' })), 400);
});

test('names that every object has are no members', async () => {
  const params = { name: 'greet', arguments: { constructor: 1, toString: 2 } };
  assert.equal(await send(call(params as unknown as JsonObject), await bearer('greet', params.arguments)), 200);
  assert.equal(await send('{"jsonrpc":"2.0","id":1,"method":"constructor"}'), 401);
  assert.equal(await send(call({ name: 'greet', constructor: 1 } as unknown as JsonObject), await bearer('greet', {})), 400);
});

test('other encodings and types of content are refused', async () => {
  const authorization = async () => bearer('greet', { name: 'ann' });
  const types = ['text/plain', 'application/json;charset=utf-16', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/json-rpc', 'text/plain;application/json'];
  for (const type of types) {
    assert.equal(await send(call(GREET), { ...(await authorization()), 'content-type': type }), 415, type);
  }
  const zipped = { ...(await authorization()), 'content-encoding': 'gzip' };
  assert.equal(await send(gzipSync(call(GREET)), zipped), 415);
  assert.equal(await send(call(GREET), { ...(await authorization()), 'content-type': 'application/json; charset="UTF-8"' }), 200);
});

test('a chunked body is read like any other', async () => {
  const headers = { ...(await bearer('greet', { name: 'ann' })), 'transfer-encoding': 'chunked' };
  assert.equal(await send(call(GREET), headers), 200);
});

test('a body that is too long, misplaced or read by somebody else is refused', async () => {
  assert.equal(await send(' '.repeat(2 * 1024 * 1024 + 1)), 413);
  assert.equal(await send(call(GREET), {}, 'DELETE'), 400);
  assert.equal(await send(call(GREET), {}, 'PUT'), 405);
  assert.equal(await send(call(GREET), { 'x-parsed': '1' }), 500);
});

test('there is one credential, of one scheme', async () => {
  const good = await token('greet', { name: 'ann' });
  assert.equal(await send(call(GREET), { authorization: [`Bearer ${good}`, 'Bearer x'] }), 401);
  assert.equal(await send(call(GREET), { authorization: `Basic ${good}` }), 401);
  assert.equal(await send(call(GREET), { authorization: `Bearer ${good}, Bearer ${good}` }), 401);
  assert.equal(await send(call(GREET), { authorization: good }), 401);
  assert.equal(await send(call(GREET), { authorization: `bearer ${good}` }), 200);
});

test('the face for fetch hands on what was verified, and nothing else', async () => {
  const seen: unknown[] = [];
  const guarded = guardFetch(
    {
      fetch: async (_request: Request, options?: { parsedBody?: unknown }) => {
        seen.push(options?.parsedBody);
        return new Response('executed');
      },
    },
    guard,
  );
  const post = async (headers: Record<string, string>, options?: object) =>
    guarded.fetch(
      new Request(AUDIENCE, { method: 'POST', body: call(GREET), headers: { 'content-type': 'application/json', ...headers } }),
      options,
    );
  assert.equal((await post(await bearer('greet', { name: 'ann' }))).status, 200);
  assert.equal((await post({})).status, 401);
  assert.equal((await post(await bearer('greet', { name: 'ann' }), { parsedBody: { method: 'ping' } })).status, 500);
  assert.equal((await guarded.fetch(new Request(AUDIENCE, { method: 'PATCH', body: call(GREET) }))).status, 405);
  assert.deepEqual(seen, [{ jsonrpc: '2.0', id: 1, method: 'tools/call', params: GREET }]);
});

test('a body that breaks off is refused, and the process goes on', async () => {
  const before = refusals.length;
  const socket = connect(port, '127.0.0.1');
  const head = 'POST /mcp HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{';
  await new Promise<void>((resolve) => socket.write(head, () => resolve()));
  socket.destroy();
  while (refusals.length === before) {
    await new Promise(setImmediate);
  }
  assert.equal(refusals.at(-1)?.reason, 'UNREADABLE_MESSAGE');
  assert.equal(await send('{"jsonrpc":"2.0","id":1,"method":"ping"}'), 200);

  const body = new ReadableStream({ pull: (controller) => controller.error(new Error('gone')) });
  const request = new Request(AUDIENCE, { method: 'POST', body, duplex: 'half', headers: { 'content-type': 'application/json' } } as RequestInit);
  const guarded = guardFetch({ fetch: async (_request: Request) => new Response('executed') }, guard);
  assert.equal((await guarded.fetch(request)).status, 400);
});

test('who listens to refusals can neither let a call pass nor end the process', async () => {
  const fail = (): never => {
    throw new Error('the log is full');
  };
  for (const onRefusal of [fail, async () => fail()]) {
    const failing = new ToolCallGuard(AUDIENCE, verifier, onRefusal);
    executed = [];
    assert.equal(await sendTo(guardNode(failing, () => void executed.push(1)), call(GREET)), 401);
    const guarded = guardFetch({ fetch: async (_request: Request) => new Response('executed') }, failing);
    const request = new Request(AUDIENCE, { method: 'POST', body: call(GREET), headers: { 'content-type': 'application/json' } });
    assert.equal((await guarded.fetch(request)).status, 401);
    assert.deepEqual(executed, []);
  }
});

test('a server that fails is answered for, and does not end the process', async () => {
  const errors: unknown[] = [];
  const failure = new Error('of the server');
  const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
  const fails = guardNode(guard, () => Promise.reject(failure), (error) => errors.push(error));
  assert.equal(await sendTo(fails, ping), 500);
  const begins = (_req: IncomingMessage, res: ServerResponse) => {
    res.writeHead(200).write('{');
    throw failure;
  };
  const failsLate = guardNode(guard, begins, (error) => {
    errors.push(error);
    throw error;
  });
  await assert.rejects(sendTo(failsLate, ping));
  assert.deepEqual(errors, [failure, failure]);
});

test('length and depth have limits that can be set', async () => {
  const limited = new ToolCallGuard(AUDIENCE, verifier, () => undefined, { depth: 2, bytes: 100 });
  const next = (_req: IncomingMessage, res: ServerResponse) => void res.end();
  const ping = (params: string) => sendTo(guardNode(limited, next), `{"jsonrpc":"2.0","method":"ping","params":${params}}`);
  assert.equal(await ping('{"a":1}'), 200);
  assert.equal(await ping('{"a":[]}'), 400);
  assert.equal(await ping(`{"a":"${'x'.repeat(60)}"}`), 413);
  for (const limits of [{ depth: 0 }, { depth: 1001 }, { bytes: 0 }, { bytes: Number.NaN }]) {
    assert.throws(() => ToolCallGuard.of({ audience: AUDIENCE, jwks: 'https://a/', limits }), RangeError);
  }
});
