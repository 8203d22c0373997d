// Ollama's own chat: lines of JSON, each call whole in one of them.

import { INTERNAL, pieces, type Said } from '../script.ts';
import type { Json, Wire } from '../upstream.ts';

const base = (model: string) => ({ model, created_at: '2026-11-01T00:00:00Z' });
const END = {
  done: true,
  done_reason: 'stop',
  total_duration: 5_000_000,
  load_duration: 1_000_000,
  prompt_eval_count: 12,
  prompt_eval_duration: 1_000_000,
  eval_count: 7,
  eval_duration: 3_000_000,
};
const line = (json: Json) => `${JSON.stringify(json)}\n`;
const error = () => ({ error: `organization ${INTERNAL} has a problem` });

const message = (text: string, { calls }: Said) =>
  ({ role: 'assistant', content: text, ...(calls && { tool_calls: calls.map(({ name, args }) => ({ function: { name, arguments: args } })) }) });

function frames(said: Said, model: string): string[] {
  const all = pieces(said.text ?? '').map(piece => line({ ...base(model), message: message(piece, {}), done: false }));
  for (const call of said.calls ?? []) all.push(line({ ...base(model), message: message('', { calls: [call] }), done: false }));
  if (said.ending === 'error') return [...all, line(error())];
  if (said.ending && said.ending !== 'normal') return all;
  return [...all, line({ ...base(model), message: message('', {}), ...END })];
}

export const ollama: Wire = {
  answersTools: body => body.messages.at(-1)?.role === 'tool',
  streams: body => body.stream !== false,
  whole: (said, model) => ({ ...base(model), message: message(said.text ?? '', said), ...END }),
  frames,
  contentType: 'application/x-ndjson',
  error,
};
