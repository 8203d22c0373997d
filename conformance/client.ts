// A known-good client: does what one client scenario of the suite wants, with the TypeScript SDK v2.
//
//   node client.ts URL
//
// The suite starts a test server and runs this with the server's URL; the scenario's name and data come
// in the environment. If CONFORMANCE_THROUGH is there, too, this relays the port in it to that server and
// talks to the gateway in it, which has an upstream on that port and so is what the scenario judges.

import { Client, type ClientOptions, StreamableHTTPClientTransport, type Tool } from '@modelcontextprotocol/client';
import { startRelay, toPath } from './harness/relay.ts';
import type { Through } from './harness/suite.ts';

const MODERN = '2026-07-28';

interface Endpoint {
  url: string;
  key?: string;
}

const accept = (content: Record<string, boolean>) => ({ action: 'accept' as const, content });

/** A connected client; with `answers` it also says that it can answer questions, and does. */
async function connect(endpoint: Endpoint, answers?: () => Promise<unknown>): Promise<Client> {
  const modern = process.env.MCP_CONFORMANCE_PROTOCOL_VERSION === MODERN;
  const options: ClientOptions = {
    versionNegotiation: { mode: modern ? 'auto' : 'legacy' },
    ...(answers && { capabilities: { elicitation: {}, sampling: {}, roots: {} } }),
  };
  const client = new Client({ name: 'interceptor-conformance-client', version: '1.0.0' }, options);
  if (answers) {
    client.setRequestHandler('elicitation/create', async () => {
      await answers();
      return accept({ confirmed: true });
    });
    client.setRequestHandler('roots/list', async () => ({ roots: [] }));
    client.setRequestHandler('sampling/createMessage', async () => ({
      model: 'none',
      role: 'assistant' as const,
      content: { type: 'text' as const, text: 'nothing to say' },
    }));
  }
  const headers = endpoint.key ? { Authorization: `Bearer ${endpoint.key}` } : undefined;
  await client.connect(new StreamableHTTPClientTransport(new URL(endpoint.url), { requestInit: { headers } }));
  return client;
}

type Scenario = (endpoint: Endpoint, context: Context) => Promise<void>;
interface Context {
  toolCalls?: { name: string; arguments: Record<string, unknown> }[];
}

const scenarios: Record<string, Scenario> = {
  async tools_call(endpoint) {
    const client = await connect(endpoint);
    await client.listTools();
    const result = await client.callTool({ name: 'add_numbers', arguments: { a: 5, b: 3 } });
    if (result.isError) throw new Error(JSON.stringify(result.content));
    await client.close();
  },

  async 'request-metadata'(endpoint) {
    const client = await connect(endpoint, async () => {});
    await client.listTools();
    await client.close();
  },

  async 'http-standard-headers'(endpoint) {
    const client = await connect(endpoint);
    for (const { name } of (await client.listTools()).tools) await client.callTool({ name, arguments: {} });
    for (const { uri } of (await client.listResources()).resources) await client.readResource({ uri });
    for (const { name } of (await client.listPrompts()).prompts) await client.getPrompt({ name });
    await client.close();
  },

  async 'http-custom-headers'(endpoint, { toolCalls }) {
    const client = await connect(endpoint);
    await client.listTools();
    for (const call of toolCalls ?? []) await client.callTool(call);
    await client.close();
  },

  async 'http-invalid-tool-headers'(endpoint) {
    const client = await connect(endpoint);
    for (const tool of (await client.listTools()).tools) {
      await client.callTool({ name: tool.name, arguments: plausible(tool) });
    }
    await client.close();
  },

  async 'sep-2322-client-request-state'(endpoint) {
    const unrelated = () => client.callTool({ name: 'test_mrtr_unrelated', arguments: {} });
    const client: Client = await connect(endpoint, unrelated);
    await client.listTools();
    await client.callTool({ name: 'test_mrtr_echo_state', arguments: {} });
    await client.callTool({ name: 'test_mrtr_no_state', arguments: {} });
    // Directly, the SDK refuses an answer without `resultType`, which the scenario allows.
    await client.callTool({ name: 'test_mrtr_no_result_type', arguments: {} }).catch(() => {});
    await client.close();
  },

  async 'json-schema-ref-no-deref'(endpoint) {
    const client = await connect(endpoint);
    await client.listTools();
    await client.close();
  },
};

/** Arguments that a tool of the suite could take: one value of the right kind for each property. */
function plausible(tool: Tool): Record<string, unknown> {
  const values: Record<string, unknown> = { string: 'x', number: 1.5, integer: 1, boolean: true, object: {}, array: [], null: null };
  const properties = Object.entries(tool.inputSchema.properties ?? {}) as [string, { type?: string }][];
  return Object.fromEntries(properties.map(([name, { type }]) => [name, values[type ?? 'string']]));
}

const name = process.env.MCP_CONFORMANCE_SCENARIO ?? '';
const scenario = scenarios[name];
const url = process.argv.at(-1);
if (!scenario || !url?.startsWith('http')) {
  process.stderr.write(`client: no such scenario or no URL: ${name} ${url}\n`);
  process.exit(2);
}
const context: Context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}');
if (process.env.CONFORMANCE_THROUGH) {
  const through: Through = JSON.parse(process.env.CONFORMANCE_THROUGH);
  const server = new URL(url);
  const relay = await startRelay(server, toPath(server.pathname), through.port);
  try {
    await scenario({ url: through.url, key: through.key }, context);
  } finally {
    await relay.stop();
  }
} else {
  await scenario({ url }, context);
}
