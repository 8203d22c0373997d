package dev.interceptor.server.audit;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.tlog.NoteKey;
import dev.interceptor.core.tlog.NoteSigner;
import dev.interceptor.core.tlog.SignedNote;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the log's own entry says about rows that a retention let go. It is a signed note, so that
/// nobody who can only write to the database makes rows look let go.
///
/// @param keptFrom the place from which on rows are kept
/// @param partition the month that went
record RetentionNote(long keptFrom, String partition) {
  /// The entry's action.
  static final String ACTION = "audit.retention";

  private static final Pattern TEXT =
      Pattern.compile("([^\n]+)/retention\n([0-9]{1,18})\naudit_log_[0-9]{4}_[0-9]{2}\n");

  static LogEntry entry(NoteSigner signer, RetentionNote note, Instant at) {
    String target = Long.toString(note.keptFrom());
    String text =
        signer.verifier().name() + "/retention\n" + target + '\n' + note.partition() + '\n';
    return LogEntry.admin(ACTION, "retention", target, at)
        .text("detail", signer.sign(text))
        .build();
  }

  /// @return nothing unless the entry is one of a retention that one of the keys signed
  static OptionalLong keptFrom(LogEntry entry, List<NoteKey> keys) {
    if (entry.text("kind").filter(LogEntry.Kind.ADMIN.word()::equals).isEmpty()
        || entry.text("action").filter(ACTION::equals).isEmpty()) {
      return OptionalLong.empty();
    }
    String target = entry.text("target").orElse("");
    return entry
        .text("detail")
        .flatMap(detail -> SignedNote.parse(detail.getBytes(StandardCharsets.UTF_8)))
        .filter(note -> keys.stream().anyMatch(key -> says(note, key, target)))
        .map(_ -> OptionalLong.of(Long.parseLong(target)))
        .orElse(OptionalLong.empty());
  }

  private static boolean says(SignedNote note, NoteKey key, String target) {
    Matcher text = TEXT.matcher(note.text());
    return text.matches()
        && text.group(1).equals(key.name())
        && text.group(2).equals(target)
        && note.isSignedBy(key);
  }
}
