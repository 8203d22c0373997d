// The official Java SDK, in a process of its own for all conversations.

import { HERE } from '../../harness/child.ts';
import { classPath, javaCommand, JavaProgram, type Line } from '../../harness/java.ts';
import type { Agent, Failure, SdkClient } from '../clients.ts';
import { SCHEMAS } from './common.ts';

interface Answer extends Line {
  tool?: string;
  args?: Record<string, unknown>;
  result?: unknown;
  failure?: Failure;
}

/** One process for all conversations: starting one takes longer than all of them. */
let program: Promise<JavaProgram<Answer>> | undefined;

async function start(): Promise<JavaProgram<Answer>> {
  const libraries = await classPath('openai-java', '-f', `${HERE}openai/pom.xml`);
  return JavaProgram.start<Answer>(javaCommand(libraries, `${HERE}openai/clients/OpenAiClient.java`, JSON.stringify(SCHEMAS)));
}

/** Ends the process, if there is one. */
export async function endJava(): Promise<void> {
  await (await program)?.close();
}

export function java(api: 'chat' | 'responses'): SdkClient {
  return {
    name: `openai-java ${api}`,
    kind: 'openai',
    errors: {
      0: ['SseException'],
      401: ['UnauthorizedException'],
      403: ['PermissionDeniedException'],
      404: ['NotFoundException'],
      429: ['RateLimitException'],
      500: ['InternalServerException'],
      502: ['InternalServerException'],
    },
    tellsCode: true,
    async connect(server): Promise<Agent> {
      const java = await (program ??= start());
      const ask = async (request: object): Promise<Answer> => {
        const answer = await java.ask({ ...server, ...request });
        if (answer.failure) throw new Error(answer.failure.message);
        return answer;
      };
      return {
        async converse(model, mode, run, question) {
          const { result, failure } = await java.ask({ ...server, do: api, model, mode, question }, ({ tool, args }) => {
            if (!tool) return false;
            java.say(run(tool, args ?? {}));
            return true;
          });
          return { text: (result as string) ?? '', failure };
        },
        embed: async model => (await ask({ do: 'embed', model })).result as number[],
        models: async () => (await ask({ do: 'models' })).result as string[],
        model: async id => (await ask({ do: 'model', model: id })).result as string,
      };
    },
  };
}
