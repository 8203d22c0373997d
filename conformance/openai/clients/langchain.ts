// LangChain's chat model, over chat completions and over Responses.

import { AIMessageChunk, HumanMessage, ToolMessage, type BaseMessage } from '@langchain/core/messages';
import { concat } from '@langchain/core/utils/stream';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { OpenAIError } from 'openai';
import type { SdkClient } from '../clients.ts';
import { failure, FUNCTIONS, MOST_TURNS } from './common.ts';
import { OPENAI_ERRORS } from './openai.ts';

export function langchain(api: 'chat' | 'responses'): SdkClient {
  return {
    name: `langchain ${api}`,
    kind: 'openai',
    errors: OPENAI_ERRORS,
    tellsCode: true,
    async connect({ url, key, retries: maxRetries }) {
      const configuration = { baseURL: `${url}/v1` };
      return {
        async converse(model, mode, run, question) {
          const llm = new ChatOpenAI({ model, apiKey: key, configuration, maxRetries, useResponsesApi: api === 'responses', zdrEnabled: true });
          const bound = llm.bindTools(FUNCTIONS);
          const messages: BaseMessage[] = [new HumanMessage(question)];
          let text = '';
          try {
            for (let turn = 0; turn < MOST_TURNS; turn++) {
              const answer = mode === 'unary' ? await bound.invoke(messages) : await gathered(await bound.stream(messages));
              text = answer.text;
              if (!answer.tool_calls?.length) break;
              messages.push(answer);
              for (const { id = '', name, args } of answer.tool_calls) {
                messages.push(new ToolMessage({ tool_call_id: id, content: run(name, args) }));
              }
            }
            return { text };
          } catch (error) {
            return { text, failure: failure(error, e => e instanceof OpenAIError) };
          }
        },
        embed: model => new OpenAIEmbeddings({ model, apiKey: key, configuration, maxRetries }).embedQuery('quiet'),
      };
    },
  };
}

async function gathered(stream: AsyncIterable<AIMessageChunk>): Promise<AIMessageChunk> {
  let whole: AIMessageChunk | undefined;
  for await (const chunk of stream) whole = whole ? concat(whole, chunk) : chunk;
  return whole ?? new AIMessageChunk('');
}
