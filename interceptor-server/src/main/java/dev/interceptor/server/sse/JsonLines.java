package dev.interceptor.server.sse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// Lines of JSON, as Ollama streams them. Empty lines are skipped; a last line needs no end.
public final class JsonLines {
  private final InputStream in;
  private final int maxBytes;
  private final byte[] buffer = new byte[8192];
  private int position;
  private int end;

  /// @param maxBytes how long a line may be
  public JsonLines(InputStream in, int maxBytes) {
    this.in = in;
    this.maxBytes = maxBytes;
  }

  /// The next line, without its end; empty at the end of the stream.
  ///
  /// @throws EventTooLongException for a line that is too long
  public Optional<byte[]> next() throws IOException {
    var line = new ByteArrayOutputStream(512);
    while (true) {
      if (position == end) {
        position = 0;
        end = Math.max(0, in.read(buffer, 0, buffer.length));
        if (end == 0) {
          return line.size() == 0 ? Optional.empty() : Optional.of(line.toByteArray());
        }
      }
      int stop = position;
      while (stop < end && buffer[stop] != '\n') {
        stop++;
      }
      line.write(buffer, position, stop - position);
      if (line.size() > maxBytes) {
        throw new EventTooLongException(maxBytes);
      }
      boolean whole = stop < end;
      position = whole ? stop + 1 : stop;
      if (whole && line.size() > 0) {
        return Optional.of(line.toByteArray());
      }
    }
  }
}
