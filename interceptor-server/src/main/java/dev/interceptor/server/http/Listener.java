package dev.interceptor.server.http;

import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.failure.Problem;
import dev.interceptor.server.telemetry.FlowMetrics;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.time.Duration;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One HTTP listener: Javalin on virtual threads, strict about HTTP, with the one mapping of
/// failures to answers.
public final class Listener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
  private static final Duration DRAIN = Duration.ofSeconds(20);

  /// Connections that wait to be accepted. The platform's 50 loses some of a burst of new clients.
  private static final int ACCEPT_QUEUE = 1024;

  /// SDKs write the slash in a model's name as `%2F`. Paths are matched as they were sent, so it
  /// separates nothing: it can only be part of a name, in which no route takes a path.
  private static final UriCompliance SLASH_IN_A_NAME =
      UriCompliance.RFC3986.with(
          "SLASH_IN_A_NAME", UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR);

  private final Javalin javalin;
  private final String host;

  private Listener(Javalin javalin, String host) {
    this.javalin = javalin;
    this.host = host;
  }

  /// @param port 0 for any free one
  public static Listener start(
      String host, int port, FlowMetrics metrics, Consumer<RoutesConfig> routes) {
    Javalin javalin =
        Javalin.create(config -> {
          config.startup.showJavalinBanner = false;
          config.startup.showOldJavalinVersionWarning = false;
          config.concurrency.useVirtualThreads = true;
          config.http.compressionStrategy = CompressionStrategy.NONE;
          config.http.asyncTimeout = Duration.ofSeconds(30).toMillis();
          config.jetty.modifyHttpConfiguration(Listener::strict);
          config.jetty.addConnector((server, http) -> connector(server, http, host, port));
          config.jetty.modifyServer(server -> server.setStopTimeout(DRAIN.toMillis()));
          routes.accept(config.routes);
          config.routes.exception(
              Exception.class, (failure, context) -> fail(failure, context, metrics));
          config.routes.error(404, Listener::nothingHere);
        });
    javalin.start();
    return new Listener(javalin, host);
  }

  private static ServerConnector connector(
      Server server, HttpConfiguration http, String host, int port) {
    var connector = new ServerConnector(server, new HttpConnectionFactory(http));
    connector.setHost(host);
    connector.setPort(port);
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    return connector;
  }

  private static void strict(HttpConfiguration http) {
    http.setSendServerVersion(false);
    http.setHttpCompliance(HttpCompliance.RFC9110);
    http.setUriCompliance(SLASH_IN_A_NAME);
    http.setRequestHeaderSize(16 * 1024);
    http.setIdleTimeout(Duration.ofSeconds(30).toMillis());
  }

  private static void fail(Exception failure, Context context, FlowMetrics metrics) {
    var exchange = new Exchange(context);
    Problem problem =
        failure instanceof HttpResponseException javalins
            ? Problem.of(
                code(javalins.getStatus()),
                code(javalins.getStatus()).publicMessage(),
                exchange.requestId())
            : Problem.of(failure, exchange.requestId());
    metrics.failed(problem.code().name());
    log(failure, problem);
    exchange.problem(problem);
  }

  /// Javalin answers an unmatched path itself, after the exception handlers.
  private static void nothingHere(Context context) {
    var exchange = new Exchange(context);
    if (!exchange.isAnswered()) {
      exchange.problem(
          Problem.of(
              ErrorCode.NOT_FOUND, ErrorCode.NOT_FOUND.publicMessage(), exchange.requestId()));
    }
  }

  private static ErrorCode code(int status) {
    return switch (status) {
      case 404, 405 -> ErrorCode.NOT_FOUND;
      case 413 -> ErrorCode.PAYLOAD_TOO_LARGE;
      case 400 -> ErrorCode.MALFORMED_REQUEST;
      default -> ErrorCode.INTERNAL;
    };
  }

  private static void log(Exception failure, Problem problem) {
    if (problem.code() == ErrorCode.INTERNAL) {
      LOG.error("request {} failed", problem.requestId(), failure);
    } else if (problem.status() >= 500) {
      LOG.warn(
          "request {} refused with {}: {}",
          problem.requestId(),
          problem.code(),
          failure.getMessage());
    } else {
      LOG.debug("request {} refused with {}", problem.requestId(), problem.code());
    }
    if (failure instanceof InterceptorException known && known.getCause() != null) {
      LOG.debug("cause of the failure of request {}", problem.requestId(), known.getCause());
    }
  }

  /// Such as `http://127.0.0.1:8080`.
  public String url() {
    return "http://" + host + ":" + javalin.port();
  }

  /// Stops accepting, lets requests under way finish for at most 20 s.
  @Override
  public void close() {
    javalin.stop();
  }
}
