// Chat completions, whole and in chunks.

import { INTERNAL, pieces, type Said } from '../script.ts';
import { newId } from './ids.ts';
import type { Json, Wire } from '../upstream.ts';

const USAGE = { prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 };
const envelope = (id: string, object: string, model: string) =>
  ({ id: `chatcmpl-${id}`, object, created: 1_790_000_000, model: `${INTERNAL}/${model}`, system_fingerprint: 'fp_stub', provider_metadata: { cost: INTERNAL } });
const frame = (json: Json) => `data: ${JSON.stringify(json)}\n\n`;

/** Status by status, what providers say; all of it theirs alone. */
const TYPES: Record<number, string> = { 401: 'invalid_request_error', 402: 'insufficient_quota', 404: 'invalid_request_error', 429: 'rate_limit_error' };

export function providerError(status: number): Json {
  const type = TYPES[status] ?? 'server_error';
  return { error: { message: `organization ${INTERNAL} has a problem`, type, param: null, code: status === 500 ? INTERNAL : type } };
}

const callId = (id: string, index: number) => `call_${id}_${index}`;

function whole({ text, calls }: Said, model: string): Json {
  const id = newId();
  const tool_calls = calls?.map(({ name, args }, index) =>
    ({ id: callId(id, index), type: 'function', function: { name, arguments: JSON.stringify(args) } }));
  const message = { role: 'assistant', content: text ?? null, refusal: null, ...(tool_calls && { tool_calls }) };
  const choice = { index: 0, message, logprobs: null, finish_reason: tool_calls ? 'tool_calls' : 'stop' };
  return { ...envelope(id, 'chat.completion', model), choices: [choice], usage: USAGE };
}

function frames({ text, calls = [], ending = 'normal' }: Said, model: string, body: Json): string[] {
  const withUsage = body.stream_options?.include_usage === true;
  const id = newId();
  const base = { ...envelope(id, 'chat.completion.chunk', model), ...(withUsage && { usage: null }) };
  const chunk = (delta: Json, finish_reason: string | null = null) => frame({ ...base, choices: [{ index: 0, delta, finish_reason }] });
  const all = [chunk({ role: 'assistant', content: calls.length ? null : '' })];
  for (const piece of pieces(text ?? '')) all.push(chunk({ content: piece }));
  for (const [index, { name, args }] of calls.entries()) {
    all.push(chunk({ tool_calls: [{ index, id: callId(id, index), type: 'function', function: { name, arguments: '' } }] }));
    for (const piece of pieces(JSON.stringify(args))) all.push(chunk({ tool_calls: [{ index, function: { arguments: piece } }] }));
  }
  if (ending === 'error') return [...all, frame(providerError(500))];
  if (ending !== 'normal') return all;
  all.push(chunk({}, calls.length ? 'tool_calls' : 'stop'));
  if (withUsage) all.push(frame({ ...base, choices: [], usage: USAGE }));
  return [...all, 'data: [DONE]\n\n'];
}

export const chat: Wire = {
  answersTools: body => body.messages.at(-1)?.role === 'tool',
  streams: body => body.stream === true,
  whole,
  frames,
  contentType: 'text/event-stream',
  error: providerError,
};
