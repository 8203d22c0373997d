// The gateway's models: an alias for every scenario, for OpenAI's clients and for Ollama's.

import { EMBEDDING_MODEL, ENDLESS_MODEL, ODD_MODEL, SCRIPT } from './script.ts';

export const KEY_VARIABLE = 'SCRIPTED_PROVIDER_KEY';

/** Never asked for by a scenario: what the Ollama server has, and what it lacks. */
export const HAD_MODEL = 'guard';
export const LACKED_MODEL = 'lacked';

/** One request is all it ever grants. */
export const SPENT = 'spent';
/** One request at a time, and that one does not end by itself. */
export const NARROW = 'narrow';

/** Of a scenario, as clients of that kind ask for it. */
export const aliasOf = (scenario: string, kind: 'openai' | 'ollama') => `${kind === 'ollama' ? 'local' : 'hosted'}-${scenario}`;

/** `models.file`, as JSON, which YAML is a superset of. */
export function modelsFile(url: string): string {
  const models = {
    [ODD_MODEL]: { provider: 'hosted', model: 'text' },
    [EMBEDDING_MODEL]: { provider: 'hosted', model: EMBEDDING_MODEL },
    [SPENT]: { provider: 'hosted', model: 'text', limits: { requests_per_second: 0.001, burst: 1 } },
    [NARROW]: { provider: 'hosted', model: ENDLESS_MODEL, limits: { concurrent: 1 } },
    [aliasOf(SPENT, 'ollama')]: { provider: 'local', model: 'text', limits: { requests_per_second: 0.001, burst: 1 } },
  };
  for (const scenario of Object.keys(SCRIPT)) {
    models[aliasOf(scenario, 'openai')] = { provider: 'hosted', model: scenario };
    models[aliasOf(scenario, 'ollama')] = { provider: 'local', model: scenario };
  }
  const providers = { hosted: { url: `${url}/v1`, key_env: KEY_VARIABLE }, local: { kind: 'ollama', url, key_env: KEY_VARIABLE } };
  const ollama = { provider: 'local', pull: [HAD_MODEL, LACKED_MODEL] };
  return JSON.stringify({ strict_mode: true, providers, models, ollama }, undefined, 2);
}
