package dev.interceptor.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.TokenClaims;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.FilterMapping;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Raw HTTP against a servlet that runs whatever body it gets, in every way that servlets have of
/// getting it.
class ToolCallFilterTest {
  private static final Audience HERE = new Audience("https://mail.example/mcp");
  private static final String PARAMS = "{\"name\":\"send\",\"arguments\":{\"to\":\"ü\"}}";
  private static final String CALL = "{\"method\":\"tools/call\",\"params\":" + PARAMS + "}";
  private static final String JSON = "Content-Type: application/json\r\n";

  private final Issuer issuer = Issuer.create();
  private final List<String> executed = new CopyOnWriteArrayList<>();
  private final Server jetty = new Server(0);

  /// Runs what it reads, at once or after one more dispatch.
  private final class Runner extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException {
      String mode = String.valueOf(request.getQueryString());
      if (request.getDispatcherType() == DispatcherType.REQUEST && mode.equals("dispatch")) {
        AsyncContext async = request.startAsync();
        async.dispatch();
      } else if (request.getDispatcherType() == DispatcherType.REQUEST && mode.equals("async")) {
        AsyncContext async = request.startAsync();
        async.start(() -> {
          run((HttpServletRequest) async.getRequest(), mode);
          async.complete();
        });
      } else {
        run(request, mode);
      }
    }

    private void run(HttpServletRequest request, String mode) {
      try {
        String body =
            mode.equals("reader")
                ? String.join("\n", request.getReader().lines().toList())
                : new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!body.isEmpty()) {
          executed.add(body);
          boolean claimed = request.getAttribute(ToolCallFilter.CLAIMS) instanceof TokenClaims;
          assertThat(claimed).isEqualTo(body.contains("tools/call"));
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /// Leads to the guarded servlet from where no filter is.
  private static final class Detour extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException {
      request.getRequestDispatcher("/mcp").forward(request, response);
    }
  }

  @BeforeEach
  void start() throws Exception {
    var guard =
        new ToolCallGuard(HERE, issuer.verifier(), new JsonLimits(64, 10_000), refusal -> {});
    var context = new ServletContextHandler();
    var runner = new ServletHolder("runner", new Runner());
    context.addServlet(runner, "/mcp/*");
    context.addServlet(new ServletHolder(new GuardedServlet(new Runner(), guard)), "/wrapped/*");
    context.addServlet(new ServletHolder(new Detour()), "/detour");
    var filter = new FilterHolder(new ToolCallFilter(guard));
    filter.setAsyncSupported(true);
    context.getServletHandler().addFilter(filter, mapping(filter));
    jetty.setHandler(context);
    jetty.start();
  }

  private static FilterMapping mapping(FilterHolder filter) {
    var mapping = new FilterMapping();
    filter.setName("guard");
    mapping.setFilterName("guard");
    mapping.setServletName("runner");
    mapping.setDispatcherTypes(EnumSet.allOf(DispatcherType.class));
    return mapping;
  }

  @AfterEach
  void stop() throws Exception {
    jetty.stop();
  }

  private String bearer() {
    return "Authorization: Bearer " + issuer.token(HERE, "send", PARAMS) + "\r\n";
  }

  /// @return the status
  private int send(String method, String target, String headers, byte[] body) throws IOException {
    int port = ((ServerConnector) jetty.getConnectors()[0]).getLocalPort();
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String head =
          "%s %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%s\r\n"
              .formatted(method, target, headers);
      var out = socket.getOutputStream();
      out.write(head.getBytes(StandardCharsets.ISO_8859_1));
      out.write(body);
      out.flush();
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(answer).doesNotContain("MISSING", "tools/call");
      return Integer.parseInt(answer.substring(9, 12));
    }
  }

