package dev.interceptor.server.upstream;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Optional;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.TruncatedChunkException;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/// Requests over Apache HttpClient 5, blocking, with pooled keep-alive connections.
///
/// Reads have no timeout of their own: the deadline watch closes the connection, which also ends a
/// read that gets one byte a second.
final class ApacheTransport implements HttpTransport {
  private final URI url;
  private final HttpHost host;
  private final long maxAnswerBytes;
  private final CloseableHttpClient client;
  private final DeadlineWatch watch;
  private volatile boolean closed;

  private ApacheTransport(
      URI url, long maxAnswerBytes, CloseableHttpClient client, DeadlineWatch watch) {
    this.url = url;
    this.host = HttpHost.create(url);
    this.maxAnswerBytes = maxAnswerBytes;
    this.client = client;
    this.watch = watch;
  }

  /// For calls.
  static HttpTransport open(UpstreamConfig config, URI url) {
    return open(config, url, config.maxConnections(), config.maxAnswerBytes(), "");
  }

  /// For streams that stay open: whoever reads them bounds them.
  static HttpTransport openForListening(UpstreamConfig config, URI url, int maxConnections) {
    return open(config, url, maxConnections, Long.MAX_VALUE, "-listening");
  }

  private static HttpTransport open(
      UpstreamConfig config, URI url, int maxConnections, long maxAnswerBytes, String purpose) {
    Timeout timeout = Timeout.of(config.timeout());
    CloseableHttpClient client = ApacheClients.open(timeout, maxConnections);
    return new ApacheTransport(
        url, maxAnswerBytes, client, DeadlineWatch.start(config.name().value() + purpose));
  }

  @Override
  public <T> T exchange(
      Request request, Deadline deadline, Exchange.Leaving leaving, AnswerReader<T> reader)
      throws UpstreamFault {
    HttpUriRequestBase message = new HttpUriRequestBase(request.verb().name(), url);
    for (Header header : request.headers()) {
      message.addHeader(header.name(), header.value());
    }
    Progress progress = new Progress(message);
    if (request.verb() == Verb.POST) {
      message.setEntity(new TrackedBody(request.body(), progress));
    }
    try (var watched = watch.watch(deadline, message::cancel);
        var _ = leaving.onLeave(progress::leave)) {
      return exchange(message, progress, watched, reader);
    } catch (UpstreamFault fault) {
      throw progress.left ? progress.givenUp() : fault;
    } catch (IOException e) {
      throw progress.left ? progress.givenUp() : classify(e, progress, deadline);
    }
  }

  private <T> T exchange(
      HttpUriRequestBase message,
      Progress progress,
      DeadlineWatch.Watched watched,
      AnswerReader<T> reader)
      throws IOException {
    ClassicHttpResponse response = send(message);
    progress.begun = true;
    OpenAnswer answer = new OpenAnswer(response, maxAnswerBytes, watched);
    boolean read = false;
    try {
      T result = reader.read(answer);
      read = true;
      return result;
    } finally {
      if (!read) {
        // Closing alone would first read the answer to its end.
        message.cancel();
      }
      if (read && answer.isUnfinished()) {
        ApacheClients.linger(watch, message, response, answer.body());
      } else {
        ApacheClients.closeQuietly(response);
      }
    }
  }

  /// The client takes a cancellation between two of its steps, and a request after its end, for
  /// bugs of its user.
  private ClassicHttpResponse send(HttpUriRequestBase message) throws IOException {
    try {
      return client.executeOpen(host, message, null);
    } catch (IllegalStateException e) {
      if (message.isCancelled() || closed) {
        throw new InterruptedIOException("cancelled");
      }
      throw e;
    }
  }

  private static UpstreamFault classify(IOException e, Progress progress, Deadline deadline) {
    String what = e.getClass().getSimpleName();
    if (!progress.begun) {
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
    closed = true;
    watch.close();
    client.close(org.apache.hc.core5.io.CloseMode.IMMEDIATE);
  }

  /// How far an exchange is: until its body has begun to leave the peer cannot have acted.
  private static final class Progress {
    private final HttpUriRequestBase message;
    private volatile boolean begun;
    private volatile boolean left;

    Progress(HttpUriRequestBase message) {
      this.message = message;
    }

    /// The one who waits for the answer does not any more.
    void leave() {
      left = true;
      message.cancel();
    }

    UpstreamFault givenUp() {
      return begun
          ? new UpstreamFault(UpstreamFault.Kind.ABANDONED, "the caller left before the answer")
          : new UpstreamFault(UpstreamFault.Kind.GIVEN_UP, "the caller left before it was sent");
    }
  }

  private static final class TrackedBody extends AbstractHttpEntity {
    private final byte[] bytes;
    private final Progress progress;

    TrackedBody(byte[] bytes, Progress progress) {
      super((String) null, null, false);
      this.bytes = bytes;
      this.progress = progress;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      progress.begun = true;
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
    private final long limit;
    private final DeadlineWatch.Watched watched;
    private @Nullable BoundedInput body;

    OpenAnswer(ClassicHttpResponse response, long limit, DeadlineWatch.Watched watched) {
      this.response = response;
      this.limit = limit;
      this.watched = watched;
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

    @Override
    public void unhurried() {
      watched.close();
    }

    boolean isUnfinished() {
      return body != null && !body.ended();
    }
  }
}
