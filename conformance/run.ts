// Conformance of `/mcp` and `/v1`, see README.md. Use `./run`, which installs what this needs.

import { parseArgs } from 'node:util';
import { Gateway, startFixture } from './harness/gateway.ts';
import { freePort, startRelay, withKey } from './harness/relay.ts';
import { judgeClient, judgeServer } from './harness/suite.ts';
import { judgeMatrix } from './matrix/matrix.ts';
import { judgeOpenAi } from './openai/table.ts';

const REVISIONS = ['2026-07-28', '2025-11-25'];
const CLIENT_SCENARIOS = [
  ['tools_call', '2026-07-28'],
  ['tools_call', '2025-11-25'],
  ['request-metadata', '2026-07-28'],
  ['http-standard-headers', '2026-07-28'],
  ['http-custom-headers', '2026-07-28'],
  ['http-invalid-tool-headers', '2026-07-28'],
  ['sep-2322-client-request-state', '2026-07-28'],
  ['json-schema-ref-no-deref', '2026-07-28'],
] as const;
const UPSTREAM = 'fixture';

const USAGE = `Usage: conformance/run [server|client] [--direct] [--url URL [--key KEY]]
       conformance/run matrix [CLIENT|UPSTREAM]... [--direct]
       conformance/run openai [CLIENT]... [--direct]

  server     the suite against the gateway, with our fixture behind it
  client     our known-good client, through the gateway, against the suite's servers
  openai     real clients of OpenAI's API through the gateway to a scripted provider, or only those named
  matrix     real clients through the gateway to real servers, or only those named
  --direct   without the gateway: checks the fixture, the clients and the servers themselves
  --url URL  the server part against something that runs already, with this API key
`;

/** The server part against one URL. */
async function judgeUrl(url: string, label: string): Promise<boolean> {
  let passed = true;
  for (const revision of REVISIONS) passed = (await judgeServer(url, revision, label)) && passed;
  return passed;
}

/** The server part against something that wants an API key. */
async function judgeWithKey(url: string, key: string, label: string): Promise<boolean> {
  const target = new URL(url);
  const relay = await startRelay(target, withKey(key));
  try {
    return await judgeUrl(`http://127.0.0.1:${relay.port}${target.pathname}`, label);
  } finally {
    await relay.stop();
  }
}

async function serverPart(direct: boolean): Promise<boolean> {
  const fixture = await startFixture(!direct);
  try {
    if (direct) return await judgeUrl(fixture.url, 'direct');
    const gateway = await Gateway.start([{ name: UPSTREAM, url: fixture.url }]);
    try {
      return await judgeWithKey(gateway.mcp(UPSTREAM), gateway.key, 'gateway');
    } finally {
      await gateway.stop();
    }
  } finally {
    await fixture.stop();
  }
}

/**
 * One gateway for all scenarios, with an upstream for each on a port where nothing listens yet: the
 * client of the scenario relays that port to the server that the suite started for it.
 */
async function clientPart(direct: boolean): Promise<boolean> {
  const servers = await Promise.all(
    CLIENT_SCENARIOS.map(async (_, index) => {
      const port = await freePort();
      return { name: `suite${index}`, port, url: `http://127.0.0.1:${port}/mcp` };
    }),
  );
  const gateway = direct ? undefined : await Gateway.start(servers);
  try {
    let passed = true;
    for (const [index, [scenario, revision]] of CLIENT_SCENARIOS.entries()) {
      const { name, port } = servers[index];
      const through = gateway && { url: gateway.mcp(name), key: gateway.key, port };
      passed = (await judgeClient(scenario, revision, through)) && passed;
    }
    return passed;
  } finally {
    await gateway?.stop();
  }
}

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      direct: { type: 'boolean', default: false },
      url: { type: 'string' },
      key: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (positionals[0] === 'matrix') return judgeMatrix(values.direct, positionals.slice(1));
  if (positionals[0] === 'openai') return judgeOpenAi(values.direct, positionals.slice(1));
  if (values.help || positionals.some(part => part !== 'server' && part !== 'client')) {
    process.stdout.write(USAGE);
    return values.help === true;
  }
  if (values.url) {
    return values.key ? judgeWithKey(values.url, values.key, values.url) : judgeUrl(values.url, values.url);
  }
  const wanted = (part: string) => positionals.length === 0 || positionals.includes(part);
  let passed = true;
  if (wanted('server')) passed = (await serverPart(values.direct)) && passed;
  if (wanted('client')) passed = (await clientPart(values.direct)) && passed;
  if (positionals.length === 0) passed = (await judgeOpenAi(values.direct, [])) && passed;
  return passed;
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(`conformance: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
