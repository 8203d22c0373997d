package dev.interceptor.core.token;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Public keys as SubjectPublicKeyInfo (RFC 5280 §4.1, RFC 8410 §4), in DER and in PEM (RFC 7468),
/// as `openssl pkey -pubout` writes them.
public final class Spki {
  /// All that stands before the key: algorithm Ed25519 and a bit string of 32 bytes.
  private static final byte[] PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private static final Pattern PEM =
      Pattern.compile(
          "\\s*-----BEGIN PUBLIC KEY-----\\s*([A-Za-z0-9+/=\\s]{1,400}?)\\s*"
              + "-----END PUBLIC KEY-----\\s*");

  private Spki() {}

  /// 44 bytes.
  public static byte[] encode(VerificationKey key) {
    byte[] der = Arrays.copyOf(PREFIX, PREFIX.length + Ed25519.KEY_BYTES);
    System.arraycopy(key.encoded(), 0, der, PREFIX.length, Ed25519.KEY_BYTES);
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
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getEncoder().encodeToString(encode(key))
        + "\n-----END PUBLIC KEY-----\n";
  }

  /// @throws MalformedKeyException unless the text is one `PUBLIC KEY` block and white space around
  public static VerificationKey ofPem(String pem) throws MalformedKeyException {
    return ofPem(pem, Ed25519Provider.bouncyCastle());
  }

  /// The same with another provider.
  public static VerificationKey ofPem(String pem, Ed25519Provider provider)
      throws MalformedKeyException {
    Matcher block = PEM.matcher(pem);
    if (!block.matches()) {
      throw new MalformedKeyException("not one PEM block of type PUBLIC KEY");
    }
    String digits = block.group(1).replaceAll("\\s", "");
    try {
      return decode(
          Base64.getDecoder().decode(digits.getBytes(StandardCharsets.US_ASCII)), provider);
    } catch (IllegalArgumentException e) {
      throw new MalformedKeyException("the PEM block is not base64");
    }
  }
}
