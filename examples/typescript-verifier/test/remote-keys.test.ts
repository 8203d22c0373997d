import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { RemoteKeys, ToolCallGuard } from '../src/index.ts';

const KEY = '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"NAME"}';

let requests = 0;
let answer = (_req: IncomingMessage, res: ServerResponse): void => {
  res.end();
};
const server = createServer((req, res) => {
  requests++;
  answer(req, res);
});
let url = '';
before(() => new Promise<void>((resolve) => {
  server.listen(0, '127.0.0.1', () => {
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
    resolve();
  });
}));
after(() => {
  server.close();
});

function publishing(kid: string, cacheControl?: string, age?: string): void {
  requests = 0;
  answer = (req, res) => {
    assert.equal(req.headers['cache-control'], 'no-cache');
    if (cacheControl !== undefined) {
      res.setHeader('cache-control', cacheControl);
    }
    if (age !== undefined) {
      res.setHeader('age', age);
    }
    res.end(`{"keys":[${KEY.replace('NAME', kid)}]}`);
  };
}

test('a set is used as long as it says', async () => {
  publishing('a', 'public, max-age=7');
  let now = 0;
  const keys = new RemoteKeys(url, { now: () => now });
  assert.notEqual(await keys.find('a'), undefined);
  now = 6_999;
  await keys.find('a');
  assert.equal(requests, 1);
  now = 7_000;
  await keys.find('a');
  assert.equal(requests, 2);
});

test('1 s to a minute, less what a cache on the way has used up, and a minute if nothing is said', async () => {
  const cases: Array<[string | undefined, string | undefined, number]> = [
    [undefined, undefined, 60],
    ['max-age=3600', undefined, 60],
    ['max-age=0', undefined, 1],
    ['public, Max-Age = "7"', undefined, 7],
    ['max-age=40, max-age=20', undefined, 20],
    ['no-cache', undefined, 1],
    ['max-age=60, no-store', undefined, 1],
    ['x-max-age=5', undefined, 60],
    ['max-age=60', '50', 10],
    ['max-age=60', '60', 1],
    ['max-age=60', 'soon', 1],
    [undefined, '20', 40],
  ];
  for (const [cacheControl, age, seconds] of cases) {
    publishing('a', cacheControl, age);
    let now = 0;
    const keys = new RemoteKeys(url, { now: () => now });
    await keys.find('a');
    now = seconds * 1000 - 1;
    await keys.find('a');
    assert.equal(requests, 1, `${cacheControl} ${age}`);
    now = seconds * 1000;
    await keys.find('a');
    assert.equal(requests, 2, `${cacheControl} ${age}`);
  }
});

test('a name that is not there is looked up at once, a few times', async () => {
  publishing('a');
  let now = 0;
  const keys = new RemoteKeys(url, { now: () => now });
  await keys.find('a');
  publishing('b');
  assert.notEqual(await keys.find('b'), undefined);
  for (let i = 0; i < 20; i++) {
    assert.equal(await keys.find(`nobody-${i}`), undefined);
  }
  assert.equal(requests, 4);
  now = 1_000;
  await keys.find('nobody');
  assert.equal(requests, 5);
});

test('many who ask at once cause one request', async () => {
  publishing('a');
  const keys = new RemoteKeys(url);
  const found = await Promise.all(Array.from({ length: 50 }, () => keys.find('a')));
  assert.ok(found.every((key) => key !== undefined));
  assert.equal(requests, 1);
});

test('a key that was published after a fetch began is found by the next', async () => {
  const replies: ServerResponse[] = [];
  answer = (_req, res) => void replies.push(res);
  requests = 0;
  const keys = new RemoteKeys(url);
  const reply = async (kid: string) => {
    while (replies.length === 0) {
      await new Promise(setImmediate);
    }
    replies.shift()?.end(`{"keys":[${KEY.replace('NAME', kid)}]}`);
  };
  const old = keys.find('old');
  const fresh = keys.find('new');
  await reply('old');
  assert.notEqual(await old, undefined);
  await reply('new');
  assert.notEqual(await fresh, undefined);
  assert.equal(requests, 2);
});

test('without a fresh set nobody gets a key', async () => {
  publishing('a');
  let now = 0;
  const keys = new RemoteKeys(url, { now: () => now });
  await keys.find('a');
  answer = (_req, res) => {
    res.statusCode = 503;
    res.end();
  };
  now = 60_000;
  await assert.rejects(keys.find('a'));
});

test('redirects, long and unreadable answers are refused', async () => {
  const answers: Array<(res: ServerResponse) => void> = [
    (res) => res.writeHead(302, { location: `${url}?other` }).end(),
    (res) => res.end(`{"keys":[${KEY}]}${' '.repeat(64 * 1024)}`),
    (res) => res.end('{"keys":[],"keys":[]}'),
    (res) => res.end(`{"keys":[${KEY.replace('"kid"', '"d":"AA","kid"')}]}`),
  ];
  for (const each of answers) {
    requests = 0;
    answer = (_req, res) => each(res);
    await assert.rejects(new RemoteKeys(url).find('NAME'));
    assert.equal(requests, 1);
  }
});

test('the URL is https, or http to this machine, and carries no credentials', () => {
  for (const bad of ['file:///etc/passwd', 'ftp://a/b', 'https://u:p@a/b', 'data:,x']) {
    assert.throws(() => new RemoteKeys(bad), TypeError);
    assert.throws(() => new RemoteKeys(bad, { insecureHttp: true }), TypeError);
  }
  for (const insecure of ['http://a/b', 'http://10.0.0.1/', 'http://localhost.example/', 'http://127.0.0.1.example/', 'http://[::2]/', 'http://0/']) {
    assert.throws(() => new RemoteKeys(insecure), TypeError, insecure);
    assert.throws(() => ToolCallGuard.of({ audience: 'https://a/', jwks: insecure }), TypeError, insecure);
    ToolCallGuard.of({ audience: 'https://a/', jwks: insecure, insecureHttp: true });
  }
  for (const good of ['https://a/b', 'http://localhost:1/', 'HTTP://LOCALHOST/', 'http://127.0.0.1/', 'http://127.9.9.9/', 'http://[::1]/']) {
    assert.ok(new RemoteKeys(good));
  }
});

test('an answer that drips is given up after 2 s', async () => {
  answer = (_req, res) => {
    res.write('{"keys":[');
    const drip = setInterval(() => res.write(' '), 100);
    res.on('close', () => clearInterval(drip));
  };
  const began = performance.now();
  await assert.rejects(new RemoteKeys(url).find('a'));
  assert.ok(performance.now() - began < 5_000);
});
