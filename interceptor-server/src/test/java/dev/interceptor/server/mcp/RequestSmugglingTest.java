package dev.interceptor.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Requests whose end is a matter of opinion, each with another request of a good key inside.
/// Whatever reaches the tool server is a call that the interceptor decided, the very one.
class RequestSmugglingTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path VECTORS =
      Path.of(System.getProperty("vectors", "../../shared/vectors")).resolve("http");
  private static final int AT_ONCE = 16;

  @TempDir private static Path folder;

  private static JournalStack stack;

  private final ConcurrentLinkedQueue<String> surprises = new ConcurrentLinkedQueue<>();

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(Files.isDirectory(VECTORS), "the external vectors are not here");
    stack = JournalStack.start(folder, "smuggling");
  }

  @AfterAll
  static void stop() {
    if (stack != null) {
      stack.close();
    }
  }

  /// The control: what the tests below count is seen where nothing hides it.
  @Test
  void aSecondRequestThatNothingHidesRunsAndIsCounted() throws Exception {
    int before = stack.journal().calls("delete_file").size();
    byte[] two = concat(call("read_file", "open"), call("delete_file", "open"));
    assertThat(OneShot.send(stack.url(), two)).containsExactly(200, 200);
    assertThat(stack.journal().calls("delete_file")).hasSize(before + 1);
    assertJournalIsOnRecord();
  }

  @Test
  void aBodyThatContentLengthEndsHidesNoSecondRequest() throws Exception {
    List<Gadget> gadgets = gadgets();
    assertThat(gadgets).hasSize(1768);
    Set<String> smuggled = run(gadgets, RequestSmugglingTest::contentLengthFirst);
    assertThat(smuggled).isEmpty();
  }

  /// Also where the gadget is another header altogether, which `Content-Length` rightly outdoes.
  @Test
  void aBodyThatChunksEndHidesNoSecondRequest() throws Exception {
    Set<String> smuggled = run(gadgets(), RequestSmugglingTest::chunksFirst);
    assertThat(smuggled).isEmpty();
  }

  @Test
  void whatHttpDoesNotAllowReachesNoToolServer() throws Exception {
    int rows = 0;
    for (String line : Files.readAllLines(VECTORS.resolve("llhttp_requests.jsonl"))) {
      JsonNode row = JSON.readTree(line);
      if (row.path("lenient").asBoolean() || !row.path("expect").asText().equals("error")) {
        continue;
      }
      rows++;
      byte[] raw = Base64.getDecoder().decode(row.path("raw_b64").asText());
      int before = stack.journal().calls().size();
      assertThat(OneShot.send(stack.url(), raw))
          .as(row.path("title").asText())
          .noneMatch(status -> status < 400);
      assertThat(stack.journal().calls()).hasSize(before);
      OneShot.send(stack.url(), concat(raw, call("delete_file", "after-" + rows)));
    }
    assertThat(rows).isEqualTo(63);
    assertJournalIsOnRecord();
  }

  /// @param text the header's bytes, a character each, without its line end
  private record Gadget(String name, String text) {
    byte[] line() {
      return text.getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  private interface Shape {
    byte[] request(Gadget gadget, String session);
  }

  private static List<Gadget> gadgets() throws IOException {
    List<Gadget> gadgets = new ArrayList<>();
    for (String line : Files.readAllLines(VECTORS.resolve("smuggler_te_gadgets.jsonl"))) {
      JsonNode row = JSON.readTree(line);
      gadgets.add(
          new Gadget(
              row.path("config").asText() + "/" + row.path("name").asText(),
              new String(
                  Base64.getDecoder().decode(row.path("te_gadget_b64").asText()),
                  StandardCharsets.ISO_8859_1)));
    }
    return gadgets;
  }

  /// @return the gadgets with which the inner request ran
  private Set<String> run(List<Gadget> gadgets, Shape shape) throws Exception {
    int before = stack.journal().calls("delete_file").size();
    var ran = new ConcurrentLinkedQueue<String>();
    var room = new Semaphore(AT_ONCE);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < gadgets.size(); i++) {
        Gadget gadget = gadgets.get(i);
        String session = "s" + i;
        room.acquire();
        threads.execute(() -> {
          try {
            List<Integer> statuses = OneShot.send(stack.url(), shape.request(gadget, session));
            if (statuses.stream().anyMatch(status -> status < 400)) {
              ran.add(gadget.name() + " " + statuses);
            }
          } catch (IOException | RuntimeException e) {
            surprises.add(gadget.name() + ": " + e);
          } finally {
            room.release();
          }
        });
      }
      threads.shutdown();
      assertThat(threads.awaitTermination(2, TimeUnit.MINUTES)).isTrue();
    }
    assertThat(surprises).isEmpty();
    assertJournalIsOnRecord();
    assertThat(stack.journal().calls("delete_file").size() - before)
        .isLessThanOrEqualTo(ran.size());
    return new TreeSet<>(ran);
  }

  /// To `Content-Length` the whole is one body; to a reader of chunks a call and another request.
  private static byte[] contentLengthFirst(Gadget gadget, String session) {
    byte[] json = body("read_file").getBytes(StandardCharsets.UTF_8);
    byte[] inner =
        concat(
            ascii(Integer.toHexString(json.length) + "\r\n"),
            json,
            ascii("\r\n0\r\n\r\n"),
            call("delete_file", session));
    return concat(
        head("read_file", session, inner.length), gadget.line(), ascii("\r\n\r\n"), inner);
  }

  /// To a reader of chunks the whole is one body; to `Content-Length` the first line of it, and
  /// another request.
  private static byte[] chunksFirst(Gadget gadget, String session) {
    byte[] inner = call("delete_file", session);
    byte[] size = ascii(Integer.toHexString(inner.length) + "\r\n");
    return concat(
        head("read_file", session, size.length),
        gadget.line(),
        ascii("\r\n\r\n"),
        size,
        inner,
        ascii("\r\n0\r\n\r\n"));
  }

  /// What reached the tool server and what the log permitted are the same calls.
  private static void assertJournalIsOnRecord() throws SQLException {
    assertThat(stack.journal().others()).isEmpty();
    assertThat(stack.journal().calls())
        .extracting(Journal.Call::onRecord)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(stack.permitted());
  }

  private static byte[] call(String tool, String session) {
    byte[] body = body(tool).getBytes(StandardCharsets.UTF_8);
    return concat(head(tool, session, body.length), ascii("\r\n"), body);
  }

  private static String body(String tool) {
    return Posts.call("{\"path\":\"/a\"}").replace("read_file", tool);
  }

  /// Up to the last header's line end; the head is not at its end yet.
  private static byte[] head(String tool, String session, int length) {
    return ascii(
        """
        POST /mcp HTTP/1.1
        Host: 127.0.0.1
        X-API-Key: %s
        X-Session-Id: %s
        Content-Type: application/json
        Accept: application/json, text/event-stream
        MCP-Protocol-Version: 2026-07-28
        Mcp-Method: tools/call
        Mcp-Name: %s
        Content-Length: %d
        """
            .formatted(stack.key(), session, tool, length)
            .replace("\n", "\r\n"));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] concat(byte[]... parts) {
    var whole = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      whole.writeBytes(part);
    }
    return whole.toByteArray();
  }
}
