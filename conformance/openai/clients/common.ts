// What the agents share: their tools, their patience, and how an error is told.

import { z } from 'zod';
import type { Failure } from '../clients.ts';

export const TOOLS: Record<string, { description: string; parameters: z.ZodObject }> = {
  read_file: { description: 'Reads a file', parameters: z.object({ path: z.string() }) },
  send_note: { description: 'Writes a note to a channel', parameters: z.object({ channel: z.string(), text: z.string() }) },
  wire_money: { description: 'Transfers money', parameters: z.object({ account: z.string(), amount: z.number() }) },
};

/** The tools as JSON Schema, by name. */
export const SCHEMAS = Object.entries(TOOLS).map(([name, { description, parameters }]) => {
  const { properties, required } = z.toJSONSchema(parameters);
  const schema: Record<string, unknown> = { type: 'object', properties, required, additionalProperties: false };
  return { name, description, parameters: schema };
});

export const FUNCTIONS = SCHEMAS.map(schema => ({ type: 'function' as const, function: schema }));

/** Far more than a scenario takes: an agent that goes on after a denial must come to an end too. */
export const MOST_TURNS = 4;

/** The members that SDKs give their errors. */
interface SdkError extends Omit<Error, 'name'> {
  name?: string;
  status?: number;
  statusCode?: number;
  status_code?: number;
  code?: string | null;
  data?: { error?: { code?: string | null } };
}

export function failure(error: unknown, typed: (error: unknown) => boolean): Failure {
  const { name, message, constructor, status, statusCode, status_code, code, data } = error as SdkError;
  return {
    type: name?.startsWith('AI_') ? name : constructor.name,
    status: status ?? statusCode ?? status_code,
    code: code ?? data?.error?.code,
    message,
    typed: typed(error),
  };
}
