package dev.interceptor.core.tlog;

import dev.interceptor.core.json.Sha256;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// What a log was when it had `size` entries (C2SP tlog-checkpoint).
///
/// @param origin names the log; not empty, without a line break
/// @param size number of entries
/// @param root the Merkle tree hash over them
/// @param extensions further lines, each not empty; this project writes none
public record Checkpoint(String origin, long size, Sha256 root, List<String> extensions) {
  private static final Pattern DECIMAL = Pattern.compile("0|[1-9][0-9]{0,17}");

  /// @throws IllegalArgumentException if it cannot be written
  public Checkpoint {
    extensions = List.copyOf(extensions);
    if (size < 0 || !isLine(origin) || !extensions.stream().allMatch(Checkpoint::isLine)) {
      throw new IllegalArgumentException(
          "a checkpoint has an origin and extensions of one line each, and a size from 0");
    }
  }

  /// A checkpoint without extensions.
  public static Checkpoint of(String origin, Frontier head) {
    return new Checkpoint(origin, head.size(), head.root(), List.of());
  }

  private static boolean isLine(String line) {
    return !line.isEmpty() && line.chars().noneMatch(c -> c < ' ');
  }

  /// The text that is signed.
  public String text() {
    var text = new StringBuilder(origin).append('\n').append(size).append('\n');
    text.append(StrictBase64.encode(root.bytes())).append('\n');
    extensions.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  /// The note that `signer` signs.
  public String signedBy(NoteSigner signer) {
    return signer.sign(text());
  }

  /// @param note a signed note
  /// @param key the log's; its name is the log's origin
  /// @return the checkpoint, or nothing unless the note is one of this log, signed by its key;
  ///   never an exception
  public static Optional<Checkpoint> open(byte[] note, NoteKey key) {
    return SignedNote.parse(note)
        .filter(parsed -> parsed.isSignedBy(key))
        .flatMap(parsed -> ofText(parsed.text()))
        .filter(checkpoint -> checkpoint.origin().equals(key.name()));
  }

  /// The same with any of these keys.
  public static Optional<Checkpoint> open(byte[] note, List<NoteKey> keys) {
    return keys.stream().flatMap(key -> open(note, key).stream()).findFirst();
  }

  /// @param text what [#text] writes
  /// @return nothing for any other text
  static Optional<Checkpoint> ofText(String text) {
    String[] lines = text.split("\n", -1);
    int last = lines.length - 1;
    if (last < 3 || !lines[last].isEmpty() || !DECIMAL.matcher(lines[1]).matches()) {
      return Optional.empty();
    }
    List<String> extensions = Arrays.asList(lines).subList(3, last);
    if (!isLine(lines[0]) || !extensions.stream().allMatch(Checkpoint::isLine)) {
      return Optional.empty();
    }
    return hash(lines[2])
        .map(root -> new Checkpoint(lines[0], Long.parseLong(lines[1]), root, extensions));
  }

  static Optional<Sha256> hash(String base64) {
    return StrictBase64.decode(base64)
        .filter(bytes -> bytes.length == TreeHash.LENGTH)
        .map(Sha256::ofBytes);
  }
}
