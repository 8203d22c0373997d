package dev.interceptor.server.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/// Cuts a stream into lines of bounded length. Ends of lines are LF or CRLF; empty lines are left
/// out, and so is what follows the last end of a line.
final class LineReader {
  private static final int CHUNK = 16 * 1024;
  private static final int LARGEST_KEPT = 4 * CHUNK;

  private final InputStream in;
  private final int maxBytes;
  private byte[] buffer = new byte[CHUNK];
  private int start;
  private int searched;
  private int end;

  LineReader(InputStream in, int maxBytes) {
    this.in = in;
    this.maxBytes = maxBytes;
  }

  /// @return empty at the end of the stream
  /// @throws UpstreamFault PROTOCOL for a longer line
  Optional<byte[]> next() throws IOException {
    while (true) {
      int feed = indexOfFeed();
      if (feed >= 0) {
        int last = feed > start && buffer[feed - 1] == '\r' ? feed - 1 : feed;
        byte[] line = Arrays.copyOfRange(buffer, start, last);
        start = feed + 1;
        searched = start;
        requireBounded(line.length);
        if (line.length > 0) {
          return Optional.of(line);
        }
      } else {
        requireBounded(end - start);
        makeRoom();
        int read = in.read(buffer, end, buffer.length - end);
        if (read < 0) {
          return Optional.empty();
        }
        end += read;
      }
    }
  }

  private int indexOfFeed() {
    while (searched < end) {
      if (buffer[searched] == '\n') {
        return searched;
      }
      searched++;
    }
    return -1;
  }

  private void requireBounded(int length) throws UpstreamFault {
    if (length > maxBytes) {
      throw UpstreamFault.protocol("a line is longer than " + maxBytes + " bytes");
    }
  }

  /// Room to read into. A buffer that one long line made large is not kept.
  private void makeRoom() {
    int kept = end - start;
    if (kept > 0 && end < buffer.length) {
      return;
    }
    byte[] target = buffer;
    if (kept > buffer.length / 2) {
      target = new byte[buffer.length * 2];
    } else if (kept == 0 && buffer.length > LARGEST_KEPT) {
      target = new byte[CHUNK];
    }
    System.arraycopy(buffer, start, target, 0, kept);
    buffer = target;
    searched -= start;
    start = 0;
    end = kept;
  }
}
