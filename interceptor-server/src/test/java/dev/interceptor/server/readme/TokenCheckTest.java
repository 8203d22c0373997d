package dev.interceptor.server.readme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.token.MalformedKeyException;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.upstream.AuthorizedCalls;
import dev.interceptor.server.upstream.ToolServer;
import dev.interceptor.server.upstream.UpstreamConfig;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class TokenCheckTest {
  private static final Instant START = Instant.ofEpochSecond(1_000_000);
  private static final String MAIL = "{\"to\":[\"a@acme.example\"]}";

  @Test
  void theReadmesServerRunsACallOnceAndNoOther() throws MalformedKeyException {
    var now = new AtomicReference<>(START);
    InstantSource clock = now::get;
    var calls = new AuthorizedCalls(clock);
    var check = new TokenCheck(bytes(calls.keys().toJson()), clock);
    UpstreamConfig mail =
        UpstreamConfig.of(new UpstreamName("mail"), URI.create("https://mail.example/mcp"));
    try (ToolServer server = ToolServer.open(mail, clock)) {
      String early = calls.to(server, "send_email", MAIL).token();
      assertThat(check.permits(early, "send_email", bytes(MAIL))).isFalse();
      now.set(START.plusSeconds(1));
      String token = calls.to(server, "send_email", MAIL).token();
      assertThat(check.permits(token, "send_email", bytes("{\"to\":[]}"))).isFalse();
      assertThat(check.permits(token, "read_mail", bytes(MAIL))).isFalse();
      assertThat(check.permits(token, "no such name", bytes(MAIL))).isFalse();
      assertThat(check.permits(token, "send_email", bytes("{\"to\":1,\"to\":2}"))).isFalse();
      assertThat(check.permits("", "send_email", bytes(MAIL))).isFalse();
      assertThat(check.permits(token, "send_email", bytes(MAIL))).isTrue();
      assertThat(check.permits(token, "send_email", bytes(MAIL))).isFalse();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
