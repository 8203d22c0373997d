// The clients of the matrix, behind one interface. Each call of `connect` is a client of its own.

import { spawn } from 'node:child_process';
import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { HERE, NODE } from '../harness/child.ts';
import { JavaClient } from './java.ts';

export type Arguments = Record<string, unknown>;

/** What came back: a result that a model would see. Anything else is thrown. */
export interface Result {
  isError: boolean;
  text: string;
  meta: Record<string, unknown>;
}

export interface CallOptions {
  signal?: AbortSignal;
  onProgress?: () => void;
}

export interface Connection {
  list(): Promise<string[]>;
  call(tool: string, args: Arguments, options?: CallOptions): Promise<Result>;
  close(): Promise<void>;
}

export interface MatrixClient {
  name: string;
  /** Whether the client speaks nothing but the modern era. */
  modernOnly?: true;
  /** Whether the client tells its user of progress. */
  progress: boolean;
  /** What the client does to give up a call: the server hears of it, or the client is just gone, or it cannot. */
  cancels: 'heard' | 'gone' | 'never';
  connect(url: string, key?: string): Promise<Connection>;
}

const CALL_WITHIN_MS = 60_000;
const IDENTITY = { name: 'interceptor-matrix', version: '1.0.0' };

const headers = (key?: string) => (key ? { Authorization: `Bearer ${key}` } : undefined);

/** The result of an SDK or of the Inspector, as all of them shape it. */
export function result(raw: unknown): Result {
  const { isError, content, _meta } = raw as { isError?: boolean; content?: { text?: string }[]; _meta?: Record<string, unknown> };
  if (!Array.isArray(content)) throw new Error(`not a tool result: ${JSON.stringify(raw)}`);
  return { isError: isError === true, text: content.map(block => block.text ?? '').join('\n'), meta: _meta ?? {} };
}

function sdkV2(name: string, mode: 'legacy' | { pin: string }): MatrixClient {
  return {
    name,
    ...(mode !== 'legacy' && { modernOnly: true }),
    progress: true,
    cancels: 'heard',
    async connect(url, key) {
      const client = new ClientV2(IDENTITY, { versionNegotiation: { mode } });
      await client.connect(new TransportV2(new URL(url), { requestInit: { headers: headers(key) } }));
      return {
        list: async () => (await client.listTools()).tools.map(tool => tool.name),
        call: async (tool, args, { signal, onProgress } = {}) =>
          result(await client.callTool({ name: tool, arguments: args }, { signal, onprogress: onProgress, timeout: CALL_WITHIN_MS })),
        close: () => client.close(),
      };
    },
  };
}

const sdkV1: MatrixClient = {
  name: 'sdk-1.x',
  progress: true,
  cancels: 'heard',
  async connect(url, key) {
    const client = new ClientV1(IDENTITY);
    await client.connect(new TransportV1(new URL(url), { requestInit: { headers: headers(key) } }));
    return {
      list: async () => (await client.listTools()).tools.map(tool => tool.name),
      call: async (tool, args, { signal, onProgress } = {}) =>
        result(await client.callTool({ name: tool, arguments: args }, undefined, { signal, onprogress: onProgress, timeout: CALL_WITHIN_MS })),
      close: () => client.close(),
    };
  },
};

/** One process for each request; giving up is ending it. */
function inspector(era: 'legacy' | 'modern'): MatrixClient {
  const program = `${HERE}node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js`;
  return {
    name: `inspector-${era}`,
    ...(era === 'modern' && { modernOnly: true }),
    progress: false,
    // A modern client that is gone has cancelled; a legacy one has not.
    cancels: era === 'modern' ? 'heard' : 'gone',
    async connect(url, key) {
      const base = [program, '--cli', url, '--transport', 'http', '--protocol-era', era, '--format', 'json', '--quiet'];
      if (key) base.push('--header', `Authorization: Bearer ${key}`);
      const ask = async (more: string[], signal?: AbortSignal) => JSON.parse(await output([...base, ...more], signal)).result;
      return {
        list: async () => {
          const { tools } = (await ask(['--method', 'tools/list'])) as { tools: { name: string }[] };
          return tools.map(tool => tool.name);
        },
        call: async (tool, args, { signal } = {}) =>
          result(await ask(['--method', 'tools/call', '--tool-name', tool, '--tool-args-json', JSON.stringify(args)], signal)),
        close: async () => {},
      };
    },
  };
}

/** What a Node program printed; a failure only if it printed nothing. */
function output(args: string[], signal?: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(NODE, args, { stdio: ['ignore', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL', timeout: CALL_WITHIN_MS });
    let out = '';
    let err = '';
    child.stdout.on('data', chunk => (out += chunk));
    child.stderr.on('data', chunk => (err += chunk));
    child.on('error', reject);
    child.on('close', code => (out.trim() ? resolve(out) : reject(new Error(`ended with ${code}: ${err.trim()}`))));
  });
}

const javaSdk: MatrixClient = {
  name: 'java-sdk',
  progress: true,
  cancels: 'never',
  connect: JavaClient.connect,
};

export const CLIENTS: MatrixClient[] = [
  sdkV2('sdk-v2-modern', { pin: '2026-07-28' }),
  sdkV2('sdk-v2-legacy', 'legacy'),
  sdkV1,
  inspector('modern'),
  inspector('legacy'),
  javaSdk,
];
