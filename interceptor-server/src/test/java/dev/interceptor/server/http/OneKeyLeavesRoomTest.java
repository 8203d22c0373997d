package dev.interceptor.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.server.Wiring;
import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.dev.SharedStack;
import dev.interceptor.server.identity.KeyRole;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.live.RawClient;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whoever sends bodies that do not end keeps nobody else out.
final class OneKeyLeavesRoomTest {
  private static final int ROOM = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static Wiring small() throws IOException {
    ServerConfig known = SharedStack.get().config();
    var limits = new ServerConfig.Limits(known.limits().json(), ROOM, known.limits().deadline());
    return Wiring.start(
        new ServerConfig(
            new ServerConfig.Http("127.0.0.1", 0),
            new ServerConfig.Http("127.0.0.1", 0),
            limits,
            known.database(),
            known.redis(),
            known.token(),
            known.policy(),
            known.approvals(),
            known.mcp(),
            known.models().withUnderWay(ROOM),
            known.audit(),
            List.of()));
  }

  private static Socket withoutItsEnd(URI url, String path, String key) throws IOException {
    var socket = new Socket(url.getHost(), url.getPort());
    socket
        .getOutputStream()
        .write(
            """
            POST %s HTTP/1.1\r
            Host: %s\r
            X-API-Key: %s\r
            Content-Type: application/json\r
            Content-Length: 100\r
            \r
            {\
            """
                .formatted(path, url.getAuthority(), key)
                .getBytes(US_ASCII));
    return socket;
  }

  private static int status(URI url, String path, String key) throws IOException {
    try (var client = new RawClient(url)) {
      return client.post(path, key, "{}").status();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/proxy/authorize", "/mcp", "/v1/chat/completions"})
  void slowBodiesOfOneKeyLeaveRoomForOthers(String path) throws Exception {
    String slow = SharedStack.key("slow", KeyRole.AGENT);
    String other = SharedStack.key("other", KeyRole.AGENT);
    List<Socket> open = new ArrayList<>();
    try (Wiring server = small()) {
      URI url = URI.create(server.url());
      Await.until(
          "its share is taken",
          PATIENCE,
          () -> {
            open.add(withoutItsEnd(url, path, slow));
            return status(url, path, slow) == 429;
          });
      assertThat(status(url, path, other)).isNotIn(429, 503);
      for (Socket socket : open) {
        socket.close();
      }
      Await.until("it has room again", PATIENCE, () -> status(url, path, slow) != 429);
    }
  }
}
