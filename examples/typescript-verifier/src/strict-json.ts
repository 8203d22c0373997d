/**
 * JSON text (RFC 8259) that every parser reads alike becomes a value; all other text is refused.
 *
 * Refused are: invalid UTF-8, a byte order mark, lone surrogates, member names that occur twice,
 * data after the value, text beyond the limits, and numbers that their double does not hold: a
 * number is accepted if its double, written the ECMAScript way, has the very value of the literal.
 * Integers reach to 2^53-1; integral values from there up to 10^21 are refused in every spelling.
 */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export interface JsonObject {
  [name: string]: JsonValue;
}

/** `depth` counts the containers around the innermost value, `bytes` the whole text. */
export interface JsonLimits {
  readonly depth: number;
  readonly bytes: number;
}

export class MalformedJson extends Error {}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function parseStrict(text: Uint8Array, limits: JsonLimits): JsonValue {
  if (text.length > limits.bytes) {
    throw new MalformedJson(`text is longer than ${limits.bytes} bytes`);
  }
  let decoded: string;
  try {
    decoded = utf8.decode(text);
  } catch {
    throw new MalformedJson('text is not UTF-8');
  }
  return new Parser(decoded, limits.depth).document();
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member of that name; what objects inherit in JavaScript is not a member. */
export function member(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

const NUMBER = /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPES: Record<string, string> = {
  '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t',
};

class Parser {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly maxDepth: number,
  ) {}

  document(): JsonValue {
    this.skipSpace();
    const value = this.value(1);
    this.skipSpace();
    if (this.at < this.text.length) {
      throw this.fault('more text after the end of the value');
    }
    return value;
  }

  private value(depth: number): JsonValue {
    switch (this.text[this.at]) {
      case '{': return this.object(this.deeper(depth));
      case '[': return this.array(this.deeper(depth));
      case '"': return this.string();
      case 't': return this.word('true', true);
      case 'f': return this.word('false', false);
      case 'n': return this.word('null', null);
      default: return this.number();
    }
  }

  private deeper(depth: number): number {
    if (depth > this.maxDepth) {
      throw this.fault(`nested deeper than ${this.maxDepth} levels`);
    }
    return depth + 1;
  }

  private object(depth: number): JsonObject {
    const object: JsonObject = {};
    this.elements('}', () => {
      const name = this.string();
      this.skipSpace();
      this.expect(':');
      this.skipSpace();
      const value = this.value(depth);
      if (Object.hasOwn(object, name)) {
        throw this.fault('duplicate member name');
      }
      if (name === '__proto__') {
        Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
      } else {
        object[name] = value;
      }
    });
    return object;
  }

  private array(depth: number): JsonValue[] {
    const array: JsonValue[] = [];
    this.elements(']', () => array.push(this.value(depth)));
    return array;
  }

  private elements(closing: string, element: () => void): void {
    this.at++;
    this.skipSpace();
    if (this.text[this.at] === closing) {
      this.at++;
      return;
    }
    for (;;) {
      element();
      this.skipSpace();
      if (this.text[this.at] === closing) {
        this.at++;
        return;
      }
      this.expect(',');
      this.skipSpace();
    }
  }

  private string(): string {
    this.expect('"');
    let value = '';
    for (;;) {
      PLAIN.lastIndex = this.at;
      value += PLAIN.exec(this.text)?.[0] ?? '';
      this.at = PLAIN.lastIndex;
      const next = this.text[this.at];
      if (next === '"') {
        break;
      }
      if (next !== '\\') {
        throw this.fault('a string has a raw control character or no end');
      }
      value += this.escape();
    }
    this.at++;
    if (!isWellFormed(value)) {
      throw this.fault('lone surrogate in a string');
    }
    return value;
  }

  private escape(): string {
    const kind = this.text[this.at + 1] ?? '';
    if (kind === 'u') {
      const digits = this.text.slice(this.at + 2, this.at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) {
        throw this.fault('expected four hex digits after \\u');
      }
      this.at += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    this.at += 2;
    const meaning = Object.hasOwn(ESCAPES, kind) ? ESCAPES[kind] : undefined;
    if (meaning === undefined) {
      throw this.fault('unknown escape in a string');
    }
    return meaning;
  }

  private number(): number {
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text);
    if (match === null) {
      throw this.fault('expected a value');
    }
    this.at = NUMBER.lastIndex;
    const value = Number(match[0]);
    if (!survives(match[0], value)) {
      throw this.fault('number does not fit an IEEE 754 double exactly');
    }
    return value;
  }

  private word<T>(word: string, meaning: T): T {
    if (!this.text.startsWith(word, this.at)) {
      throw this.fault('expected a value');
    }
    this.at += word.length;
    return meaning;
  }

  private expect(character: string): void {
    if (this.text[this.at] !== character) {
      throw this.fault(`expected ${character}`);
    }
    this.at++;
  }

  private skipSpace(): void {
    for (;;) {
      const next = this.text.charCodeAt(this.at);
      if (next !== 0x20 && next !== 0x09 && next !== 0x0a && next !== 0x0d) {
        return;
      }
      this.at++;
    }
  }

  private fault(problem: string): MalformedJson {
    return new MalformedJson(`${problem} at character ${this.at}`);
  }
}

function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

function survives(literal: string, value: number): boolean {
  const magnitude = Math.abs(value);
  const isPlain = !/[.eE]/.test(literal);
  if (magnitude > Number.MAX_SAFE_INTEGER && (isPlain || magnitude < 1e21)) {
    return false;
  }
  return isPlain || decimal(literal) === decimal(String(value));
}

/** The value of a literal as its significant digits and their exponent; the sign is left out. */
function decimal(literal: string): string {
  const [, whole = '', fraction = '', exponent = '0'] =
    /^-?([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(literal) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = withoutTrailingZeros(digits);
  if (significant === '') {
    return '0';
  }
  return `${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

/** A regular expression would take quadratic time. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') {
    end--;
  }
  return digits.slice(0, end);
}
