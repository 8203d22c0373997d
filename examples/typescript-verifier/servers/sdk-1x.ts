/** A stateless server of the TypeScript SDK 1.x: `sdk-1x.ts PORT JWKS-URL`. */
import { createServer } from 'node:http';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { z } from 'zod';
import { guardNode, ToolCallGuard } from '../src/index.ts';

const [port = '3000', jwks = 'http://127.0.0.1:8443/.well-known/jwks.json'] = process.argv.slice(2);
const url = `http://127.0.0.1:${port}/mcp`;

function newServer(): McpServer {
  const server = new McpServer({ name: 'guarded-1x', version: '1.0.0' });
  server.registerTool(
    'add',
    { description: 'Adds two numbers', inputSchema: { a: z.number(), b: z.number() } },
    ({ a, b }) => ({ content: [{ type: 'text', text: String(a + b) }] }),
  );
  server.registerTool(
    'greet',
    { description: 'Greets', inputSchema: { name: z.string() } },
    ({ name }) => ({ content: [{ type: 'text', text: `Hello, ${name}` }] }),
  );
  return server;
}

const guard = ToolCallGuard.of({ audience: url, jwks });
const listener = guardNode(guard, async (req, res, message) => {
  const transport = new StreamableHTTPServerTransport({});
  await newServer().connect(transport);
  await transport.handleRequest(req, res, message);
});
createServer((req, res) => void listener(req, res)).listen(Number(port), '127.0.0.1', () => {
  console.log(JSON.stringify({ ready: url }));
});
