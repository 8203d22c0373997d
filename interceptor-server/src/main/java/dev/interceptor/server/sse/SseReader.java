package dev.interceptor.server.sse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// The `data` of server-sent events, by the event stream format of the HTML standard.
///
/// Lines end with LF, CR or CRLF; several `data` lines are joined by LF; comments, `event`, `id`
/// and `retry` are skipped; events without data are skipped, so are those cut off by the end of the
/// stream. Works on bytes: a character split over two reads stays whole.
public final class SseReader {
  private static final byte[] DATA = {'d', 'a', 't', 'a'};
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final InputStream in;
  private final int maxEventBytes;
  private final byte[] buffer = new byte[8192];
  private int position;
  private int end;
  private boolean afterCarriageReturn;
  private boolean firstLine = true;
  private boolean keepsRaw;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(512);
  private final ByteArrayOutputStream data = new ByteArrayOutputStream(512);
  private final ByteArrayOutputStream raw = new ByteArrayOutputStream(512);

  /// For a stream that bounds its own length.
  public SseReader(InputStream in) {
    this(in, Integer.MAX_VALUE);
  }

  /// @param maxEventBytes how long an event's data, and any line, may be
  public SseReader(InputStream in, int maxEventBytes) {
    this.in = in;
    this.maxEventBytes = maxEventBytes;
  }

  /// As `next`, with the event's bytes: those of what was skipped before it, too.
  ///
  /// *Guarantees*: the blocks of all events, joined, are the stream up to the last event, but for a
  /// line feed of a CRLF that had not come when its event was given: it leads the next block.
  ///
  /// @throws EventTooLongException for a block that is too long
  public Optional<SseEvent> nextEvent() throws IOException {
    keepsRaw = true;
    Optional<byte[]> next = next();
    if (next.isEmpty()) {
      return Optional.empty();
    }
    if (afterCarriageReturn && position < end && buffer[position] == '\n') {
      afterCarriageReturn = false;
      keep(position, ++position);
    }
    var event = new SseEvent(raw.toByteArray(), next.get());
    raw.reset();
    return Optional.of(event);
  }

  /// The next event's data in UTF-8, never empty; empty at the end of the stream.
  ///
  /// @throws EventTooLongException for an event that is too long
  public Optional<byte[]> next() throws IOException {
    boolean hasData = false;
    while (readLine()) {
      if (line.size() == 0) {
        if (data.size() > 0) {
          byte[] event = data.toByteArray();
          data.reset();
          return Optional.of(event);
        }
        hasData = false;
      } else {
        hasData |= takeData(line.toByteArray(), hasData);
      }
    }
    return Optional.empty();
  }

  /// Adds the line to the event if it is a `data` field.
  private boolean takeData(byte[] field, boolean continues) throws EventTooLongException {
    if (!startsWith(field, DATA) || (field.length > DATA.length && field[DATA.length] != ':')) {
      return false;
    }
    int from = Math.min(field.length, DATA.length + 1);
    if (from < field.length && field[from] == ' ') {
      from++;
    }
    if (continues) {
      data.write('\n');
    }
    data.write(field, from, field.length - from);
    requireBounded(data);
    return true;
  }

  /// Reads the next whole line into `line`; false at the end of the stream.
  private boolean readLine() throws IOException {
    line.reset();
    while (true) {
      if (position == end && !fill()) {
        return false;
      }
      if (afterCarriageReturn) {
        afterCarriageReturn = false;
        if (buffer[position] == '\n') {
          keep(position, ++position);
          continue;
        }
      }
      int stop = position;
      while (stop < end && buffer[stop] != '\n' && buffer[stop] != '\r') {
        stop++;
      }
      line.write(buffer, position, stop - position);
      requireBounded(line);
      keep(position, Math.min(end, stop + 1));
      position = stop;
      if (stop < end) {
        afterCarriageReturn = buffer[stop] == '\r';
        position = stop + 1;
        dropByteOrderMark();
        return true;
      }
    }
  }

  private void keep(int from, int to) throws EventTooLongException {
    if (keepsRaw) {
      raw.write(buffer, from, to - from);
      requireBounded(raw);
    }
  }

  private void requireBounded(ByteArrayOutputStream collected) throws EventTooLongException {
    if (collected.size() > maxEventBytes) {
      throw new EventTooLongException(maxEventBytes);
    }
  }

  private boolean fill() throws IOException {
    position = 0;
    end = Math.max(0, in.read(buffer, 0, buffer.length));
    return end > 0;
  }

  private void dropByteOrderMark() {
    if (!firstLine) {
      return;
    }
    firstLine = false;
    byte[] bytes = line.toByteArray();
    if (startsWith(bytes, BYTE_ORDER_MARK)) {
      line.reset();
      line.write(bytes, BYTE_ORDER_MARK.length, bytes.length - BYTE_ORDER_MARK.length);
    }
  }

  private static boolean startsWith(byte[] bytes, byte[] prefix) {
    if (bytes.length < prefix.length) {
      return false;
    }
    for (int i = 0; i < prefix.length; i++) {
      if (bytes[i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }
}
