package dev.interceptor.server.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.apache.hc.client5.http.ConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/// Apache HTTP clients that do nothing on their own: no redirect, no cookie, no retry, no
/// decompression, no login.
public final class ApacheClients {
  /// Below the 5 s after which Node closes an idle connection, and Node announces it.
  private static final TimeValue LONGEST_IDLE = TimeValue.ofSeconds(15);

  private static final TimeValue IDLE_MARGIN = TimeValue.ofSeconds(1);
  private static final TimeValue UNCHECKED_IDLE = TimeValue.ofMilliseconds(500);

  private static final Duration LINGER = Duration.ofMillis(250);
  private static final int LINGER_BYTES = 4096;

  private ApacheClients() {}

  /// @param timeout to get a connection, from the pool and from the peer
  public static CloseableHttpClient open(Timeout timeout, int maxConnections) {
    return HttpClientBuilder.create()
        .setConnectionManager(connections(timeout, maxConnections))
        .setDefaultRequestConfig(requests(timeout))
        .setKeepAliveStrategy(keepAlive())
        .disableRedirectHandling()
        .disableCookieManagement()
        .disableAutomaticRetries()
        .disableContentCompression()
        .disableAuthCaching()
        .disableConnectionState()
        .disableDefaultUserAgent()
        .build();
  }

  /// Reads the end of an answer whose content has been taken, so that the connection can be used
  /// again; one that does not end soon loses its connection. Returns at once.
  ///
  /// @param rest what of the answer is still to come
  public static void linger(
      DeadlineWatch watch,
      HttpUriRequestBase message,
      ClassicHttpResponse response,
      InputStream rest) {
    Thread.startVirtualThread(() -> {
      try (response;
          var _ = watch.watch(Deadline.after(LINGER), message::cancel)) {
        if (rest.readNBytes(LINGER_BYTES).length == LINGER_BYTES) {
          message.cancel();
        }
      } catch (IOException | IllegalStateException _) {
        // It ended, or broke at the end of its time, or its pool was closed: nothing is held any
        // more.
      }
    });
  }

  /// Ends an answer that nobody reads any further.
  public static void closeQuietly(ClassicHttpResponse response) {
    try {
      response.close();
    } catch (IOException _) {
      // The answer has been read or given up: how its connection ends changes nothing.
    }
  }

  private static HttpClientConnectionManager connections(Timeout timeout, int maxConnections) {
    Http1Config http =
        Http1Config.custom().setMaxLineLength(16 * 1024).setMaxHeaderCount(100).build();
    ConnectionConfig connection =
        ConnectionConfig.custom()
            .setConnectTimeout(timeout)
            .setSocketTimeout(Timeout.DISABLED)
            .setValidateAfterInactivity(UNCHECKED_IDLE)
            .setTimeToLive(TimeValue.ofMinutes(5))
            .build();
    return PoolingHttpClientConnectionManagerBuilder.create()
        .setConnectionFactory(
            ManagedHttpClientConnectionFactory.builder().http1Config(http).build())
        .setDefaultConnectionConfig(connection)
        .setDefaultSocketConfig(SocketConfig.custom().setSoKeepAlive(true).build())
        .setMaxConnTotal(maxConnections)
        .setMaxConnPerRoute(maxConnections)
        .build();
  }

  private static RequestConfig requests(Timeout timeout) {
    return RequestConfig.custom()
        .setConnectionRequestTimeout(timeout)
        .setResponseTimeout(Timeout.DISABLED)
        .setAuthenticationEnabled(false)
        .setContentCompressionEnabled(false)
        .setProtocolUpgradeEnabled(false)
        .setRedirectsEnabled(false)
        .setExpectContinueEnabled(false)
        .build();
  }

  /// A second less than the peer announces, so that both ends do not decide at the same moment.
  private static ConnectionKeepAliveStrategy keepAlive() {
    return (response, context) -> {
      TimeValue announced =
          DefaultConnectionKeepAliveStrategy.INSTANCE.getKeepAliveDuration(response, context);
      if (announced == null || announced.toMilliseconds() < 0) {
        return LONGEST_IDLE;
      }
      long millis = announced.toMilliseconds() - IDLE_MARGIN.toMilliseconds();
      return TimeValue.ofMilliseconds(Math.clamp(millis, 0, LONGEST_IDLE.toMilliseconds()));
    };
  }
}
