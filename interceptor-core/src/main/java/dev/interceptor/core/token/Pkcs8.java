package dev.interceptor.core.token;

import java.util.Arrays;
import java.util.HexFormat;

/// Private keys as PKCS#8 (RFC 5958, RFC 8410), in DER and in PEM (RFC 7468), as `openssl genpkey
/// -algorithm ed25519` writes them.
public final class Pkcs8 {
  /// All that stands before the seed: version 1, algorithm Ed25519, nested octet strings.
  private static final byte[] VERSION_1 =
      HexFormat.of().parseHex("302e020100300506032b657004220420");

  /// The same for version 2, which ends in the public key.
  private static final byte[] VERSION_2 =
      HexFormat.of().parseHex("3051020101300506032b657004220420");

  private static final byte[] PUBLIC_KEY = HexFormat.of().parseHex("812100");

  private static final Pem PEM = new Pem("PRIVATE KEY");

  private Pkcs8() {}

  /// Version 1, 48 bytes.
  public static byte[] encode(SigningKey key) {
    return encode(key.insecureBytes());
  }

  static byte[] encode(byte[] seed) {
    return concat(VERSION_1, seed);
  }

  /// @throws MalformedKeyException unless the bytes are exactly one Ed25519 private key, version 1,
  ///   or version 2 with the public key that belongs to it
  public static SigningKey decode(byte[] der) throws MalformedKeyException {
    return decode(der, Ed25519Provider.bouncyCastle());
  }

  /// The same for a key that signs by `provider`.
  public static SigningKey decode(byte[] der, Ed25519Provider provider)
      throws MalformedKeyException {
    int end = VERSION_1.length + Ed25519.KEY_BYTES;
    if (der.length < end) {
      throw new MalformedKeyException("not a PKCS#8 Ed25519 private key");
    }
    SigningKey key = SigningKey.ofSeed(Arrays.copyOfRange(der, VERSION_1.length, end), provider);
    byte[] seed = key.insecureBytes();
    byte[] version2 =
        concat(concat(VERSION_2, seed), concat(PUBLIC_KEY, key.publicKey().encoded()));
    if (!Arrays.equals(der, encode(seed)) && !Arrays.equals(der, version2)) {
      throw new MalformedKeyException("not a PKCS#8 Ed25519 private key");
    }
    return key;
  }

  /// One `PRIVATE KEY` block with a line break at the end. A secret.
  public static String toPem(SigningKey key) {
    return PEM.write(encode(key));
  }

  /// @throws MalformedKeyException unless the text is one `PRIVATE KEY` block and white space
  ///   around
  public static SigningKey ofPem(String pem) throws MalformedKeyException {
    return ofPem(pem, Ed25519Provider.bouncyCastle());
  }

  /// The same for a key that signs by `provider`.
  public static SigningKey ofPem(String pem, Ed25519Provider provider)
      throws MalformedKeyException {
    return decode(PEM.read(pem), provider);
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
