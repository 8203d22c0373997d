package dev.interceptor.core.token;

import java.util.Arrays;
import java.util.HexFormat;

/// Public keys as SubjectPublicKeyInfo (RFC 5280 §4.1, RFC 8410 §4), in DER and in PEM (RFC 7468),
/// as `openssl pkey -pubout` writes them.
public final class Spki {
  /// All that stands before the key: algorithm Ed25519 and a bit string of 32 bytes.
  private static final byte[] PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private static final Pem PEM = new Pem("PUBLIC KEY");

  private Spki() {}

  /// 44 bytes.
  public static byte[] encode(VerificationKey key) {
    return encode(key.encoded());
  }

  /// @param publicKey 32 bytes
  static byte[] encode(byte[] publicKey) {
    byte[] der = Arrays.copyOf(PREFIX, PREFIX.length + publicKey.length);
    System.arraycopy(publicKey, 0, der, PREFIX.length, publicKey.length);
    return der;
  }

  /// @return the key under its RFC 7638 thumbprint
  /// @throws MalformedKeyException unless the bytes are exactly one Ed25519 public key, canonical
  ///   and not of small order
  public static VerificationKey decode(byte[] der) throws MalformedKeyException {
    return decode(der, Ed25519Provider.bouncyCastle());
  }

  /// The same with another provider.
  public static VerificationKey decode(byte[] der, Ed25519Provider provider)
      throws MalformedKeyException {
    if (der.length != PREFIX.length + Ed25519.KEY_BYTES
        || !Arrays.equals(der, 0, PREFIX.length, PREFIX, 0, PREFIX.length)) {
      throw new MalformedKeyException("not a SubjectPublicKeyInfo of an Ed25519 key");
    }
    try {
      return VerificationKey.of(Arrays.copyOfRange(der, PREFIX.length, der.length), provider);
    } catch (IllegalArgumentException e) {
      throw new MalformedKeyException("the public key is not canonical or is of small order");
    }
  }

  /// One `PUBLIC KEY` block with a line break at the end.
  public static String toPem(VerificationKey key) {
    return PEM.write(encode(key));
  }

  /// @throws MalformedKeyException unless the text is one `PUBLIC KEY` block and white space around
  public static VerificationKey ofPem(String pem) throws MalformedKeyException {
    return ofPem(pem, Ed25519Provider.bouncyCastle());
  }

  /// The same with another provider.
  public static VerificationKey ofPem(String pem, Ed25519Provider provider)
      throws MalformedKeyException {
    return decode(PEM.read(pem), provider);
  }
}
