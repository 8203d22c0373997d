// Ollama's client, which speaks Ollama's own chat.

import { type Message, Ollama, type Tool } from 'ollama';
import type { Mode, SdkClient } from '../clients.ts';
import { failure, FUNCTIONS, MOST_TURNS } from './common.ts';

const all = ['ResponseError'];

export const ollama: SdkClient = {
  name: 'ollama',
  kind: 'ollama',
  // What breaks within an answer is a plain error here.
  errors: { 0: ['Error'], 401: all, 403: all, 404: all, 429: all, 500: all, 502: all },
  tellsCode: false,
  async connect({ url, key }) {
    const client = new Ollama({ host: url, headers: { Authorization: `Bearer ${key}` } });
    return {
      async converse(model, mode, run, question) {
        const messages: Message[] = [{ role: 'user', content: question }];
        let text = '';
        try {
          for (let turn = 0; turn < MOST_TURNS; turn++) {
            const answer = await ask(client, model, mode, messages);
            text = answer.content;
            if (!answer.tool_calls?.length) break;
            messages.push(answer);
            for (const { function: { name, arguments: args } } of answer.tool_calls) {
              messages.push({ role: 'tool', tool_name: name, content: run(name, args) });
            }
          }
          return { text };
        } catch (error) {
          return { text, failure: failure(error, e => (e as Error).constructor.name === 'ResponseError') };
        }
      },
      models: async () => (await client.list()).models.map(({ name }) => name),
    };
  },
};

async function ask(client: Ollama, model: string, mode: Mode, messages: Message[]): Promise<Message> {
  const request = { model, messages, tools: FUNCTIONS as Tool[] };
  if (mode === 'unary') return (await client.chat({ ...request, stream: false })).message;
  const whole: Message = { role: 'assistant', content: '', tool_calls: [] };
  for await (const { message } of await client.chat({ ...request, stream: true })) {
    whole.content += message.content;
    whole.tool_calls?.push(...(message.tool_calls ?? []));
  }
  return whole;
}
