// What the scripted model says: one scenario for each name, the same in every dialect.

export interface Call {
  name: string;
  args: Record<string, unknown>;
}

/** How an answer ends: as it should, without its end, by a lost connection, or with an error after a good start. */
export type Ending = 'normal' | 'cut' | 'destroyed' | 'error';

export interface Said {
  text?: string;
  calls?: Call[];
  ending?: Ending;
}

export interface Scenario {
  /** The answer to the user, or the status with which the provider refuses. */
  first: Said | number;
  /** The answer once there are results of tools. */
  then?: Said;
}

/** What a provider says of itself and no client must see. */
export const INTERNAL = 'stub-internal';
export const PROVIDER_KEY = 'stub-provider-key';

/** Put together here, so that nobody's scanner takes this file for a leak. */
export const SECRET = ['AK', 'IA', 'Q3EGRTZ7JQWJ4XTA'].join('');
export const EMAIL = ['anna.kowalska', 'acme-mail.com'].join('@');
export const SECRET_MARK = '[SECRET_DETECTED]';
export const PII_MARK = '[PII_REDACTED]';

export const PLAIN = 'All is quiet, and nothing is to be done.';
export const REPORT = 'The report says that all is well.';
export const NOTED = 'It is noted.';
const PAID = 'It is paid.';
const leaky = (email: string, secret: string) => `Write to ${email}, the key is ${secret}, and be quick.`;
export const LEAKY = leaky(EMAIL, SECRET);
export const REDACTED = leaky(PII_MARK, SECRET_MARK);

export const READ: Call = { name: 'read_file', args: { path: 'report.txt' } };
const WIRE: Call = { name: 'wire_money', args: { account: 'XZ-4711-mallory', amount: 9000 } };
/** What only the arguments of a denied call contain. */
export const DENIED_ARGUMENT = 'XZ-4711-mallory';
export const note = (text: string, channel = 'team'): Call => ({ name: 'send_note', args: { channel, text } });
const PUBLISH = note(DENIED_ARGUMENT, 'public');

const done: Said = { text: REPORT };
const paid: Said = { text: PAID };

export const SCRIPT: Record<string, Scenario> = {
  text: { first: { text: PLAIN } },
  allow: { first: { text: 'Let me see. ', calls: [READ] }, then: done },
  // The denied call comes first, so that the kept one must move up.
  'deny-one': { first: { text: 'Let me see. ', calls: [WIRE, READ] }, then: done },
  'deny-arguments': { first: { calls: [READ, PUBLISH] }, then: done },
  'deny-all': { first: { calls: [WIRE, PUBLISH] }, then: paid },
  redact: { first: { text: LEAKY } },
  'redact-arguments': { first: { calls: [note(LEAKY)] }, then: { text: NOTED } },
  'rate-limit': { first: 429 },
  'error-500': { first: 500 },
  'error-401': { first: 401 },
  'error-402': { first: 402 },
  'error-frame': { first: { text: PLAIN, ending: 'error' } },
  'cut-text': { first: { text: PLAIN, ending: 'cut' } },
  'cut-call': { first: { calls: [READ], ending: 'cut' }, then: done },
  'lost-text': { first: { text: PLAIN, ending: 'destroyed' } },
  'lost-call': { first: { calls: [READ], ending: 'destroyed' }, then: done },
};

/** A model whose name a path has to carry with care. */
export const ODD_MODEL = 'stub/text:latest';
export const EMBEDDING_MODEL = 'embed';
export const VECTOR = [0.25, -0.5, 1, 0.0078125];
/** Answers its first words and then waits until the client is gone. */
export const ENDLESS_MODEL = 'endless';

/** A text in pieces of one to four characters, so that whatever is to be found is cut. */
export function pieces(text: string): string[] {
  const all: string[] = [];
  for (let at = 0, size = 1; at < text.length; at += size, size = (size % 4) + 1) all.push(text.slice(at, at + size));
  return all;
}
