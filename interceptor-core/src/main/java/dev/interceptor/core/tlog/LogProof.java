package dev.interceptor.core.tlog;

import dev.interceptor.core.json.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// A proof that an entry is in a log, which can be checked without asking anybody (C2SP tlog-proof,
/// version 1).
///
/// @param index the entry's place in the log
/// @param path the inclusion proof in the checkpoint's tree
/// @param note the signed checkpoint
public record LogProof(long index, List<Sha256> path, String note) {
  /// Characters of a proof.
  public static final int MAX_LENGTH = SignedNote.MAX_BYTES + 8192;

  private static final String VERSION = "c2sp.org/tlog-proof@v1";
  private static final String EXTRA = "extra ";
  private static final Pattern INDEX = Pattern.compile("index (0|[1-9][0-9]{0,17})");
  private static final int MAX_PATH = 63;

  public LogProof {
    path = List.copyOf(path);
  }

  public String text() {
    var text = new StringBuilder(VERSION).append("\nindex ").append(index).append('\n');
    path.forEach(hash -> text.append(StrictBase64.encode(hash.bytes())).append('\n'));
    return text.append('\n').append(note).toString();
  }

  /// @return nothing for a text that is no proof; `extra` data is skipped, since nothing vouches
  ///   for it
  public static Optional<LogProof> parse(String text) {
    int end = text.indexOf("\n\n");
    if (text.length() > MAX_LENGTH || end < 0) {
      return Optional.empty();
    }
    List<String> lines = new ArrayList<>(List.of(text.substring(0, end).split("\n", -1)));
    if (!lines.removeFirst().equals(VERSION)) {
      return Optional.empty();
    }
    if (!lines.isEmpty() && lines.getFirst().startsWith(EXTRA)) {
      if (StrictBase64.decode(lines.removeFirst().substring(EXTRA.length())).isEmpty()) {
        return Optional.empty();
      }
    }
    return lines.isEmpty() ? Optional.empty() : proof(lines, text.substring(end + 2));
  }

  private static Optional<LogProof> proof(List<String> lines, String note) {
    var index = INDEX.matcher(lines.getFirst());
    if (!index.matches() || lines.size() - 1 > MAX_PATH) {
      return Optional.empty();
    }
    List<Sha256> path = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      Optional<Sha256> hash = Checkpoint.hash(line);
      if (hash.isEmpty()) {
        return Optional.empty();
      }
      path.add(hash.get());
    }
    return Optional.of(new LogProof(Long.parseLong(index.group(1)), path, note));
  }

  /// The checkpoint that the entry is in.
  ///
  /// @param leaf the entry's leaf hash
  /// @param key the log's
  /// @return nothing unless `key` signed the checkpoint and the path leads from the leaf to its
  ///   root
  public Optional<Checkpoint> verify(Sha256 leaf, NoteKey key) {
    return Checkpoint.open(note.getBytes(StandardCharsets.UTF_8), key)
        .filter(checkpoint ->
            Proofs.rootOf(leaf, index, checkpoint.size(), path)
                .filter(checkpoint.root()::equals)
                .isPresent());
  }
}
