package dev.interceptor.server.audit;

import dev.interceptor.core.tlog.Checkpoint;
import dev.interceptor.core.tlog.NoteKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Checkpoints that were kept in files: one signed note after the other.
///
/// A note is followed by the next one without anything between them; the first line of each is the
/// log's name, so a note begins where a line after a signature does not begin with a dash.
public final class KeptCheckpoints {
  private static final String SIGNATURE = "\u2014 ";

  private KeptCheckpoints() {}

  /// @throws IllegalArgumentException naming the file, if it cannot be read or holds anything but
  ///   checkpoints signed by one of `keys`
  public static List<Checkpoint> read(Path file, List<NoteKey> keys) {
    List<Checkpoint> checkpoints = new ArrayList<>();
    for (String note : notes(text(file))) {
      checkpoints.add(
          Checkpoint.open(note.getBytes(StandardCharsets.UTF_8), keys)
              .orElseThrow(() ->
                  new IllegalArgumentException(
                      "`"
                          + file
                          + "` holds something that the log's key did not sign as a"
                          + " checkpoint; write the right --key or another file")));
    }
    if (checkpoints.isEmpty()) {
      throw new IllegalArgumentException("`" + file + "` holds no checkpoint");
    }
    return checkpoints;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalArgumentException("`" + file + "` cannot be read as UTF-8 text", e);
    }
  }

  private static List<String> notes(String text) {
    List<String> notes = new ArrayList<>();
    var note = new StringBuilder();
    boolean signed = false;
    for (String line : text.split("(?<=\n)", -1)) {
      boolean signature = line.startsWith(SIGNATURE);
      if (signed && !signature) {
        notes.add(note.toString());
        note.setLength(0);
      }
      note.append(line);
      signed = signature;
    }
    if (!note.isEmpty()) {
      notes.add(note.toString());
    }
    return notes;
  }
}
