package dev.interceptor.core.tlog;

import dev.interceptor.core.token.SigningKey;
import java.nio.charset.StandardCharsets;

/// Signs notes: a private key and its owner's name. Immutable and thread-safe.
public final class NoteSigner {
  private final SigningKey key;
  private final NoteKey verifier;

  /// @param name [NoteKey#isName] must accept it
  /// @throws IllegalArgumentException for any other name
  public NoteSigner(String name, SigningKey key) {
    this.key = key;
    this.verifier = NoteKey.of(name, key.publicKey());
  }

  /// What verifies this signer's notes.
  public NoteKey verifier() {
    return verifier;
  }

  /// @param text lines that each end in a line break; at least one, no other control character
  /// @return the whole note, which [SignedNote#parse] reads
  /// @throws IllegalArgumentException for any other text
  public String sign(String text) {
    byte[] signature = key.sign(text.getBytes(StandardCharsets.UTF_8));
    String note =
        text
            + '\n'
            + SignedNote.DASH
            + verifier.name()
            + ' '
            + StrictBase64.encode(verifier.blob(signature))
            + '\n';
    return SignedNote.parse(note.getBytes(StandardCharsets.UTF_8))
        .filter(parsed -> parsed.text().equals(text))
        .map(parsed -> note)
        .orElseThrow(() -> new IllegalArgumentException("not the text of a note"));
  }

  @Override
  public String toString() {
    return "NoteSigner[" + verifier + ']';
  }
}
