package dev.interceptor.guard;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Puts a [ToolCallGuard] before the servlet of an MCP endpoint.
///
/// *Guarantees*: of a POST the servlet gets the bytes that were decided about, and no others; of a
/// GET or DELETE, which may have no body, it gets none, so nothing behind the filter can make a
/// call of it; other methods are refused with 405. JSON in UTF-8 without a content coding is read,
/// up to the guard's limit. The claims of the token are the request's attribute [#CLAIMS].
///
/// Map it to the servlet's *name*, for every dispatcher type, so that no spelling of a path and no
/// forward leads around it; [GuardedServlet] does the same without a mapping.
public final class ToolCallFilter implements Filter {
  /// The attribute that holds the `TokenClaims` of an authorized call.
  public static final String CLAIMS = "dev.interceptor.guard.claims";

  private static final Pattern JSON =
      Pattern.compile(
          "application/json\\s*(?:;\\s*charset\\s*=\\s*(?:utf-8|\"utf-8\")\\s*)?;?\\s*",
          Pattern.CASE_INSENSITIVE);

  private final ToolCallGuard guard;

  public ToolCallFilter(ToolCallGuard guard) {
    this.guard = guard;
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!(request instanceof HttpServletRequest http)
        || !(response instanceof HttpServletResponse answer)) {
      throw new ServletException("only HTTP is guarded");
    }
    if (isDecided(http)) {
      chain.doFilter(request, response);
      return;
    }
    switch (http.getMethod()) {
      case "POST" -> post(http, answer, chain);
      case "GET", "DELETE" -> withoutBody(http, answer, chain);
      default -> {
        answer.setHeader("Allow", "GET, POST, DELETE");
        send(guard.refuse(405, "HTTP_METHOD_NOT_SERVED"), answer);
      }
    }
  }

  /// Whether this filter has seen the request: it is dispatched once more.
  private boolean isDecided(ServletRequest request) {
    ServletRequest inner = request;
    while (inner instanceof ServletRequestWrapper wrapper) {
      if (inner instanceof DecidedRequest decided && decided.isDecidedBy(this)) {
        return true;
      }
      inner = wrapper.getRequest();
    }
    return false;
  }

  private void withoutBody(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null) {
      send(guard.refuse(400, "BODY_WITHOUT_POST"), response);
      return;
    }
    chain.doFilter(new DecidedRequest(request, response, this, new byte[0]), response);
  }

  private void post(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!isPlainJson(request)) {
      send(guard.refuse(415, "NOT_PLAIN_JSON"), response);
      return;
    }
    Optional<byte[]> body = body(request);
    if (body.isEmpty()) {
      send(guard.refuse(413, "MESSAGE_TOO_LONG"), response);
      return;
    }
    switch (guard.decide(body.get(), headers(request, "Authorization"))) {
      case Decision.Refusal refusal -> send(refusal, response);
      case Decision.Pass pass -> {
        var decided = new DecidedRequest(request, response, this, body.get());
        pass.claims().ifPresent(claims -> decided.setAttribute(CLAIMS, claims));
        chain.doFilter(decided, response);
      }
    }
  }

  private static boolean isPlainJson(HttpServletRequest request) {
    List<String> types = headers(request, "Content-Type");
    return types.size() == 1
        && JSON.matcher(types.getFirst().strip()).matches()
        && headers(request, "Content-Encoding").stream()
            .allMatch(coding -> coding.strip().toLowerCase(Locale.ROOT).equals("identity"));
  }

  private static List<String> headers(HttpServletRequest request, String name) {
    return Collections.list(request.getHeaders(name));
  }

  private Optional<byte[]> body(HttpServletRequest request) throws IOException {
    if (request.getContentLengthLong() > guard.maxBytes()) {
      return Optional.empty();
    }
    byte[] body = request.getInputStream().readNBytes(guard.maxBytes() + 1);
    return body.length > guard.maxBytes() ? Optional.empty() : Optional.of(body);
  }

  private static void send(Decision.Refusal refusal, HttpServletResponse response)
      throws IOException {
    response.setStatus(refusal.status());
    refusal.challenge().ifPresent(value -> response.setHeader("WWW-Authenticate", value));
    response.setHeader("Cache-Control", "no-store");
    response.setContentType("application/json");
    byte[] body = refusal.body().getBytes(StandardCharsets.UTF_8);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
