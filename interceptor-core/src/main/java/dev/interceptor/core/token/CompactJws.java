package dev.interceptor.core.token;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// A JWS in the compact serialization (RFC 7515 §7.1), taken apart. Nothing in it is trusted yet.
final class CompactJws {
  /// Longer texts are not looked at, in characters.
  static final int MAX_LENGTH = 8192;

  static final String ALGORITHM = "EdDSA";
  static final String TYPE = "tool-call+jwt";

  private final byte[] text;
  private final int signed;
  private final byte[] header;
  private final byte[] payload;
  private final byte[] signature;

  /// @param text the whole token, one byte a character
  /// @param signed how many bytes of `text` the signature covers
  private CompactJws(byte[] text, int signed, byte[] header, byte[] payload, byte[] signature) {
    this.text = text;
    this.signed = signed;
    this.header = header;
    this.payload = payload;
    this.signature = signature;
  }

  /// @return the parts, or empty unless the text is three strict base64url segments
  static Optional<CompactJws> parse(String compact) {
    if (compact.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    int first = compact.indexOf('.');
    int second = compact.indexOf('.', first + 1);
    if (first < 0 || second < 0) {
      return Optional.empty();
    }
    // A character beyond Latin-1 becomes `?`, which no segment may contain.
    byte[] text = compact.getBytes(StandardCharsets.ISO_8859_1);
    Optional<byte[]> header = Base64Url.decode(text, 0, first);
    Optional<byte[]> payload = Base64Url.decode(text, first + 1, second);
    Optional<byte[]> signature = Base64Url.decode(text, second + 1, text.length);
    if (header.isEmpty() || payload.isEmpty() || signature.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new CompactJws(text, second, header.get(), payload.get(), signature.get()));
  }

  byte[] header() {
    return header;
  }

  byte[] payload() {
    return payload;
  }

  boolean isSignedBy(VerificationKey key) {
    return key.verifies(text, signed, signature);
  }

  /// The first segment of every token that a key of this name signs.
  static byte[] headerSegment(String kid) {
    JsonBytes header = new JsonBytes(128);
    header.raw("{").string("alg", ALGORITHM).string("typ", TYPE).string("kid", kid).raw("}");
    byte[] segment = new byte[Base64Url.encodedLength(header.length())];
    Base64Url.encode(header.array(), 0, header.length(), segment, 0);
    return segment;
  }

  /// Signs `payload` under the header of this profile.
  ///
  /// @throws IllegalArgumentException if the token would be longer than a verifier reads
  static String sign(SigningKey key, JsonBytes payload) {
    byte[] header = key.tokenHeader();
    int signed = header.length + 1 + Base64Url.encodedLength(payload.length());
    int length = signed + 1 + Base64Url.encodedLength(Ed25519.SIGNATURE_BYTES);
    if (length > MAX_LENGTH) {
      throw new IllegalArgumentException("token would be longer than " + MAX_LENGTH);
    }
    byte[] text = Arrays.copyOf(header, length);
    text[header.length] = '.';
    Base64Url.encode(payload.array(), 0, payload.length(), text, header.length + 1);
    byte[] signature = new byte[Ed25519.SIGNATURE_BYTES];
    key.sign(text, signed, signature);
    text[signed] = '.';
    Base64Url.encode(signature, 0, signature.length, text, signed + 1);
    return new String(text, StandardCharsets.ISO_8859_1);
  }
}
