// The clients of the table, behind one interface: an agent that asks, runs the tools that it is told to
// run, and ends with a text or with an error of its SDK.

import { agents } from './clients/agents.ts';
import type { Expected } from './judge.ts';
import { aiCompatible, aiOpenAI, aiOpenAIStored } from './clients/ai.ts';
import { langchain } from './clients/langchain.ts';
import { ollama } from './clients/ollama.ts';
import { openaiChat, openaiResponses, openaiRunTools, v6, v7 } from './clients/openai.ts';
import { java } from './clients/java.ts';

/** Where the client finds its server: `url` is the origin, without `/v1`. */
export interface Server {
  url: string;
  key: string;
  /** How often the SDK may send a request again. */
  retries: number;
}

export type Mode = 'unary' | 'stream';

/** An error, as the user of the SDK catches it. */
export interface Failure {
  type: string;
  status?: number;
  code?: string | null;
  message: string;
  /** Whether it is one of the SDK's own. */
  typed: boolean;
}

export interface Outcome {
  text: string;
  failure?: Failure;
}

/** Runs a tool for a client, and notes that it ran. */
export type Run = (name: string, args: Record<string, unknown>) => string;

export interface Agent {
  /** One conversation about `question`, until the model is done. */
  converse(model: string, mode: Mode, run: Run, question: string): Promise<Outcome>;
  embed?(model: string): Promise<number[]>;
  models?(): Promise<string[]>;
  model?(id: string): Promise<string>;
}

export interface SdkClient {
  name: string;
  /** Whose API it speaks. */
  kind: 'openai' | 'ollama';
  /** Names of the SDK's errors by status; 0 is for what breaks within an answer. */
  errors: Record<number, string[]>;
  /** Whether the error tells the code of the answer. */
  tellsCode: boolean;
  /** The scenarios in which this client has to see something of its own. */
  differs?: Record<string, Expected>;
  connect(server: Server): Promise<Agent>;
}

export const CLIENTS: SdkClient[] = [
  openaiChat('openai-6', v6),
  openaiRunTools('openai-6', v6),
  openaiResponses('openai-6', v6),
  openaiChat('openai-7', v7),
  openaiRunTools('openai-7', v7),
  openaiResponses('openai-7', v7),
  langchain('chat'),
  langchain('responses'),
  aiCompatible,
  aiOpenAI,
  aiOpenAIStored,
  agents('chat'),
  agents('responses'),
  ollama,
  java('chat'),
  java('responses'),
];
