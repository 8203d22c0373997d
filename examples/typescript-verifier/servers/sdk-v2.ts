/** A server of the TypeScript SDK v2 (both eras): `sdk-v2.ts PORT JWKS-URL`. */
import { createServer } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { guardNode, ToolCallGuard } from '../src/index.ts';

const [port = '3000', jwks = 'http://127.0.0.1:8443/.well-known/jwks.json'] = process.argv.slice(2);
const url = `http://127.0.0.1:${port}/mcp`;

function newServer(): McpServer {
  const server = new McpServer({ name: 'guarded-v2', version: '1.0.0' });
  server.registerTool(
    'add',
    { description: 'Adds two numbers', inputSchema: z.object({ a: z.number(), b: z.number() }) },
    ({ a, b }) => ({ content: [{ type: 'text', text: String(a + b) }] }),
  );
  server.registerTool(
    'greet',
    { description: 'Greets', inputSchema: z.object({ name: z.string() }) },
    ({ name }) => ({ content: [{ type: 'text', text: `Hello, ${name}` }] }),
  );
  return server;
}

const guard = ToolCallGuard.of({ audience: url, jwks });
const listener = guardNode(guard, toNodeHandler(createMcpHandler(newServer)));
createServer((req, res) => void listener(req, res)).listen(Number(port), '127.0.0.1', () => {
  console.log(JSON.stringify({ ready: url }));
});
