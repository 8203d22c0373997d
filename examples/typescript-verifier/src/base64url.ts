const SYNTAX = /^[A-Za-z0-9_-]*$/;

/** The bytes, or undefined if the text is not their one spelling: no padding, unused bits zero (RFC 4648 §3.5). */
export function decodeBase64url(text: string): Uint8Array | undefined {
  if (!SYNTAX.test(text)) {
    return undefined;
  }
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? new Uint8Array(bytes) : undefined;
}
