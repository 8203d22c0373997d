/**
 * What strict verification of Ed25519 asks of a point besides the equation of RFC 8032, which
 * OpenSSL checks without the cofactor: it is canonical and not of small order.
 */
const P = 2n ** 255n - 19n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;

/** The y coordinates of the eight points of small order, also in their non-canonical encodings. */
const SMALL_ORDER = new Set([
  0n,
  1n,
  P - 1n,
  P,
  P + 1n,
  2707385501144840649318225287225658788936804267575313519463743609750303402022n,
  55188659117513257062467267217118295137698188065244968500265048394206261417927n,
]);

export function isSmallOrder(point: Uint8Array): boolean {
  return SMALL_ORDER.has(y(point));
}

/** Whether the bytes are a point of the curve as RFC 8032 §5.1.2 writes it, and not of small order. */
export function isStrictPoint(point: Uint8Array): boolean {
  return point.length === 32 && y(point) < P && !isSmallOrder(point) && isOnCurve(y(point));
}

function y(point: Uint8Array): bigint {
  const bigEndian = Buffer.from(point.subarray(0, 32)).reverse().toString('hex');
  return BigInt(`0x${bigEndian}`) & (2n ** 255n - 1n);
}

/** x² = (y² - 1) / (dy² + 1) has a root exactly if the product of the two is a square. */
function isOnCurve(y: bigint): boolean {
  const square = (y * y) % P;
  const product = ((square - 1n) * (D * square + 1n)) % P;
  return power(product, (P - 1n) / 2n) === 1n;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let factor = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) {
      result = (result * factor) % P;
    }
    factor = (factor * factor) % P;
  }
  return result;
}
