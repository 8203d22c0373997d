import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Decision, PostHeaders, Refusal, ToolCallGuard } from './guard.ts';
import type { JsonObject } from './strict-json.ts';

/** What the sender is told: nothing about the reason. */
function answer(refusal: Refusal): { status: number; headers: Record<string, string>; body: string } {
  const unauthorized = refusal.status === 401;
  const challenge = refusal.reason === 'MISSING' ? 'Bearer' : 'Bearer error="invalid_token"';
  const error = unauthorized
    ? { code: 1401, message: 'token refused' }
    : { code: -32600, message: 'message refused' };
  return {
    status: refusal.status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...(unauthorized && { 'www-authenticate': challenge }),
      ...(refusal.status === 405 && { allow: 'GET, POST, DELETE' }),
      ...(refusal.status === 413 && { connection: 'close' }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: refusal.id, error }),
  };
}

/** A server with a web-standard face, such as that of `createMcpHandler` of the SDK v2. */
export interface FetchHandler<Options extends { parsedBody?: unknown }> {
  fetch(request: Request, options?: Options): Promise<Response>;
}

/** The same server, which gets of a POST exactly the message that was verified. */
export function guardFetch<Options extends { parsedBody?: unknown }, Handler extends FetchHandler<Options>>(
  handler: Handler,
  guard: ToolCallGuard,
): { fetch: Handler['fetch'] } {
  const decide = async (request: Request, options?: Options): Promise<Passage> => {
    if (request.method === 'GET' || request.method === 'DELETE') {
      return hasBody((name) => request.headers.get(name)) ? guard.refuse(400, 'BODY_WITHOUT_POST') : undefined;
    }
    if (request.method !== 'POST') {
      return guard.refuse(405, 'HTTP_METHOD_NOT_SERVED');
    }
    if (request.bodyUsed || options?.parsedBody !== undefined) {
      return guard.refuse(500, 'BODY_ALREADY_READ');
    }
    return decideBody(guard, request.body ?? [], fetchHeaders(request));
  };
  const fetch = async (request: Request, options?: Options): Promise<Response> => {
    const decision = await decide(request, options).catch(() => guard.refuse(500, 'NOT_DECIDED'));
    if (decision === undefined) {
      return handler.fetch(request, options);
    }
    if ('refusal' in decision) {
      const { status, headers, body } = answer(decision.refusal);
      return new Response(body, { status, headers });
    }
    return handler.fetch(request, { ...options, parsedBody: decision.message } as Options);
  };
  return { fetch };
}

/** Serves a request whose message is known: `transport.handleRequest` of the SDK 1.x. */
export type NodeHandler = (req: IncomingMessage, res: ServerResponse, message?: JsonObject) => Promise<void> | void;

/**
 * A listener for `http.createServer` or an Express route that stands before every body parser. It
 * never rejects.
 *
 * @param onError is told what `next` threw; prints its name to standard error if not said
 */
export function guardNode(
  guard: ToolCallGuard,
  next: NodeHandler,
  onError: (error: unknown) => void = printError,
): (req: IncomingMessage & { body?: unknown }, res: ServerResponse) => Promise<void> {
  const decide = async (req: IncomingMessage & { body?: unknown }): Promise<Passage> => {
    if (req.method === 'GET' || req.method === 'DELETE') {
      return hasBody((name) => req.headers[name]) ? guard.refuse(400, 'BODY_WITHOUT_POST') : undefined;
    }
    if (req.method !== 'POST') {
      return guard.refuse(405, 'HTTP_METHOD_NOT_SERVED');
    }
    if (req.body !== undefined || req.readableDidRead) {
      return guard.refuse(500, 'BODY_ALREADY_READ');
    }
    return decideBody(guard, req, nodeHeaders(req));
  };
  return async (req, res) => {
    const decision = await decide(req).catch(() => guard.refuse(500, 'NOT_DECIDED'));
    if (decision !== undefined && 'refusal' in decision) {
      const { status, headers, body } = answer(decision.refusal);
      res.writeHead(status, headers).end(body);
      return;
    }
    try {
      await next(req, res, decision?.message);
    } catch (error) {
      endFailed(res);
      report(error, onError);
    }
  };
}

function endFailed(res: ServerResponse): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const error = { code: -32603, message: 'internal error' };
  res.writeHead(500, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  res.end(JSON.stringify({ jsonrpc: '2.0', id: null, error }));
}

function report(error: unknown, onError: (error: unknown) => void): void {
  try {
    onError(error);
  } catch {
    printError(error);
  }
}

/** Its message may hold what the call said. */
function printError(error: unknown): void {
  console.error(`the guarded server failed: ${error instanceof Error ? error.name : typeof error}`);
}

/** What is known of a request: undefined has no message and passes. */
type Passage = Decision | undefined;

async function decideBody(guard: ToolCallGuard, body: Body, headers: PostHeaders): Promise<Decision> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      length += chunk.length;
      if (length > guard.limits.bytes) {
        return guard.refuse(413, 'MESSAGE_TOO_LONG');
      }
      chunks.push(chunk);
    }
  } catch {
    // It broke off.
    return guard.refuse(400, 'UNREADABLE_MESSAGE');
  }
  return guard.decide(Buffer.concat(chunks), headers);
}

type Body = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

function fetchHeaders(request: Request): PostHeaders {
  const values = (name: string) => [request.headers.get(name)].filter((value) => value !== null);
  return {
    contentType: values('content-type'),
    contentEncoding: values('content-encoding'),
    authorization: values('authorization'),
  };
}

function nodeHeaders(req: IncomingMessage): PostHeaders {
  const values = (name: string) => req.headersDistinct[name] ?? [];
  return {
    contentType: values('content-type'),
    contentEncoding: values('content-encoding'),
    authorization: values('authorization'),
  };
}

function hasBody(header: (name: string) => unknown): boolean {
  const coding = header('transfer-encoding') ?? undefined;
  return coding !== undefined || Number(header('content-length') ?? 0) > 0;
}
