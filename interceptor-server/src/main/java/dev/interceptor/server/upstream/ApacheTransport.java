package dev.interceptor.server.upstream;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.ConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.TruncatedChunkException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/// POSTs over Apache HttpClient 5, blocking, with pooled keep-alive connections.
///
/// Reads have no timeout of their own: the deadline watch closes the connection, which also ends a
/// read that gets one byte a second.
final class ApacheTransport implements HttpTransport {
  /// Below the 5 s after which Node closes an idle connection, and Node announces it.
  private static final TimeValue LONGEST_IDLE = TimeValue.ofSeconds(15);

  private static final TimeValue IDLE_MARGIN = TimeValue.ofSeconds(1);
  private static final TimeValue UNCHECKED_IDLE = TimeValue.ofMilliseconds(500);
  private static final Duration LINGER = Duration.ofMillis(250);
  private static final int LINGER_BYTES = 4096;

  private final URI url;
  private final HttpHost host;
  private final int maxAnswerBytes;
  private final CloseableHttpClient client;
  private final DeadlineWatch watch;

  private ApacheTransport(UpstreamConfig config, CloseableHttpClient client, DeadlineWatch watch) {
    this.url = config.url();
    this.host = HttpHost.create(config.url());
    this.maxAnswerBytes = config.maxAnswerBytes();
    this.client = client;
    this.watch = watch;
  }

  static HttpTransport open(UpstreamConfig config) {
    Timeout timeout = Timeout.of(config.timeout());
    HttpClientConnectionManager connections = connections(config, timeout);
    CloseableHttpClient client =
        HttpClientBuilder.create()
            .setConnectionManager(connections)
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
    return new ApacheTransport(config, client, DeadlineWatch.start(config.name().value()));
  }

  private static HttpClientConnectionManager connections(UpstreamConfig config, Timeout timeout) {
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
        .setMaxConnTotal(config.maxConnections())
        .setMaxConnPerRoute(config.maxConnections())
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

  @Override
  public <T> T post(Request request, Deadline deadline, AnswerReader<T> reader)
      throws UpstreamFault {
    HttpPost post = new HttpPost(url);
    for (Header header : request.headers()) {
      post.addHeader(header.name(), header.value());
    }
    TrackedBody body = new TrackedBody(request.body());
    post.setEntity(body);
    try (var _ = watch.watch(deadline, post::cancel)) {
      return exchange(post, reader);
    } catch (UpstreamFault fault) {
      throw fault;
    } catch (IOException e) {
      throw classify(e, body, deadline);
    }
  }

  private <T> T exchange(HttpPost post, AnswerReader<T> reader) throws IOException {
    ClassicHttpResponse response = client.executeOpen(host, post, null);
    OpenAnswer answer = new OpenAnswer(response, maxAnswerBytes);
    boolean read = false;
    try {
      T result = reader.read(answer);
      read = true;
      return result;
    } finally {
      if (!read) {
        // Closing alone would first read the answer to its end.
        post.cancel();
      }
      if (read && answer.isUnfinished()) {
        linger(post, response, answer);
      } else {
        closeQuietly(response);
      }
    }
  }

  private static void closeQuietly(ClassicHttpResponse response) {
    try {
      response.close();
    } catch (IOException e) {
      // The answer has been read or given up: how its connection ends changes nothing.
    }
  }

  /// Reads the end of a stream whose message has been taken, so that the connection can be used
  /// again; a stream that does not end soon loses its connection.
  private void linger(HttpPost post, ClassicHttpResponse response, OpenAnswer answer) {
    Thread.startVirtualThread(() -> {
      try (response) {
        try (var _ = watch.watch(Deadline.after(LINGER), post::cancel)) {
          answer.body().skipNBytes(LINGER_BYTES);
        }
        post.cancel();
      } catch (IOException e) {
        // The stream ended, or broke at the end of its time: both release the connection.
      }
    });
  }

  private static UpstreamFault classify(IOException e, TrackedBody body, Deadline deadline) {
    String what = e.getClass().getSimpleName();
    if (!body.begun) {
      return new UpstreamFault(UpstreamFault.Kind.NOT_SENT, "not connected: " + what);
    }
    if (deadline.isOver()) {
      return new UpstreamFault(
          UpstreamFault.Kind.TIMEOUT, "no complete answer before the deadline");
    }
    boolean malformed =
        e instanceof ClientProtocolException
            || e instanceof MessageConstraintException
            || (e instanceof MalformedChunkCodingException
                && !(e instanceof TruncatedChunkException));
    return malformed
        ? UpstreamFault.protocol("the answer is not HTTP: " + what)
        : new UpstreamFault(UpstreamFault.Kind.DISCONNECTED, "the connection broke: " + what);
  }

  @Override
  public void close() {
    watch.close();
    client.close(org.apache.hc.core5.io.CloseMode.IMMEDIATE);
  }

  /// A body that knows whether its bytes have begun to leave: until then the peer cannot have
  /// acted.
  private static final class TrackedBody extends AbstractHttpEntity {
    private final byte[] bytes;
    private volatile boolean begun;

    TrackedBody(byte[] bytes) {
      super((String) null, null, false);
      this.bytes = bytes;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      begun = true;
      out.write(bytes);
    }

    @Override
    public InputStream getContent() {
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public long getContentLength() {
      return bytes.length;
    }

    @Override
    public boolean isRepeatable() {
      return false;
    }

    @Override
    public boolean isStreaming() {
      return false;
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }

  private static final class OpenAnswer implements Answer {
    private final ClassicHttpResponse response;
    private final int limit;
    private @Nullable BoundedInput body;

    OpenAnswer(ClassicHttpResponse response, int limit) {
      this.response = response;
      this.limit = limit;
    }

    @Override
    public int status() {
      return response.getCode();
    }

    @Override
    public Optional<String> header(String name) {
      org.apache.hc.core5.http.Header header = response.getFirstHeader(name);
      return header == null ? Optional.empty() : Optional.ofNullable(header.getValue());
    }

    @Override
    public InputStream body() throws IOException {
      if (body == null) {
        var entity = response.getEntity();
        InputStream content = entity == null ? InputStream.nullInputStream() : entity.getContent();
        long announced = entity == null ? 0 : entity.getContentLength();
        body = new BoundedInput(content, limit, announced);
      }
      return body;
    }

    boolean isUnfinished() {
      return body != null && !body.ended();
    }
  }
}
