package dev.interceptor.server.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseReaderTest {
  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void linesEndInAnyOfThreeWays(String end) throws IOException {
    assertThat(events(String.join(end, "event: message", "data: a", "", "data: b", "", "")))
        .containsExactly("a", "b");
  }

  @Test
  void severalDataLinesAreOneEvent() throws IOException {
    assertThat(events("data: {\"a\":\ndata: 1}\n\n")).containsExactly("{\"a\":\n1}");
  }

  @Test
  void aPrimingEventIsSkipped() throws IOException {
    assertThat(events("id: 7\ndata:\n\nid: 8\ndata: x\n\n")).containsExactly("x");
  }

  @Test
  void commentsAndUnknownFieldsAreSkipped() throws IOException {
    assertThat(events(": alive\nretry: 10\ndatabase: no\ndata:x\n: more\n\n")).containsExactly("x");
  }

  @Test
  void onlyOneLeadingSpaceIsDropped() throws IOException {
    assertThat(events("data:  two\n\n")).containsExactly(" two");
  }

  @Test
  void anEventWithoutItsBlankLineIsDropped() throws IOException {
    assertThat(events("data: whole\n\ndata: cut")).containsExactly("whole");
  }

  @Test
  void aByteOrderMarkIsSkipped() throws IOException {
    assertThat(events("\uFEFFdata: x\n\n")).containsExactly("x");
  }

  @Test
  void whateverTheReadsTheEventsAreTheSame() throws IOException {
    String stream = "data: grüße\r\ndata: 😀\r\n\r\n: c\r\ndata: second\r\n\r\n";
    for (int size = 1; size <= 12; size++) {
      assertThat(events(inPieces(stream, size)))
          .as("pieces of %d bytes", size)
          .containsExactly("grüße\n😀", "second");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void theBytesOfAllEventsAreThoseOfTheStream(String end) throws IOException {
    String stream =
        String.join(
            end,
            "\uFEFF: hello",
            "",
            "event: a",
            "data: grüße",
            "data:😀",
            "",
            ": ping",
            "",
            "id: 7",
            "data: x",
            "",
            "");
    for (int size = 1; size <= stream.length(); size++) {
      SseReader reader = new SseReader(inPieces(stream, size), 4096);
      ByteArrayOutputStream raw = new ByteArrayOutputStream();
      List<String> data = new ArrayList<>();
      for (var event = reader.nextEvent(); event.isPresent(); event = reader.nextEvent()) {
        raw.writeBytes(event.get().raw());
        data.add(new String(event.get().data(), StandardCharsets.UTF_8));
      }
      assertThat(data).containsExactly("grüße\n😀", "x");
      assertThat(stream).startsWith(raw.toString(StandardCharsets.UTF_8));
      assertThat(raw.toString(StandardCharsets.UTF_8).strip()).isEqualTo(stream.strip());
    }
  }

  @Test
  void anEventLeavesBeforeTheLineFeedOfItsLastLineHasCome() throws IOException {
    SseReader reader = new SseReader(inPieces("data: a\r\n\r\ndata: b\r\n\r\n", 11), 4096);
    assertThat(new String(reader.nextEvent().orElseThrow().raw(), StandardCharsets.UTF_8))
        .isEqualTo("data: a\r\n\r\n");
    SseReader cut = new SseReader(inPieces("data: a\r\n\r\ndata: b\r\n\r\n", 10), 4096);
    assertThat(new String(cut.nextEvent().orElseThrow().raw(), StandardCharsets.UTF_8))
        .isEqualTo("data: a\r\n\r");
    assertThat(new String(cut.nextEvent().orElseThrow().raw(), StandardCharsets.UTF_8))
        .isEqualTo("\ndata: b\r\n\r\n");
  }

  @Test
  void anEventThatIsTooLongIsAFailure() {
    SseReader reader = new SseReader(inPieces("data: 0123456789\n\n", 4), 12);
    assertThatThrownBy(reader::nextEvent).isInstanceOf(EventTooLongException.class);
    SseReader comments = new SseReader(inPieces(": ping\n\n".repeat(10), 4), 12);
    assertThatThrownBy(comments::nextEvent).isInstanceOf(EventTooLongException.class);
  }

  private static List<String> events(String stream) throws IOException {
    return events(new ByteArrayInputStream(stream.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<String> events(InputStream stream) throws IOException {
    SseReader reader = new SseReader(stream);
    List<String> events = new ArrayList<>();
    for (Optional<byte[]> event = reader.next(); event.isPresent(); event = reader.next()) {
      events.add(new String(event.get(), StandardCharsets.UTF_8));
    }
    return events;
  }

  static InputStream inPieces(String text, int size) {
    return new FilterInputStream(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))) {
      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        return super.read(target, offset, Math.min(size, length));
      }
    };
  }
}
