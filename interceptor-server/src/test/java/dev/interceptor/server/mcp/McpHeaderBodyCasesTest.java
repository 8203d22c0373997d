package dev.interceptor.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.interceptor.server.live.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The header and body cases of the external vectors, byte by byte over a socket: each is answered
/// as marked, and the tool server sees as many calls as marked.
class McpHeaderBodyCasesTest {
  @TempDir private static Path folder;

  private static final int MORE_TRIES = 5;
  private static JournalStack stack;
  private static String minted;

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(HeaderBodyCase.arePresent(), "the external vectors are not here");
    stack = JournalStack.start(folder, "header-cases");
    assertThat(send(HeaderBodyCase.all().getFirst()).status()).isEqualTo(200);
    minted = stack.journal().calls().getFirst().token();
  }

  @AfterAll
  static void stop() {
    if (stack != null) {
      stack.close();
    }
  }

  @TestFactory
  List<DynamicTest> cases() throws IOException {
    return HeaderBodyCase.all().stream()
        .map(row -> DynamicTest.dynamicTest(row.id(), () -> isAnsweredAsMarked(row)))
        .toList();
  }

  private static void isAnsweredAsMarked(HeaderBodyCase row) throws IOException {
    int before = stack.journal().calls().size();
    RawClient.Reply reply = send(row);
    for (int again = 0; again < MORE_TRIES && isStream(reply); again++) {
      before = stack.journal().calls().size();
      reply = send(row);
    }
    assertThat(row.allows(reply.status())).as(reply.head() + reply.body()).isTrue();
    assertThat(stack.journal().calls().size() - before).isEqualTo(row.upstreamRequests());
    assertThat(stack.journal().others()).isEmpty();
    assertThat(reply.head()).doesNotContainIgnoringCase("Mcp-Session-Id");
    if (row.code().isPresent()) {
      assertThat(Posts.json(reply.body()).path("error").path("code").asInt())
          .isEqualTo(row.code().getAsInt());
    }
    if (row.status() == 200) {
      JsonNode result = Posts.json(reply.body()).path("result");
      assertThat(result.path("content").path(0).path("text").asText()).isEqualTo("done");
    }
  }

  /// What takes a second becomes a stream: here only where the machine stood still.
  private static boolean isStream(RawClient.Reply reply) {
    return reply.head().contains("text/event-stream");
  }

  private static RawClient.Reply send(HeaderBodyCase row) throws IOException {
    try (var client = new RawClient(stack.url())) {
      return client.raw(bytes(row));
    }
  }

  private static byte[] bytes(HeaderBodyCase row) {
    int length = row.body().getBytes(StandardCharsets.UTF_8).length;
    var head = new StringBuilder(row.method()).append(" /mcp HTTP/1.1\r\n");
    if (row.headers().all("Host").isEmpty()) {
      head.append("Host: 127.0.0.1:").append(stack.url().getPort()).append("\r\n");
    }
    if (row.headers().all("Authorization").isEmpty()) {
      head.append("X-API-Key: ").append(stack.key()).append("\r\n");
    }
    if (row.headers().all("Transfer-Encoding").isEmpty()) {
      head.append("Content-Length: ").append(length).append("\r\n");
    }
    for (Lines.Line line : row.headers().lines()) {
      String value = line.name().equals("Authorization") ? "Bearer " + minted : line.value();
      head.append(line.name()).append(": ").append(value).append("\r\n");
    }
    return (head + "\r\n" + row.body()).getBytes(StandardCharsets.UTF_8);
  }
}
