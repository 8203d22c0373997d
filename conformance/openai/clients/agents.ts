// OpenAI's agents SDK, over chat completions and over Responses.

import { Agent, OpenAIChatCompletionsModel, OpenAIResponsesModel, Runner, setTracingDisabled, tool } from '@openai/agents';
import OpenAI, { OpenAIError } from 'openai';
import type { Run, SdkClient } from '../clients.ts';
import { failure, MOST_TURNS, TOOLS } from './common.ts';
import { OPENAI_ERRORS } from './openai.ts';

// Traces would go to OpenAI, whatever the base URL.
setTracingDisabled(true);

export function agents(api: 'chat' | 'responses'): SdkClient {
  return {
    name: `agents ${api}`,
    kind: 'openai',
    errors: OPENAI_ERRORS,
    tellsCode: true,
    async connect({ url, key, retries }) {
      const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: retries });
      return {
        async converse(model, mode, run, question) {
          const spoken = api === 'chat' ? new OpenAIChatCompletionsModel(client, model) : new OpenAIResponsesModel(client, model);
          const agent = new Agent({ name: 'desk', model: spoken, tools: tools(run), modelSettings: { store: false } });
          const runner = new Runner({ tracingDisabled: true });
          try {
            if (mode === 'unary') return { text: (await runner.run(agent, question, { maxTurns: MOST_TURNS })).finalOutput ?? '' };
            const result = await runner.run(agent, question, { maxTurns: MOST_TURNS, stream: true });
            await result.completed;
            if (result.error) throw result.error;
            return { text: result.finalOutput ?? '' };
          } catch (error) {
            return { text: '', failure: failure(error, e => e instanceof OpenAIError) };
          }
        },
      };
    },
  };
}

const tools = (run: Run) =>
  Object.entries(TOOLS).map(([name, { description, parameters }]) =>
    tool({ name, description, parameters, execute: async args => run(name, args as Record<string, unknown>) }));
