// Responses, whole and as numbered events. The same text stands in five places of a stream.

import { INTERNAL, pieces, type Said } from '../script.ts';
import { newId } from './ids.ts';
import type { Json, Wire } from '../upstream.ts';
import { providerError } from './chat.ts';

const USAGE = {
  input_tokens: 12,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 7,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 19,
};

function response(id: string, model: string, status: string, output: Json[], usage: Json = null): Json {
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: 1_790_000_000,
    status,
    model: `${INTERNAL}/${model}`,
    output,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    metadata: {},
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: false,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage,
    user: null,
    provider_metadata: { cost: INTERNAL },
  };
}

const part = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] });
const message = (id: string, text: string, status: string) =>
  ({ id: `msg_${id}`, type: 'message', role: 'assistant', status, content: text ? [part(text)] : [] });
const functionCall = (id: string, name: string, args: string, status: string) =>
  ({ id: `fc_${id}`, type: 'function_call', status, call_id: `call_${id}`, name, arguments: args });

function output(id: string, { text, calls = [] }: Said): Json[] {
  const items = calls.map(({ name, args }, index) => functionCall(`${id}_${index}`, name, JSON.stringify(args), 'completed'));
  return text === undefined ? items : [message(id, text, 'completed'), ...items];
}

function frames(said: Said, model: string): string[] {
  const { text, calls = [], ending = 'normal' } = said;
  const id = newId();
  const all: string[] = [];
  const event = (type: string, fields: Json) =>
    all.push(`event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: all.length, ...fields })}\n\n`);
  event('response.created', { response: response(id, model, 'in_progress', []) });
  event('response.in_progress', { response: response(id, model, 'in_progress', []) });
  let output_index = 0;
  if (text !== undefined) messageEvents(id, text, output_index++, event);
  for (const [index, { name, args }] of calls.entries()) callEvents(`${id}_${index}`, name, JSON.stringify(args), output_index++, event);
  if (ending === 'error') {
    const { message: said, code } = providerError(500).error;
    event('error', { code, message: said, param: null });
  } else if (ending === 'normal') {
    event('response.completed', { response: response(id, model, 'completed', output(id, said), USAGE) });
  }
  return all;
}

function whole(said: Said, model: string): Json {
  const id = newId();
  return response(id, model, 'completed', output(id, said), USAGE);
}

type Emit = (type: string, fields: Json) => void;

function messageEvents(id: string, text: string, output_index: number, event: Emit): void {
  const at = { item_id: `msg_${id}`, output_index, content_index: 0 };
  event('response.output_item.added', { output_index, item: message(id, '', 'in_progress') });
  event('response.content_part.added', { ...at, part: part('') });
  for (const delta of pieces(text)) event('response.output_text.delta', { ...at, delta, logprobs: [] });
  event('response.output_text.done', { ...at, text, logprobs: [] });
  event('response.content_part.done', { ...at, part: part(text) });
  event('response.output_item.done', { output_index, item: message(id, text, 'completed') });
}

function callEvents(id: string, name: string, args: string, output_index: number, event: Emit): void {
  const at = { item_id: `fc_${id}`, output_index };
  event('response.output_item.added', { output_index, item: functionCall(id, name, '', 'in_progress') });
  for (const delta of pieces(args)) event('response.function_call_arguments.delta', { ...at, delta });
  event('response.function_call_arguments.done', { ...at, name, arguments: args });
  event('response.output_item.done', { output_index, item: functionCall(id, name, args, 'completed') });
}

export const responses: Wire = {
  answersTools: body => Array.isArray(body.input) && body.input.at(-1)?.type === 'function_call_output',
  streams: body => body.stream === true,
  whole,
  frames,
  contentType: 'text/event-stream',
  error: providerError,
};
