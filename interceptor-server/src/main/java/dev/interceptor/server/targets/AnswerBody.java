package dev.interceptor.server.targets;

import java.io.IOException;
import java.io.InputStream;

/// The bytes of an answer, with the provider's idle time between them; what goes wrong becomes a
/// [ModelFault].
final class AnswerBody extends InputStream {
  private static final byte[] NOTHING = {};

  private final InputStream in;
  private final Exchange exchange;
  private final long limit;
  private byte[] ahead = NOTHING;
  private int used;
  private long count;
  private boolean ended;

  AnswerBody(InputStream in, Exchange exchange, long limit) {
    this.in = in;
    this.exchange = exchange;
    this.limit = limit;
  }

  /// The next bytes, which stay to be read: `most`, or all there are.
  byte[] ahead(int most) throws IOException {
    byte[] bytes = readNBytes(most);
    ahead = bytes;
    used = 0;
    return bytes;
  }

  boolean ended() {
    return ended;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (used < ahead.length) {
      int given = Math.min(length, ahead.length - used);
      System.arraycopy(ahead, used, target, offset, given);
      used += given;
      return given;
    }
    if (ended) {
      return -1;
    }
    int read = fetch(target, offset, length);
    ended = read < 0;
    count += Math.max(0, read);
    if (count > limit) {
      throw ModelFault.protocol("the answer is longer than " + limit + " bytes");
    }
    return read;
  }

  private int fetch(byte[] target, int offset, int length) throws ModelFault {
    exchange.expectBytes();
    try {
      return in.read(target, offset, length);
    } catch (IOException e) {
      throw exchange.fault(e);
    } finally {
      exchange.expectNothing();
    }
  }
}
