package dev.interceptor.core.tlog;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A text and signatures under it (C2SP signed-note). Reading one does not verify it: what `text`
/// says counts once [#isSignedBy] holds.
///
/// @param text ends in a line break, which the signatures cover
/// @param signatures at least one, in the note's order
public record SignedNote(String text, List<Signature> signatures) {
  /// Bytes of a note.
  public static final int MAX_BYTES = 128 * 1024;

  static final String DASH = "\u2014 ";

  private static final int MAX_SIGNATURES = 64;
  private static final int MIN_BLOB = 5;
  private static final byte[] NONE = {};

  public SignedNote {
    signatures = List.copyOf(signatures);
  }

  /// One line under the text.
  ///
  /// @param name the name of the key that signed
  /// @param blob four bytes of key id, and the signature, in base 64
  public record Signature(String name, String blob) {}

  /// @return nothing for bytes that are not a note, or are more than [#MAX_BYTES]; never an
  ///   exception
  public static Optional<SignedNote> parse(byte[] note) {
    if (note.length > MAX_BYTES) {
      return Optional.empty();
    }
    return utf8(note).filter(SignedNote::isPlain).flatMap(SignedNote::split);
  }

  private static Optional<String> utf8(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException notUtf8) {
      return Optional.empty();
    }
  }

  private static boolean isPlain(String note) {
    return note.chars().noneMatch(c -> c < ' ' && c != '\n');
  }

  private static Optional<SignedNote> split(String note) {
    int end = note.lastIndexOf("\n\n");
    if (end < 0 || !note.endsWith("\n") || end + 2 == note.length()) {
      return Optional.empty();
    }
    String[] lines = note.substring(end + 2, note.length() - 1).split("\n", -1);
    if (lines.length > MAX_SIGNATURES) {
      return Optional.empty();
    }
    List<Signature> signatures = new ArrayList<>();
    for (String line : lines) {
      Optional<Signature> signature = signature(line);
      if (signature.isEmpty()) {
        return Optional.empty();
      }
      signatures.add(signature.get());
    }
    return Optional.of(new SignedNote(note.substring(0, end + 1), signatures));
  }

  private static Optional<Signature> signature(String line) {
    int space = line.indexOf(' ', DASH.length());
    if (!line.startsWith(DASH) || space < 0) {
      return Optional.empty();
    }
    String name = line.substring(DASH.length(), space);
    if (!NoteKey.isName(name)) {
      return Optional.empty();
    }
    String blob = line.substring(space + 1);
    return StrictBase64.decode(blob)
        .filter(bytes -> bytes.length >= MIN_BLOB)
        .map(bytes -> new Signature(name, blob));
  }

  /// Whether `key` signed the text. A note with a signature that claims to be of this key and is
  /// not is refused, whatever else it bears; signatures of other keys are not looked at.
  public boolean isSignedBy(NoteKey key) {
    byte[] signed = text.getBytes(StandardCharsets.UTF_8);
    boolean found = false;
    for (Signature signature : signatures) {
      byte[] blob = StrictBase64.decode(signature.blob()).orElse(NONE);
      if (key.isMeant(signature.name(), blob)) {
        if (!key.verifies(signed, blob)) {
          return false;
        }
        found = true;
      }
    }
    return found;
  }
}