  private int post(String target, String headers, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return send("POST", target, headers + "Content-Length: " + bytes.length + "\r\n", bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/mcp",
        "/mcp?reader",
        "/mcp?async",
        "/mcp?dispatch",
        "/detour",
        "/wrapped",
        "/wrapped?async",
        "/wrapped?dispatch"
      })
  void theServletGetsTheVerifiedBytesHoweverItReads(String target) throws Exception {
    assertThat(post(target, JSON + bearer(), CALL)).isEqualTo(200);
    assertThat(executed).containsExactly(CALL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/mcp",
        "/mcp/",
        "/mcp/x",
        "/mcp;a=b",
        "/mcp;a=b/x",
        "//mcp",
        "/%6dcp",
        "/./mcp",
        "/x/../mcp",
        "/mcp?_method=GET",
        "/mcp?access_token=x",
        "/mcp?async",
        "/mcp?dispatch",
        "/detour",
        "/wrapped",
        "/wrapped/x",
        "/wrapped?dispatch"
      })
  void noSpellingOfThePathLeadsAroundTheGuard(String target) throws Exception {
    assertThat(post(target, JSON, CALL)).isIn(400, 401, 404);
    assertThat(executed).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "DELETE"})
  void whatIsNotPostedHasNoBody(String method) throws Exception {
    byte[] body = CALL.getBytes(StandardCharsets.UTF_8);
    String length = "Content-Length: " + body.length + "\r\n";
    assertThat(send(method, "/mcp", JSON + length, body)).isEqualTo(400);
    assertThat(send(method, "/mcp", JSON + "Transfer-Encoding: chunked\r\n", chunked(body)))
        .isEqualTo(400);
    String override = "X-HTTP-Method-Override: POST\r\n";
    assertThat(send(method, "/mcp", override, new byte[0])).isEqualTo(200);
    assertThat(executed).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "PATCH", "HEAD", "OPTIONS", "TRACE", "post", "PURGE"})
  void otherMethodsAreNotServed(String method) throws Exception {
    byte[] body = CALL.getBytes(StandardCharsets.UTF_8);
    String length = JSON + "Content-Length: " + body.length + "\r\n";
    assertThat(send(method, "/mcp", length + bearer(), body)).isEqualTo(405);
    assertThat(executed).isEmpty();
  }

  @Test
  void chunksAreOneBody() throws Exception {
    byte[] body = chunked(CALL.getBytes(StandardCharsets.UTF_8));
    String headers = JSON + "Transfer-Encoding: chunked\r\n";
    assertThat(send("POST", "/mcp", headers, body)).isEqualTo(401);
    assertThat(executed).isEmpty();
    assertThat(send("POST", "/mcp", headers + bearer(), body)).isEqualTo(200);
    assertThat(executed).containsExactly(CALL);
  }

  private static byte[] chunked(byte[] body) {
    String text = new String(body, StandardCharsets.ISO_8859_1);
    String one = "5\r\n" + text.substring(0, 5) + "\r\n";
    String two = Integer.toHexString(text.length() - 5) + "\r\n" + text.substring(5) + "\r\n";
    return (one + two + "0\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Content-Type: text/plain\r\n",
        "Content-Type: application/json; charset=utf-16\r\n",
        "Content-Type: application/json; charset=iso-8859-1\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n",
        "Content-Type: multipart/form-data; boundary=x\r\n",
        "Content-Type: application/json\r\nContent-Type: text/plain\r\n",
        "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
        "Content-Type: application/json\r\nContent-Encoding: identity, gzip\r\n",
      })
  void onlyPlainJsonInUtf8IsRead(String headers) throws Exception {
    assertThat(post("/mcp", headers + bearer(), CALL)).isEqualTo(415);
    assertThat(executed).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json; charset=utf-8", "Application/JSON;charset=\"UTF-8\""})
  void utf8MayBeNamed(String type) throws Exception {
    assertThat(post("/mcp", "Content-Type: " + type + "\r\n" + bearer(), CALL)).isEqualTo(200);
    assertThat(executed).containsExactly(CALL);
  }

  @Test
  void textInAnotherEncodingIsNotRead() throws Exception {
    for (String charset : List.of("UTF-16", "UTF-16LE", "UTF-32", "ISO-8859-1")) {
      byte[] body = CALL.getBytes(Charset.forName(charset));
      String length = "Content-Length: " + body.length + "\r\n";
      assertThat(send("POST", "/mcp", JSON + bearer() + length, body)).isEqualTo(400);
    }
    assertThat(executed).isEmpty();
  }

  @Test
  void severalAuthorizationHeadersAreRefused() throws Exception {
    assertThat(post("/mcp", JSON + bearer() + bearer(), CALL)).isEqualTo(401);
    assertThat(post("/mcp", JSON + bearer() + "Authorization: Basic x\r\n", CALL)).isEqualTo(401);
    assertThat(executed).isEmpty();
  }

  @Test
  void aMessageThatIsTooLongIsRefusedHoweverItIsSent() throws Exception {
    String longer = CALL + " ".repeat(10_000);
    byte[] body = longer.getBytes(StandardCharsets.UTF_8);
    assertThat(post("/mcp", JSON + bearer(), longer)).isEqualTo(413);
    String chunks = JSON + bearer() + "Transfer-Encoding: chunked\r\n";
    assertThat(send("POST", "/mcp", chunks, chunked(body))).isEqualTo(413);
    assertThat(executed).isEmpty();
  }
}
