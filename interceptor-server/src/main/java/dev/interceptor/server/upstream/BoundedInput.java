package dev.interceptor.server.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// A stream that fails once it has given more than `limit` bytes, and remembers whether it ended.
final class BoundedInput extends InputStream {
  private static final int MAX_HINT = 64 * 1024 * 1024;

  private final InputStream in;
  private final long limit;
  private final long announced;
  private long count;
  private boolean ended;

  /// @param announced how many bytes are said to come, negative if nothing is said
  BoundedInput(InputStream in, long limit, long announced) {
    this.in = in;
    this.limit = limit;
    this.announced = announced;
  }

  boolean ended() {
    return ended;
  }

  /// Takes the announced length as a hint for the size of the buffer, never as the truth.
  @Override
  public byte[] readAllBytes() throws IOException {
    if (announced < 0 || announced > Math.min(limit, MAX_HINT)) {
      return super.readAllBytes();
    }
    byte[] start = readNBytes((int) announced);
    int next = read();
    if (next < 0) {
      return start;
    }
    byte[] rest = super.readAllBytes();
    byte[] all = Arrays.copyOf(start, start.length + 1 + rest.length);
    all[start.length] = (byte) next;
    System.arraycopy(rest, 0, all, start.length + 1, rest.length);
    return all;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int read = in.read(target, offset, length);
    if (read < 0) {
      ended = true;
      return read;
    }
    count += read;
    if (count > limit) {
      throw UpstreamFault.protocol("the answer is longer than " + limit + " bytes");
    }
    return read;
  }
}
