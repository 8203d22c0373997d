package dev.interceptor.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.failure.Problem;
import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/// One request and its answer, with the few things that every route does alike.
public final class Exchange {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String JSON = "application/json";
  private static final String REQUEST_ID = "interceptor.request-id";
  private static final String ANSWERED = "interceptor.answered";
  private static final int UNANNOUNCED = 4095;

  /// Room that is made for what is only announced.
  private static final int ANNOUNCED = 64 * 1024 - 1;

  private static final Duration LONGEST_BODY = Duration.ofSeconds(30);
  private static final String BEARER = "bearer ";
  private static final String SESSION = "X-Session-Id";

  private final Context context;

  public Exchange(Context context) {
    this.context = context;
  }

  /// A fresh id per request, chosen here and never taken from the client.
  public String requestId() {
    String known = context.attribute(REQUEST_ID);
    if (known != null) {
      return known;
    }
    byte[] random = new byte[16];
    ThreadLocalRandom.current().nextBytes(random);
    String id = HexFormat.of().formatHex(random);
    context.attribute(REQUEST_ID, id);
    return id;
  }

  /// The address at the other end of the connection, whatever the headers say; no brackets, no
  /// zone.
  public String peer() {
    String address = context.req().getRemoteAddr().replace("[", "").replace("]", "");
    int zone = address.indexOf('%');
    return zone < 0 ? address : address.substring(0, zone);
  }

  /// The first part of the path that the request's route was registered with: `proxy`, `mcp`,
  /// `admin`.
  public String area() {
    return context.endpoint().path.split("/", 3)[1];
  }

  /// The API key that the request presents; several different ones are as good as none.
  public Optional<String> credential() {
    var presented = new ArrayList<String>(1);
    addAll("X-API-Key", presented);
    addAll("X-Sentinel-Key", presented);
    for (String header : headers("Authorization")) {
      if (header.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
        presented.add(header.substring(BEARER.length()).strip());
      }
    }
    return presented.stream().distinct().count() == 1
        ? Optional.of(presented.getFirst())
        : Optional.empty();
  }

  private void addAll(String name, List<String> values) {
    values.addAll(headers(name));
  }

  private List<String> headers(String name) {
    return java.util.Collections.list(context.req().getHeaders(name));
  }

  /// The header lines of the request.
  public Headers headers() {
    return new Headers() {
      @Override
      public List<String> all(String name) {
        return headers(name);
      }

      @Override
      public List<String> names() {
        return java.util.Collections.list(context.req().getHeaderNames());
      }
    };
  }

  /// The session that the request names.
  ///
  /// @throws InterceptorException MALFORMED_REQUEST if it names several, or what is no session id
  public Optional<SessionId> session() {
    List<String> named = headers(SESSION);
    if (named.isEmpty()) {
      return Optional.empty();
    }
    if (named.size() > 1) {
      throw InterceptorException.malformed(
          "the header `" + SESSION + "` stands there twice: send it once");
    }
    try {
      return Optional.of(new SessionId(named.getFirst()));
    } catch (IllegalArgumentException e) {
      throw InterceptorException.malformed("the header `" + SESSION + "`: " + e.getMessage());
    }
  }

  HttpServletRequest request() {
    return context.req();
  }

  /// The body of a JSON request.
  ///
  /// @throws InterceptorException UNSUPPORTED_MEDIA_TYPE or PAYLOAD_TOO_LARGE
  public byte[] jsonBody(int maxBytes) {
    return body(maxBytes, Set.of(JSON));
  }

  /// The body of a request in UTF-8.
  ///
  /// @param types acceptable media types, in lower case
  /// @throws InterceptorException UNSUPPORTED_MEDIA_TYPE or PAYLOAD_TOO_LARGE
  public byte[] body(int maxBytes, Set<String> types) {
    requireType(types);
    long declared = context.req().getContentLengthLong();
    if (declared > maxBytes) {
      throw InterceptorException.of(ErrorCode.PAYLOAD_TOO_LARGE, "declared length over the limit");
    }
    try (InputStream in = context.req().getInputStream()) {
      return read(in, declared < 0 ? UNANNOUNCED : (int) declared, maxBytes);
    } catch (IOException e) {
      throw InterceptorException.malformed("the body ended before its declared length");
    }
  }

  /// Bounds the whole body, not only each wait for a part of it.
  private static byte[] read(InputStream in, int expected, int maxBytes) throws IOException {
    long start = System.nanoTime();
    byte[] body = new byte[Math.min(expected, ANNOUNCED) + 1];
    int size = 0;
    for (int length = in.read(body);
        length >= 0;
        length = in.read(body, size, body.length - size)) {
      size += length;
      if (size > maxBytes) {
        throw InterceptorException.of(ErrorCode.PAYLOAD_TOO_LARGE, "body over the limit");
      }
      if (System.nanoTime() - start > LONGEST_BODY.toNanos()) {
        throw InterceptorException.malformed("the body took longer than 30 s to arrive");
      }
      if (size == body.length) {
        body = Arrays.copyOf(body, (int) Math.min(2L * size, maxBytes + 1L));
      }
    }
    return Arrays.copyOf(body, size);
  }

  private void requireType(Set<String> types) {
    String type = Optional.ofNullable(context.contentType()).orElse("");
    String[] parts = type.split(";", 2);
    boolean acceptable = types.contains(parts[0].strip().toLowerCase(Locale.ROOT));
    boolean utf8 =
        parts.length == 1 || parts[1].strip().replace("\"", "").equalsIgnoreCase("charset=utf-8");
    if (!acceptable || !utf8) {
      throw InterceptorException.of(
          ErrorCode.UNSUPPORTED_MEDIA_TYPE, "content type is not " + String.join(" or ", types));
    }
  }

  /// A header of the answer.
  public void header(String name, String value) {
    context.header(name, value);
  }

  /// The answer, for one who writes all of it.
  public HttpServletResponse takeOver() {
    context.attribute(ANSWERED, true);
    return context.res();
  }

  /// Whether the request found someone who answers it.
  boolean isAnswered() {
    return context.attribute(ANSWERED) != null;
  }

  public void json(int status, Object body) {
    respond(status, JSON, body);
  }

  /// The same for a body that is JSON text already.
  public void jsonText(int status, String body) {
    answer(status, JSON, body.getBytes(StandardCharsets.UTF_8));
  }

  public void problem(Problem problem) {
    boolean undecided = problem.decisionId() == null;
    if (undecided && (problem.status() == 429 || problem.status() == 503)) {
      context.header("Retry-After", "1");
    }
    if (problem.status() == 401) {
      context.header("WWW-Authenticate", "Bearer");
    }
    respond(problem.status(), Problem.MEDIA_TYPE, problem);
  }

  private void respond(int status, String mediaType, Object body) {
    try {
      answer(status, mediaType, MAPPER.writeValueAsBytes(body));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer could not be written", e);
    }
  }

  private void answer(int status, String mediaType, byte[] body) {
    context.attribute(ANSWERED, true);
    context
        .status(status)
        .contentType(mediaType)
        .header("Cache-Control", "no-store")
        .header("X-Request-Id", requestId())
        .result(body);
  }
}
