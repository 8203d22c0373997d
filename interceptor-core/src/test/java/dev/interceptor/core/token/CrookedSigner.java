package dev.interceptor.core.token;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// The holder of a private key, who adds points of small order to the public key and to `R`.
final class CrookedSigner {
  private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
  private static final BigInteger L =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
  private static final BigInteger D =
      BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(P)).mod(P);
  private static final BigInteger ROOT_OF_MINUS_ONE =
      BigInteger.TWO.modPow(P.subtract(BigInteger.ONE).shiftRight(2), P);

  /// Of order 8.
  private static final Affine SMALL =
      decode(
          HexFormat.of()
              .parseHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"));

  private final SigningKey honest;
  private final BigInteger scalar;
  private final byte[] publicKey;
  private final int inKey;

  /// @param inKey how often the point of order 8 is added to the public key
  CrookedSigner(byte[] seed, int inKey) {
    this.honest = SigningKey.ofSeed(seed);
    this.scalar = scalar(seed);
    this.publicKey = plusSmall(honest.publicKey().encoded(), inKey);
    this.inKey = inKey;
  }

  byte[] publicKey() {
    return publicKey.clone();
  }

  /// A signature that satisfies the equation with the cofactor.
  ///
  /// @param inR how often the point of order 8 is added to `R`
  byte[] sign(byte[] message, int inR) {
    byte[] signature = honest.sign(message);
    byte[] r = Arrays.copyOf(signature, 32);
    byte[] changed = plusSmall(r, inR);
    BigInteger difference =
        challenge(changed, publicKey, message)
            .subtract(challenge(r, honest.publicKey().encoded(), message))
            .multiply(scalar);
    BigInteger s = number(Arrays.copyOfRange(signature, 32, 64)).add(difference).mod(L);
    return concat(changed, s);
  }

  /// Whether `sign(message, inR)` satisfies the equation without the cofactor: what was added to
  /// `R` cancels the multiple of what was added to the key.
  boolean holdsExactly(byte[] message, int inR) {
    byte[] r = Arrays.copyOf(sign(message, inR), 32);
    int inProduct = challenge(r, publicKey, message).mod(BigInteger.valueOf(8)).intValue() * inKey;
    return (inR + inProduct) % 8 == 0;
  }

  /// A signature whose `R` is the neutral point, which satisfies the equation without the cofactor.
  byte[] signWithNeutral(byte[] message) {
    return signWithNeutral(message, bytes(BigInteger.ONE));
  }

  /// The same with another spelling of the neutral point.
  byte[] signWithNeutral(byte[] message, byte[] r) {
    return concat(r, challenge(r, publicKey, message).multiply(scalar).mod(L));
  }

  /// The same signature with the order of the group added to `S`.
  static byte[] plusOrder(byte[] signature) {
    return concat(
        Arrays.copyOf(signature, 32), number(Arrays.copyOfRange(signature, 32, 64)).add(L));
  }

  private static byte[] concat(byte[] r, BigInteger s) {
    byte[] signature = Arrays.copyOf(r, 64);
    System.arraycopy(bytes(s), 0, signature, 32, 32);
    return signature;
  }

  private static byte[] plusSmall(byte[] point, int times) {
    Affine sum = decode(point);
    for (int i = 0; i < times; i++) {
      sum = sum.plus(SMALL);
    }
    return sum.encode();
  }

  private static BigInteger challenge(byte[] r, byte[] publicKey, byte[] message) {
    MessageDigest digest = sha512();
    digest.update(r);
    digest.update(publicKey);
    return number(digest.digest(message)).mod(L);
  }

  private static BigInteger scalar(byte[] seed) {
    byte[] scalar = Arrays.copyOf(sha512().digest(seed), 32);
    scalar[0] &= (byte) 0xf8;
    scalar[31] &= 0x7f;
    scalar[31] |= 0x40;
    return number(scalar);
  }

  private static MessageDigest sha512() {
    try {
      return MessageDigest.getInstance("SHA-512");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static Affine decode(byte[] point) {
    byte[] magnitude = point.clone();
    magnitude[31] &= 0x7f;
    BigInteger y = number(magnitude);
    BigInteger yy = y.multiply(y);
    BigInteger xx =
        yy.subtract(BigInteger.ONE)
            .multiply(yy.multiply(D).add(BigInteger.ONE).modInverse(P))
            .mod(P);
    BigInteger x = xx.modPow(P.add(BigInteger.valueOf(3)).shiftRight(3), P);
    if (!x.multiply(x).mod(P).equals(xx)) {
      x = x.multiply(ROOT_OF_MINUS_ONE).mod(P);
    }
    boolean odd = (point[31] & 0x80) != 0;
    return new Affine(x.testBit(0) == odd ? x : P.subtract(x), y);
  }

  private record Affine(BigInteger x, BigInteger y) {
    Affine plus(Affine that) {
      BigInteger product = D.multiply(x).multiply(that.x).multiply(y).multiply(that.y).mod(P);
      BigInteger sumX =
          x.multiply(that.y)
              .add(y.multiply(that.x))
              .multiply(BigInteger.ONE.add(product).modInverse(P));
      BigInteger sumY =
          y.multiply(that.y)
              .add(x.multiply(that.x))
              .multiply(BigInteger.ONE.subtract(product).modInverse(P));
      return new Affine(sumX.mod(P), sumY.mod(P));
    }

    byte[] encode() {
      byte[] point = bytes(y);
      point[31] |= (byte) (x.testBit(0) ? 0x80 : 0);
      return point;
    }
  }

  private static BigInteger number(byte[] littleEndian) {
    return new BigInteger(1, reversed(littleEndian));
  }

  private static byte[] bytes(BigInteger number) {
    byte[] bigEndian = new byte[32];
    byte[] magnitude = number.toByteArray();
    int count = Math.min(32, magnitude.length);
    System.arraycopy(magnitude, magnitude.length - count, bigEndian, 32 - count, count);
    return reversed(bigEndian);
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }
}
