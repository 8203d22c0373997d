package dev.interceptor.core.tlog;

import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.token.VerificationKey;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/// A key that verifies notes: an Ed25519 public key and its owner's name (C2SP signed-note, type
/// 1). It is written `NAME+KEYID+KEY`: eight hex digits, and base 64 of the type and the key.
public final class NoteKey {
  /// Characters of a name. The format itself sets no bound.
  public static final int MAX_NAME = 255;

  private static final byte ED25519 = 1;
  private static final int ID_BYTES = 4;
  private static final HexFormat HEX = HexFormat.of();

  private final String name;
  private final VerificationKey key;
  private final byte[] id;

  private NoteKey(String name, VerificationKey key) {
    this.name = name;
    this.key = key;
    this.id = id(name, typed(key));
  }

  /// @throws IllegalArgumentException if [#isName] refuses the name
  public static NoteKey of(String name, VerificationKey key) {
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "a note key's name is 1-" + MAX_NAME + " characters without spaces, controls and `+`");
    }
    return new NoteKey(name, key);
  }

  /// @param text what [#toString] writes
  /// @return nothing for any other text
  public static Optional<NoteKey> parse(String text) {
    String[] parts = text.split("\\+", 3);
    if (parts.length != 3 || !isName(parts[0])) {
      return Optional.empty();
    }
    return StrictBase64.decode(parts[2])
        .filter(bytes -> bytes.length == 33 && bytes[0] == ED25519)
        .flatMap(bytes -> verificationKey(Arrays.copyOfRange(bytes, 1, bytes.length)))
        .map(key -> new NoteKey(parts[0], key))
        .filter(key -> key.toString().equals(text));
  }

  private static Optional<VerificationKey> verificationKey(byte[] encoded) {
    try {
      return Optional.of(VerificationKey.of(encoded));
    } catch (IllegalArgumentException notOfTheProfile) {
      return Optional.empty();
    }
  }

  /// Whether a key may be called this: not empty, no white space, control or `+` in it, valid
  /// Unicode.
  public static boolean isName(String name) {
    return !name.isEmpty()
        && name.length() <= MAX_NAME
        && name.codePoints()
            .noneMatch(c ->
                c == '+'
                    || c < ' '
                    || c == 0x85
                    || Character.isSpaceChar(c)
                    || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
  }

  public String name() {
    return name;
  }

  public VerificationKey key() {
    return key;
  }

  /// Whether a signature that names this key and id was made to be checked by this key.
  boolean isMeant(String signer, byte[] blob) {
    return name.equals(signer)
        && blob.length > ID_BYTES
        && Arrays.equals(id, 0, ID_BYTES, blob, 0, ID_BYTES);
  }

  /// The key id and the signature, as they stand in a note.
  byte[] blob(byte[] signature) {
    var blob = new byte[ID_BYTES + signature.length];
    System.arraycopy(id, 0, blob, 0, ID_BYTES);
    System.arraycopy(signature, 0, blob, ID_BYTES, signature.length);
    return blob;
  }

  boolean verifies(byte[] text, byte[] blob) {
    return key.verifies(text, Arrays.copyOfRange(blob, ID_BYTES, blob.length));
  }

  private static byte[] typed(VerificationKey key) {
    byte[] encoded = key.encoded();
    var typed = new byte[1 + encoded.length];
    typed[0] = ED25519;
    System.arraycopy(encoded, 0, typed, 1, encoded.length);
    return typed;
  }

  private static byte[] id(String name, byte[] typed) {
    var input = new ByteArrayOutputStream();
    input.writeBytes(name.getBytes(StandardCharsets.UTF_8));
    input.write('\n');
    input.writeBytes(typed);
    return Arrays.copyOf(Sha256.of(input.toByteArray()).bytes(), ID_BYTES);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NoteKey that && name.equals(that.name) && key.equals(that.key);
  }

  @Override
  public int hashCode() {
    return name.hashCode() * 31 + key.hashCode();
  }

  @Override
  public String toString() {
    return name + '+' + HEX.formatHex(id) + '+' + StrictBase64.encode(typed(key));
  }
}
