/**
 * Reads documents from standard input, each as its length in four bytes (big-endian) and its bytes,
 * and prints a line for each: the SHA-256 of its canonical form, or `refused`.
 */
import { isObject, parseStrict } from '../../src/strict-json.ts';
import { digest } from '../../src/verifier.ts';

const LIMITS = { depth: 64, bytes: 2 * 1024 * 1024 };

let pending: Buffer = Buffer.alloc(0);
for await (const chunk of process.stdin) {
  pending = Buffer.concat([pending, chunk as Buffer]);
  const lines: string[] = [];
  let at = 0;
  while (pending.length - at >= 4 && pending.length - at - 4 >= pending.readUInt32BE(at)) {
    const end = at + 4 + pending.readUInt32BE(at);
    lines.push(verdict(pending.subarray(at + 4, end)));
    at = end;
  }
  pending = pending.subarray(at);
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

function verdict(text: Uint8Array): string {
  try {
    const value = parseStrict(text, LIMITS);
    return isObject(value) ? digest(value) : 'refused';
  } catch {
    return 'refused';
  }
}
