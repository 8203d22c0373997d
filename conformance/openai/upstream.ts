// The scripted provider: an OpenAI-compatible server and an Ollama server in one. The model's name is the
// scenario. It serves loopback only and keeps what it was asked, so that the checks can look at it.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { EMBEDDING_MODEL, ENDLESS_MODEL, INTERNAL, ODD_MODEL, PLAIN, type Said, SCRIPT, VECTOR } from './script.ts';
import { chat } from './wire/chat.ts';
import { ollama } from './wire/ollama.ts';
import { responses } from './wire/responses.ts';

/** One request for a model, as it arrived. */
export interface Asked {
  path: string;
  model: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** How a dialect writes an answer. */
export interface Wire {
  /** Whether the request holds results of tools. */
  answersTools(body: Json): boolean;
  streams(body: Json): boolean;
  whole(said: Said, model: string): Json;
  /** The frames of a stream, in order; what comes after a bad ending is left out. */
  frames(said: Said, model: string, body: Json): string[];
  contentType: string;
  error(status: number): Json;
}

/** Of the wire, which nothing here checks. */
export type Json = any;

const WIRES: Record<string, Wire> = { '/v1/chat/completions': chat, '/v1/responses': responses, '/api/chat': ollama };
const BEFORE_LOSS_MS = 30;

/** What the Ollama server has until it pulls more. */
const PULLED = ['guard', ...Object.keys(SCRIPT)].map(name => `${name}:latest`);

export class Upstream {
  readonly asked: Asked[] = [];
  readonly pulled: string[] = [];
  /** How many answers run that do not end by themselves. */
  endless = 0;
  private readonly server = createServer((request, response) => {
    this.serve(request, response).catch(error => {
      console.error(`scripted provider: ${error}`);
      response.destroy();
    });
  });

  static async start(): Promise<Upstream> {
    const upstream = new Upstream();
    await new Promise<void>((resolve, reject) => upstream.server.once('error', reject).listen(0, '127.0.0.1', resolve));
    return upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise(resolve => this.server.close(() => resolve()));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    const path = (request.url ?? '').split('?')[0];
    response.setHeader('X-Provider', INTERNAL);
    const body: Json = text ? JSON.parse(text) : {};
    if (body.model) this.asked.push({ path, model: body.model, headers: request.headers, body: text });
    const wire = WIRES[path];
    if (wire && body.model === ENDLESS_MODEL) return this.endlessly(wire, body, response);
    if (wire) return answer(wire, body, response);
    if (path === '/v1/embeddings') return send(response, 200, embeddings(body));
    if (path === '/api/tags') return send(response, 200, { models: [...PULLED, ...this.pulled].map(tag) });
    if (path === '/api/pull') return this.pull(body.model ?? body.name, response);
    if (path === '/v1/models') return send(response, 200, { object: 'list', data: modelNames().map(model) });
    const wanted = decodeURIComponent(path.slice('/v1/models/'.length));
    if (path.startsWith('/v1/models/') && modelNames().includes(wanted)) return send(response, 200, model(wanted));
    send(response, 404, chat.error(404));
  }

  private async endlessly(wire: Wire, body: Json, response: ServerResponse): Promise<void> {
    this.endless++;
    response.writeHead(200, { 'Content-Type': wire.contentType });
    for (const frame of wire.frames({ text: PLAIN, ending: 'cut' }, body.model, body)) response.write(frame);
    await new Promise(resolve => response.once('close', resolve));
    this.endless--;
  }

  private pull(name: string, response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    for (const completed of [0, 50, 100]) {
      response.write(`${JSON.stringify({ status: 'pulling 0123456789ab', digest: 'sha256:0123456789ab', total: 100, completed })}\n`);
    }
    this.pulled.push(name);
    response.end(`${JSON.stringify({ status: 'success' })}\n`);
  }
}

async function answer(wire: Wire, body: Json, response: ServerResponse): Promise<void> {
  const scenario = SCRIPT[body.model === ODD_MODEL ? 'text' : body.model];
  if (!scenario) return send(response, 404, wire.error(404));
  const said = (wire.answersTools(body) && scenario.then) || scenario.first;
  if (typeof said === 'number') {
    response.setHeader('Retry-After', '7');
    return send(response, said, wire.error(said));
  }
  if (!wire.streams(body)) return unary(wire, said, body, response);
  response.writeHead(200, { 'Content-Type': wire.contentType });
  for (const frame of wire.frames(said, body.model, body)) response.write(frame);
  if (said.ending !== 'destroyed') return void response.end();
  await delay(BEFORE_LOSS_MS);
  response.socket?.resetAndDestroy();
}

/** A whole answer that ends badly has an error in it, or ends before the length that it gave. */
async function unary(wire: Wire, said: Said, body: Json, response: ServerResponse): Promise<void> {
  if (said.ending === 'error') return send(response, 200, wire.error(500));
  const whole = JSON.stringify(wire.whole(said, body.model));
  if (said.ending !== 'cut' && said.ending !== 'destroyed') return send(response, 200, whole);
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(whole) });
  response.write(whole.slice(0, -10));
  await delay(BEFORE_LOSS_MS);
  if (said.ending === 'cut') response.socket?.end();
  else response.socket?.resetAndDestroy();
}

function send(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function embeddings({ input, model: name, encoding_format: format }: Json): Json {
  const inputs = Array.isArray(input) ? input : [input];
  const embedding = format === 'base64' ? Buffer.from(Float32Array.from(VECTOR).buffer).toString('base64') : VECTOR;
  const data = inputs.map((_, index) => ({ object: 'embedding', index, embedding }));
  return { object: 'list', data, model: name, usage: { prompt_tokens: 3, total_tokens: 3 }, provider_note: INTERNAL };
}

const modelNames = () => [...Object.keys(SCRIPT), ODD_MODEL, EMBEDDING_MODEL, ENDLESS_MODEL];
const model = (id: string) => ({ id, object: 'model', created: 1_790_000_000, owned_by: INTERNAL });
const tag = (name: string) => ({
  name,
  model: name,
  modified_at: '2026-11-01T00:00:00Z',
  size: 100,
  digest: '0123456789ab',
  details: { parent_model: '', format: 'gguf', family: 'stub', families: ['stub'], parameter_size: '1B', quantization_level: 'Q4' },
});
