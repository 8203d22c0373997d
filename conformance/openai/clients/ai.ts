// The AI SDK: with the provider for compatible servers (chat) and with OpenAI's (Responses).

import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, embed, generateText, isStepCount, streamText, tool, type EmbeddingModel, type LanguageModel } from 'ai';
import { AISDKError } from '@ai-sdk/provider';
import type { Run, SdkClient, Server } from '../clients.ts';
import { READ } from '../script.ts';
import { failure, MOST_TURNS, TOOLS } from './common.ts';

interface Models {
  language(model: string): LanguageModel;
  embedding(model: string): EmbeddingModel;
}

const call = ['AI_APICallError'];

function aiClient(name: string, models: (server: Server) => Models, store = false): SdkClient {
  return {
    name,
    kind: 'openai',
    errors: { 0: ['AI_StreamProviderError'], 401: call, 403: call, 404: call, 429: call, 500: call, 502: call },
    tellsCode: true,
    async connect(server) {
      const { language, embedding } = models(server);
      return {
        async converse(model, mode, run, question) {
          const request = {
            model: language(model),
            prompt: question,
            tools: tools(run),
            stopWhen: isStepCount(MOST_TURNS),
            maxRetries: server.retries,
            providerOptions: { openai: { store } },
          };
          try {
            return { text: mode === 'unary' ? (await generateText(request)).text : await streamed(request) };
          } catch (error) {
            return { text: '', failure: failure(error, e => AISDKError.isInstance(e) || APICallError.isInstance(e)) };
          }
        },
        embed: async model => (await embed({ model: embedding(model), value: 'quiet', maxRetries: 0 })).embedding,
      };
    },
  };
}

function tools(run: Run) {
  return Object.fromEntries(
    Object.entries(TOOLS).map(([name, { description, parameters }]) =>
      [name, tool({ description, inputSchema: parameters, execute: async args => run(name, args as Record<string, unknown>) })]),
  );
}

/** Reads every part, and throws the first error among them: otherwise it would only be logged. */
async function streamed(request: Parameters<typeof streamText>[0]): Promise<string> {
  const result = streamText({ ...request, onError: () => {} });
  for await (const part of result.fullStream) if (part.type === 'error') throw part.error;
  return result.text;
}

export const aiCompatible = aiClient('ai compatible', ({ url, key }) => {
  const provider = createOpenAICompatible({ name: 'interceptor', baseURL: `${url}/v1`, apiKey: key, includeUsage: true });
  return { language: model => provider.chatModel(model), embedding: model => provider.embeddingModel(model) };
});

const openai = ({ url, key }: Server): Models => {
  const provider = createOpenAI({ baseURL: `${url}/v1`, apiKey: key });
  return { language: model => provider.responses(model), embedding: model => provider.embedding(model) };
};

export const aiOpenAI = aiClient('ai openai', openai);

/**
 * As it is without options: what the provider stored is referred to by its id. That is no way to what the
 * gateway has withheld, so after a denial the next turn is refused.
 */
export const aiOpenAIStored: SdkClient = {
  ...aiClient('ai openai stored', openai, true),
  differs: { 'deny-one': { executed: [READ], fails: 403, code: 'policy_violation', requests: 2 } },
};
