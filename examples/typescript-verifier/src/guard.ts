import { RemoteKeys } from './remote-keys.ts';
import { InMemoryReplayGuard } from './replay-guard.ts';
import type { ReplayGuard } from './replay-guard.ts';
import { isObject, member, parseStrict } from './strict-json.ts';
import type { JsonLimits, JsonObject, JsonValue } from './strict-json.ts';
import { TokenVerifier } from './verifier.ts';
import type { Reason } from './verifier.ts';

/** Why a message was refused: a reason of a verifier, or one of the guard's own. */
export type RefusalReason =
  | Reason
  | 'UNREADABLE_MESSAGE'
  | 'NOT_ONE_MESSAGE'
  | 'NOT_A_REQUEST'
  | 'METHOD_NEEDS_A_TOKEN'
  | 'NAME_OR_ARGUMENTS_NOT_VALID'
  | 'PARAMETER_NOT_COVERED'
  | 'SEVERAL_CREDENTIALS'
  | 'BODY_WITHOUT_POST'
  | 'HTTP_METHOD_NOT_SERVED'
  | 'MESSAGE_TOO_LONG'
  | 'NOT_PLAIN_JSON'
  | 'BODY_ALREADY_READ'
  | 'NOT_DECIDED';

/** `id` is that of the JSON-RPC request, or null; `tool` is undefined if the message names none. */
export interface Refusal {
  readonly status: 400 | 401 | 405 | 413 | 415 | 500;
  readonly reason: RefusalReason;
  readonly id: JsonValue;
  readonly tool: string | undefined;
}

/** The server gets `message`, which was verified and is to be executed, or the sender a refusal. */
export type Decision = { readonly message: JsonObject } | { readonly refusal: Refusal };

export interface GuardOptions {
  /** The server's own canonical URI, as tokens name it. */
  readonly audience: string;
  /** Where the interceptor publishes its keys. */
  readonly jwks: string | URL;
  /** Lets `jwks` be `http:` to another machine; see `RemoteKeysOptions`. */
  readonly insecureHttp?: boolean;
  /** `sentinel-interceptor` if not said. */
  readonly issuer?: string;
  /** Replicas of one server share one; in this process's memory if not said. */
  readonly replay?: ReplayGuard;
  /** How far the interceptor's clock may differ, 0 to 2; 1 if not said. */
  readonly leewaySeconds?: number;
  /** Is told of every refusal; prints it to standard error if not said. */
  readonly onRefusal?: (refusal: Refusal) => void | Promise<void>;
  /** How deep, up to 1000, and how long a message may be; 66 and 2 MiB if not said. */
  readonly limits?: Partial<JsonLimits>;
}

/** Arguments nest at most 64 deep and are two containers deep in a message. */
const LIMITS: JsonLimits = { depth: 66, bytes: 2 * 1024 * 1024 };
const RUNNING_NOTHING = [
  'initialize',
  'ping',
  'server/discover',
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'prompts/list',
  'subscriptions/listen',
  'logging/setLevel',
];
/** Decided like a tool of the method's name, whose arguments are the parameters. */
const BOUND = ['resources/read', 'prompts/get', 'completion/complete'];
/** No tool may be named like these: a token for the one would fit the other. */
const METHOD_NAMES = [...BOUND, 'resources/subscribe'];
const REQUEST = ['jsonrpc', 'id', 'method', 'params'];
const CALLING = ['name', 'arguments'];
const BESIDES = ['inputResponses', 'requestState', '_meta'];
const TOOL = /^[A-Za-z0-9_./-]{1,128}$/;
const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*(?:utf-8|"utf-8")\s*)?$/i;

/**
 * Decides about each JSON-RPC message that an MCP server receives, before the server sees it.
 *
 * A `tools/call` passes with a token for this server, this tool and exactly these arguments, once;
 * `resources/read`, `prompts/get` and `completion/complete` with one for the method and exactly these
 * parameters, once. Without a token pass requests that run nothing: the handshake, lists,
 * `subscriptions/listen`, `logging/setLevel` and `notifications/…`. Everything else is refused: other
 * methods, tools that are named like a method, answers to a server's own requests, batches, messages
 * that could be taken for a request or an answer, text that two parsers could read differently, and
 * parameters of a call that no token covers. Of these `_meta` alone is let through; a server must not
 * act on it.
 */
export class ToolCallGuard {
  readonly limits: JsonLimits;

  constructor(
    private readonly audience: string,
    private readonly verifier: TokenVerifier,
    private readonly onRefusal: (refusal: Refusal) => void | Promise<void> = printRefusal,
    limits: Partial<JsonLimits> = {},
  ) {
    this.limits = {
      depth: whole('depth', limits.depth ?? LIMITS.depth, 1000),
      bytes: whole('number of bytes', limits.bytes ?? LIMITS.bytes, Number.MAX_SAFE_INTEGER),
    };
  }

  static of(options: GuardOptions): ToolCallGuard {
    const verifier = new TokenVerifier({
      issuer: options.issuer ?? 'sentinel-interceptor',
      keys: new RemoteKeys(options.jwks, { insecureHttp: options.insecureHttp ?? false }),
      guard: options.replay ?? new InMemoryReplayGuard(),
      leewaySeconds: options.leewaySeconds ?? 1,
    });
    return new ToolCallGuard(options.audience, verifier, options.onRefusal, options.limits);
  }

