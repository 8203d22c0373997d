package dev.interceptor.server.targets;

import dev.interceptor.server.targets.Model.PoolMember;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;

/// An answer whose exchange is open.
final class OpenAnswer implements ModelAnswer {
  /// How far an answer is looked into before its reader gets it.
  private static final int LOOK = 16 * 1024;

  /// Of an answer in one piece.
  private static final long LONGEST_WHOLE = 128L * 1024 * 1024;

  private final PoolMember member;
  private final Trust trust;
  private final int attempts;
  private final ClassicHttpResponse response;
  private final AnswerBody body;
  private final boolean whole;
  private OptionalInt failure = OptionalInt.empty();

  OpenAnswer(
      PoolMember member, Trust trust, int attempts, ClassicHttpResponse response, Exchange exchange)
      throws IOException {
    this.member = member;
    this.trust = trust;
    this.attempts = attempts;
    this.response = response;
    String type = header("content-type").orElse("");
    this.whole = !type.startsWith("text/event-stream") && !type.startsWith("application/x-ndjson");
    InputStream content =
        response.getEntity() == null
            ? InputStream.nullInputStream()
            : response.getEntity().getContent();
    this.body = new AnswerBody(content, exchange, whole ? LONGEST_WHOLE : Long.MAX_VALUE);
  }

  /// Finds out what the answer amounts to. Waits for its first bytes, and for all of a short answer
  /// in one piece.
  void look() throws IOException {
    if (status() >= 400) {
      failure = OptionalInt.of(status());
    } else if (whole) {
      byte[] start = body.ahead(LOOK);
      failure =
          start.length == 0
              ? OptionalInt.of(502)
              : start.length < LOOK ? ErrorBody.status(start, 0, start.length) : failure;
    }
  }

  @Override
  public String provider() {
    return member.provider().name();
  }

  @Override
  public String model() {
    return member.model();
  }

  @Override
  public Trust trust() {
    return trust;
  }

  @Override
  public int attempts() {
    return attempts;
  }

  @Override
  public int status() {
    return response.getCode();
  }

  @Override
  public OptionalInt failure() {
    return failure;
  }

  @Override
  public Optional<String> header(String name) {
    Header header = response.getFirstHeader(name);
    return header == null ? Optional.empty() : Optional.ofNullable(header.getValue());
  }

  @Override
  public OptionalLong contentLength() {
    long length = response.getEntity() == null ? 0 : response.getEntity().getContentLength();
    return length < 0 ? OptionalLong.empty() : OptionalLong.of(length);
  }

  @Override
  public InputStream body() {
    return body;
  }

  boolean isUnfinished() {
    return !body.ended();
  }
}
