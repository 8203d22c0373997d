package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.demo.DemoToolServer;
import dev.interceptor.server.demo.JwksSource;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the client and the demo server agree on, in both eras.
class DemoServerContractTest {
  private final AuthorizedCalls calls = AuthorizedCalls.create();
  private DemoToolServer server;

  enum Era {
    MODERN,
    LEGACY
  }

  @BeforeEach
  void start() {
    server =
        DemoToolServer.start(
            new DemoToolServer.Settings(
                0, AuthorizedCalls.ISSUER, Optional.empty(), new JwksSource.Given(calls::keys)));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @EnumSource
  void toolsAreListedAlike(Era era) {
    try (ToolServer client = client(era)) {
      assertThat(client.tools()).hasSize(13);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anAuthorizedCallIsAnswered(Era era) {
    try (ToolServer client = client(era)) {
      String arguments = "{\"channel\":\"grün und blau\",\"text\":\"hi \\u0001\"}";
      assertThat(client.forward(calls.to(client, "post_message", arguments)))
          .isInstanceOfSatisfying(
              ToolReply.Completed.class,
              completed ->
                  assertThat(completed.result().path("structuredContent").path("channel").asText())
                      .isEqualTo("grün und blau"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTokenOfAnotherKeyIsRefusedWithItsReason(Era era) {
    try (ToolServer client = client(era)) {
      assertThat(client.forward(AuthorizedCalls.create().to(client, "list_customers", "{}")))
          .isEqualTo(
              new ToolReply.Failed(
                  ToolReply.Fault.REFUSED, "HTTP 401, JSON-RPC error 1401 UNKNOWN_KEY"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aReplayedTokenIsRefusedWithItsReason(Era era) {
    try (ToolServer client = client(era)) {
      var call = calls.to(client, "list_customers", "{}");
      assertThat(client.forward(call)).isInstanceOf(ToolReply.Completed.class);
      assertThat(client.forward(call))
          .isEqualTo(
              new ToolReply.Failed(
                  ToolReply.Fault.REFUSED, "HTTP 401, JSON-RPC error 1401 REPLAYED"));
    }
  }

  private ToolServer client(Era era) {
    UpstreamConfig config = UpstreamConfig.of(new UpstreamName("demo"), server.url());
    HttpTransport transport = ApacheTransport.open(config, server.url());
    HttpTransport spoken =
        switch (era) {
          case MODERN -> transport;
          case LEGACY -> new WithoutDiscovery(transport);
        };
    return new McpToolServer(
        config, new HttpRpcChannel(spoken, () -> spoken), InstantSource.system());
  }

  /// Hides that the server is modern.
  private record WithoutDiscovery(HttpTransport transport) implements HttpTransport {
    @Override
    public <T> T exchange(
        Request request, Deadline deadline, Exchange.Leaving leaving, AnswerReader<T> reader)
        throws UpstreamFault {
      if (!new String(request.body(), StandardCharsets.UTF_8).contains("server/discover")) {
        return transport.exchange(request, deadline, leaving, reader);
      }
      try {
        return reader.read(new NotFound());
      } catch (java.io.IOException e) {
        throw UpstreamFault.protocol("not expected");
      }
    }

    @Override
    public void close() {
      transport.close();
    }
  }

  private static final class NotFound implements HttpTransport.Answer {
    @Override
    public int status() {
      return 404;
    }

    @Override
    public Optional<String> header(String name) {
      return Optional.empty();
    }

    @Override
    public InputStream body() {
      return new ByteArrayInputStream(new byte[0]);
    }

    @Override
    public void unhurried() {
      // Nothing is to come.
    }
  }
}