  /** Decides about the body of a POST. A token that passes is used up. */
  async decide(body: Uint8Array, headers: PostHeaders): Promise<Decision> {
    if (!isPlainJson(headers)) {
      return this.refuse(415, 'NOT_PLAIN_JSON');
    }
    let message: JsonValue;
    try {
      message = parseStrict(body, this.limits);
    } catch {
      return this.refuse(400, 'UNREADABLE_MESSAGE');
    }
    if (!isObject(message)) {
      return this.refuse(400, 'NOT_ONE_MESSAGE');
    }
    // Servers copy objects member by member, which would change the prototype instead.
    if (hasMember(message, '__proto__')) {
      return this.refuse(400, 'UNREADABLE_MESSAGE');
    }
    const method = member(message, 'method');
    if (method === undefined) {
      return this.refuse(401, 'METHOD_NEEDS_A_TOKEN', message);
    }
    // Libraries try one shape of a message after the other, and take for an answer what fits that.
    if (!isRequest(message)) {
      return this.refuse(400, 'NOT_A_REQUEST', message);
    }
    if (typeof method === 'string' && (RUNNING_NOTHING.includes(method) || method.startsWith('notifications/'))) {
      return { message };
    }
    if (method === 'tools/call') {
      return this.decideCall(message, headers.authorization);
    }
    if (typeof method === 'string' && BOUND.includes(method)) {
      return this.decideMethod(message, method, headers.authorization);
    }
    return this.refuse(401, 'METHOD_NEEDS_A_TOKEN', message);
  }

  private async decideCall(message: JsonObject, authorization: string[]): Promise<Decision> {
    const params = member(message, 'params');
    const tool = isObject(params) ? member(params, 'name') : undefined;
    const sent = isObject(params) ? (member(params, 'arguments') ?? null) : undefined;
    if (!isObject(params) || !isToolName(tool) || !(sent === null || isObject(sent))) {
      return this.refuse(400, 'NAME_OR_ARGUMENTS_NOT_VALID', message);
    }
    if (!Object.keys(steering(params)).every((name) => CALLING.includes(name))) {
      return this.refuse(400, 'PARAMETER_NOT_COVERED', message, tool);
    }
    return this.verify(message, params, tool, sent, authorization);
  }

  private async decideMethod(message: JsonObject, method: string, authorization: string[]): Promise<Decision> {
    const params = member(message, 'params');
    if (!isObject(params)) {
      return this.refuse(400, 'NAME_OR_ARGUMENTS_NOT_VALID', message, method);
    }
    return this.verify(message, params, method, steering(params), authorization);
  }

  private async verify(
    message: JsonObject,
    params: JsonObject,
    tool: string,
    args: JsonValue,
    authorization: string[],
  ): Promise<Decision> {
    if (authorization.length > 1) {
      return this.refuse(401, 'SEVERAL_CREDENTIALS', message, tool);
    }
    const verdict = await this.verifier.verify(bearer(authorization[0]), {
      audience: this.audience,
      tool,
      arguments: args,
      inputResponses: member(params, 'inputResponses'),
      requestState: member(params, 'requestState'),
    });
    return verdict.accepted ? { message } : this.refuse(401, verdict.reason, message, tool);
  }

  /** Reports a refusal, also one that was found before there was a message. */
  refuse(status: Refusal['status'], reason: RefusalReason, message?: JsonObject, tool?: string): { refusal: Refusal } {
    const id = message === undefined ? null : member(message, 'id');
    const refusal: Refusal = {
      status,
      reason,
      id: typeof id === 'string' || typeof id === 'number' ? id : null,
      tool,
    };
    void this.report(refusal);
    return { refusal };
  }

  /** Who is told cannot change what was decided. */
  private async report(refusal: Refusal): Promise<void> {
    try {
      await this.onRefusal(refusal);
    } catch {
      printRefusal(refusal);
    }
  }
}

/** Every value that a POST has of the headers that matter. */
export interface PostHeaders {
  readonly contentType: string[];
  readonly contentEncoding: string[];
  readonly authorization: string[];
}

function isPlainJson(headers: PostHeaders): boolean {
  return (
    headers.contentType.length === 1 &&
    JSON_TYPE.test(headers.contentType[0]?.trim() ?? '') &&
    headers.contentEncoding.every((coding) => coding.trim().toLowerCase() === 'identity')
  );
}

function whole(what: string, value: number, most: number): number {
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw new RangeError(`the greatest ${what} of a message is 1 to ${most}, got ${value}`);
  }
  return value;
}

function isRequest(message: JsonObject): boolean {
  const params = member(message, 'params');
  return Object.keys(message).every((name) => REQUEST.includes(name)) && (params === undefined || isObject(params));
}

function isToolName(name: JsonValue | undefined): name is string {
  return typeof name === 'string' && TOOL.test(name) && !METHOD_NAMES.includes(name);
}

/** The parameters that are neither `_meta` nor bound by themselves. */
function steering(params: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(params).filter(([name]) => !BESIDES.includes(name)));
}

function hasMember(value: JsonValue, name: string): boolean {
  if (Array.isArray(value)) {
    return value.some((element) => hasMember(element, name));
  }
  return isObject(value) && (Object.hasOwn(value, name) || Object.values(value).some((inner) => hasMember(inner, name)));
}

/** The credentials of RFC 6750 §2.1; undefined if there are none or of another scheme. */
function bearer(authorization: string | undefined): string | undefined {
  return /^bearer +(.*)$/is.exec(authorization ?? '')?.[1]?.trim();
}

function printRefusal(refusal: Refusal): void {
  const what = refusal.tool === undefined ? 'a message' : `a call of ${refusal.tool}`;
  console.error(`refused ${what}: ${refusal.reason}`);
}
