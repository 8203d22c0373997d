package dev.interceptor.server.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class JsonLinesTest {
  @Test
  void emptyLinesAreSkippedAndTheLastNeedsNoEnd() throws IOException {
    String stream = "\n{\"a\":\"grüße\"}\n\n\n{}\n[1]";
    for (int size = 1; size <= stream.length(); size++) {
      assertThat(lines(new JsonLines(SseReaderTest.inPieces(stream, size), 64)))
          .as("pieces of %d bytes", size)
          .containsExactly("{\"a\":\"grüße\"}", "{}", "[1]");
    }
  }

  @Test
  void aLineThatIsTooLongIsAFailure() throws IOException {
    assertThat(lines(new JsonLines(SseReaderTest.inPieces("12345678\n12345678", 4), 8))).hasSize(2);
    for (String end : List.of("", "\n")) {
      var lines = new JsonLines(SseReaderTest.inPieces("123456789" + end, 4), 8);
      assertThatThrownBy(lines::next).isInstanceOf(EventTooLongException.class);
    }
  }

  private static List<String> lines(JsonLines reader) throws IOException {
    List<String> lines = new ArrayList<>();
    for (var line = reader.next(); line.isPresent(); line = reader.next()) {
      lines.add(new String(line.get(), StandardCharsets.UTF_8));
    }
    return lines;
  }
}
