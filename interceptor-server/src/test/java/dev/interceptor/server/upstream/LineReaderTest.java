package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineReaderTest {
  /// A stream that comes in pieces.
  private static InputStream pieces(String text, int size) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
      @Override
      public int read(byte[] target, int offset, int length) {
        return super.read(target, offset, Math.min(length, size));
      }
    };
  }

  private static List<String> lines(InputStream in, int maxBytes) throws IOException {
    LineReader reader = new LineReader(in, maxBytes);
    List<String> lines = new ArrayList<>();
    for (Optional<byte[]> line = reader.next(); line.isPresent(); line = reader.next()) {
      lines.add(new String(line.get(), StandardCharsets.UTF_8));
    }
    return lines;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1000, 100_000})
  void linesAreTheSameHoweverTheyArrive(int size) throws IOException {
    String large = "ü".repeat(40_000);
    assertThat(lines(pieces("a\n\r\n\nbb\r\n" + large + "\nc\nunfinished", size), 80_000))
        .containsExactly("a", "bb", large, "c");
  }

  @Test
  void theBoundIsExact() throws IOException {
    assertThat(lines(pieces("1234\n\n1234\r\n", 5), 4)).containsExactly("1234", "1234");
    assertThat(
            catchThrowableOfType(UpstreamFault.class, () -> lines(pieces("12345\n", 100), 4))
                .kind())
        .isEqualTo(UpstreamFault.Kind.PROTOCOL);
  }

  @Test
  void aLineWithoutEndIsNotReadToItsEnd() {
    var endless =
        new InputStream() {
          private long given;

          @Override
          public int read() {
            given++;
            return 'x';
          }

          @Override
          public int read(byte[] target, int offset, int length) {
            given += length;
            return length;
          }
        };
    assertThat(catchThrowableOfType(UpstreamFault.class, () -> lines(endless, 100_000)).kind())
        .isEqualTo(UpstreamFault.Kind.PROTOCOL);
    assertThat(endless.given).isLessThan(400_000);
  }
}
