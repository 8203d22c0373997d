// The official SDK in two versions: chat by hand, chat with its tool runner, Responses.

import OpenAI6 from 'openai-6';
import OpenAI7 from 'openai';
import type { RunnableToolFunctionWithParse } from 'openai/lib/RunnableFunction';
import type { Agent, Mode, Outcome, Run, SdkClient, Server } from '../clients.ts';
import { failure, FUNCTIONS, MOST_TURNS, SCHEMAS } from './common.ts';

/** Version 7 has every call that is made here; 6 has them too, under the same names. */
type Sdk = typeof OpenAI7;
export const v6 = OpenAI6 as unknown as Sdk;
export const v7 = OpenAI7;

export const OPENAI_ERRORS: SdkClient['errors'] = {
  0: ['APIError'],
  401: ['AuthenticationError'],
  403: ['PermissionDeniedError'],
  404: ['NotFoundError'],
  429: ['RateLimitError'],
  500: ['InternalServerError'],
  502: ['InternalServerError'],
};

type Converse = (client: OpenAI7, model: string, mode: Mode, run: Run, question: string) => Promise<string>;
type Message = OpenAI7.ChatCompletionMessageParam;
type ChatCall = OpenAI7.ChatCompletionMessageFunctionToolCall;

function sdkClient(name: string, Sdk: Sdk, converse: Converse): SdkClient {
  return {
    name,
    kind: 'openai',
    errors: OPENAI_ERRORS,
    tellsCode: true,
    async connect({ url, key, retries }: Server): Promise<Agent> {
      const client = new Sdk({ baseURL: `${url}/v1`, apiKey: key, maxRetries: retries });
      return {
        async converse(model, mode, run, question): Promise<Outcome> {
          try {
            return { text: await converse(client, model, mode, run, question) };
          } catch (error) {
            return { text: '', failure: failure(error, e => e instanceof Sdk.OpenAIError) };
          }
        },
        embed: async model => (await client.embeddings.create({ model, input: 'quiet' })).data[0].embedding,
        models: async () => (await Array.fromAsync(client.models.list())).map(({ id }) => id),
        model: async id => (await client.models.retrieve(id)).id,
      };
    },
  };
}

const parsed = (args: string) => JSON.parse(args) as Record<string, unknown>;

export const openaiChat = (name: string, sdk: Sdk) => sdkClient(`${name} chat`, sdk, chat);
export const openaiRunTools = (name: string, sdk: Sdk) => sdkClient(`${name} runTools`, sdk, runTools);
export const openaiResponses = (name: string, sdk: Sdk) => sdkClient(`${name} responses`, sdk, responses);

/** As most applications do it: a loop of their own over `create`. */
const chat: Converse = async (client, model, mode, run, question) => {
  const messages: Message[] = [{ role: 'user', content: question }];
  let text = '';
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const { content, calls } = await (mode === 'unary' ? askWhole : askStream)(client, model, messages);
    text = content;
    if (calls.length === 0) break;
    messages.push({ role: 'assistant', content: content || null, tool_calls: calls });
    for (const { id, function: { name, arguments: args } } of calls) {
      messages.push({ role: 'tool', tool_call_id: id, content: run(name, parsed(args)) });
    }
  }
  return text;
};

async function askWhole(client: OpenAI7, model: string, messages: Message[]): Promise<{ content: string; calls: ChatCall[] }> {
  const { choices: [{ message }] } = await client.chat.completions.create({ model, messages, tools: FUNCTIONS });
  return { content: message.content ?? '', calls: (message.tool_calls ?? []) as ChatCall[] };
}

async function askStream(client: OpenAI7, model: string, messages: Message[]): Promise<{ content: string; calls: ChatCall[] }> {
  const stream = await client.chat.completions.create(
    { model, messages, tools: FUNCTIONS, stream: true, stream_options: { include_usage: true } });
  let content = '';
  let ended = false;
  const calls: ChatCall[] = [];
  for await (const { choices } of stream) {
    for (const { delta, finish_reason } of choices) {
      content += delta.content ?? '';
      ended ||= finish_reason !== null;
      for (const { index, id, function: piece } of delta.tool_calls ?? []) {
        calls[index] ??= { id: id ?? '', type: 'function', function: { name: piece?.name ?? '', arguments: '' } };
        calls[index].function.arguments += piece?.arguments ?? '';
      }
    }
  }
  // The plain iterator ends without a word when the stream was cut; a careful application looks for this.
  if (!ended) throw new v7.OpenAIError('the stream ended without a finish_reason');
  return { content, calls };
}

/** The SDK's own loop. */
const runTools: Converse = async (client, model, mode, run, question) => {
  const tools = FUNCTIONS.map(({ type, function: schema }): RunnableToolFunctionWithParse<Record<string, unknown>> =>
    ({ type, function: { ...schema, parse: parsed, function: args => run(schema.name, args) } }));
  const params = { model, messages: [{ role: 'user' as const, content: question }], tools };
  const limit = { maxChatCompletions: MOST_TURNS };
  const runner = mode === 'unary'
    ? client.chat.completions.runTools(params, limit)
    : client.chat.completions.runTools({ ...params, stream: true }, limit);
  return (await runner.finalContent()) ?? '';
};

const responses: Converse = async (client, model, mode, run, question) => {
  const tools = SCHEMAS.map(schema => ({ type: 'function' as const, strict: true, ...schema }));
  const input: OpenAI7.Responses.ResponseInputItem[] = [{ role: 'user', content: question }];
  let text = '';
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const params = { model, input, tools, store: false };
    const response: OpenAI7.Responses.Response = mode === 'unary'
      ? await client.responses.create(params)
      : await client.responses.stream(params).finalResponse();
    text = textOf(response);
    const calls = response.output.filter(item => item.type === 'function_call');
    if (calls.length === 0) break;
    input.push(...(response.output as OpenAI7.Responses.ResponseInputItem[]));
    for (const { call_id, name, arguments: args } of calls) {
      input.push({ type: 'function_call_output', call_id, output: run(name, parsed(args)) });
    }
  }
  return text;
};

/** Version 6 gives no `output_text` at the end of a stream. */
const textOf = ({ output }: OpenAI7.Responses.Response) =>
  output
    .flatMap(item => (item.type === 'message' ? item.content : []))
    .map(part => (part.type === 'output_text' ? part.text : ''))
    .join('');
