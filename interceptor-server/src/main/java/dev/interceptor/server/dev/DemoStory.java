package dev.interceptor.server.dev;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.tlog.Finding;
import dev.interceptor.core.tlog.LogVerdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/// The product's story, played against a running stack as any HTTP client would, each step checked.
public final class DemoStory {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CUSTOMER = "{\"id\":\"c-1001\"}";
  private static final String LEAK =
      "{\"to\":[\"someone@elsewhere.example\"],\"subject\":\"fyi\",\"body\":\"the record\"}";
  private static final String PAYMENT =
      "{\"recipient\":\"DE02120300000000202051\",\"amount\":25,\"currency\":\"EUR\"}";
  private static final String OTHER_PAYMENT =
      "{\"recipient\":\"DE02120300000000202051\",\"amount\":999,\"currency\":\"EUR\"}";

  private final DevStack stack;
  private final PrintWriter out;
  private final HttpClient http = HttpClient.newHttpClient();
  private boolean allDone = true;

  public DemoStory(DevStack stack, PrintWriter out) {
    this.stack = stack;
    this.out = out;
  }

  private record Reply(int status, JsonNode body) {
    String text(String member) {
      return body.path(member).asText("");
    }
  }

  /// Plays every step.
  ///
  /// @return whether each did what it says
  public boolean play() throws IOException, InterruptedException {
    Reply clean = call("execute", "story-1", "list_customers", "{}");
    step("an allowed call is answered by the tool", clean.status() == 200 && answered(clean));

    Reply sensitive = call("execute", "story-1", "read_customer", CUSTOMER);
    step(
        "reading a customer marks the session: " + sensitive.body().path("taints"),
        sensitive.status() == 200 && sensitive.body().path("taints").toString().contains("pii"));

    Reply leak = call("execute", "story-1", "send_email", LEAK);
    step(
        "mailing it out is refused: " + leak.status() + " " + leak.text("reason"),
        leak.status() == 403 && leak.text("reason").equals("TAINTED"));

    Reply tooMuch = call("execute", "story-2", "wire_transfer", PAYMENT.replace("25", "5000"));
    step(
        "paying more than the policy allows is refused: "
            + tooMuch.status()
            + " "
            + tooMuch.text("reason"),
        tooMuch.status() == 403 && tooMuch.text("reason").equals("RULE_BLOCKED"));

    atTheToolServer();

    step(
        "every call that a tool executed has its decision on record: " + stack.executedCalls(),
        stack.executedCalls() > 0 && stack.unrecordedCalls() == 0);

    onRecord(leak.text("decision_id"));
    return allDone;
  }

  /// @param denied a decision that the one who edits the log would rather not have on record
  private void onRecord(String denied) throws IOException, InterruptedException {
    Reply receipt =
        send(
            request(stack.url() + "/proxy/decisions/" + denied)
                .header("X-API-Key", stack.apiKey())
                .GET());
    step(
        "the agent's receipt proves its decision without us: entry "
            + receipt.body().path("log_index"),
        receipt.status() == 200 && stack.proves(receipt.body().toString()));

    LogVerdict clean = stack.auditLog();
    step("the audit log verifies: " + clean.rows() + " rows", clean.isClean());

    String said = stack.rewrite(denied, "permit");
    LogVerdict edited = stack.auditLog();
    String found =
        edited.findings().stream().findFirst().map(Finding::detail).orElse("nothing found");
    step(
        "a denial that was edited to a permit is found: row "
            + edited.findings().stream().findFirst().map(Finding::first).orElse(-1L)
            + ": "
            + found,
        edited.findings().stream()
            .anyMatch(finding ->
                finding.first() == receipt.body().path("log_index").asLong()
                    && finding.last() == finding.first()));

    var _ = stack.rewrite(denied, said);
    step("put back as it was, the log verifies again", stack.auditLog().isClean());
  }

  private void atTheToolServer() throws IOException, InterruptedException {
    Reply unsigned = send("", PAYMENT);
    step(
        "a call without a token is refused by the tool server: " + why(unsigned),
        unsigned.status() == 401);

    Reply permit = call("authorize", "story-3", "wire_transfer", PAYMENT);
    String token = permit.text("token");
    Reply tampered = send(token, OTHER_PAYMENT);
    step(
        "the same token with other arguments is refused by the tool server: " + why(tampered),
        tampered.status() == 401 && why(tampered).contains("WRONG_ARGUMENTS"));

    Reply honest = send(token, PAYMENT);
    step("with exactly its arguments the token is good once", honest.status() == 200);

    Reply replayed = send(token, PAYMENT);
    step(
        "the second time it is refused by the tool server: " + why(replayed),
        replayed.status() == 401 && why(replayed).contains("REPLAYED"));
  }

  private static boolean answered(Reply reply) {
    return reply.body().path("result").path("content").isArray();
  }

  private static String why(Reply reply) {
    return reply.body().path("error").path("data").path("reason").asText("no reason");
  }

  private void step(String what, boolean done) {
    out.println((done ? "  ✓ " : "  ✗ ") + what);
    out.flush();
    allDone &= done;
  }

  private Reply call(String route, String session, String tool, String args)
      throws IOException, InterruptedException {
    ObjectNode body = JSON.createObjectNode();
    body.put("session_id", session).put("tool_name", tool).put("upstream", "demo");
    body.set("args", JSON.readTree(args));
    return post(request(stack.url() + "/proxy/" + route).header("X-API-Key", stack.apiKey()), body);
  }

  /// A tool call straight to the tool server, as anyone who holds a token could send it.
  private Reply send(String token, String args) throws IOException, InterruptedException {
    ObjectNode body = JSON.createObjectNode().put("jsonrpc", "2.0").put("id", 1);
    ObjectNode params = body.put("method", "tools/call").putObject("params");
    params.put("name", "wire_transfer").set("arguments", JSON.readTree(args));
    params
        .putObject("_meta")
        .put("io.modelcontextprotocol/protocolVersion", "2026-07-28")
        .putObject("io.modelcontextprotocol/clientCapabilities");
    HttpRequest.Builder request =
        request(stack.toolServerUrl())
            .header("Accept", "application/json, text/event-stream")
            .header("MCP-Protocol-Version", "2026-07-28")
            .header("Mcp-Method", "tools/call")
            .header("Mcp-Name", "wire_transfer");
    return post(
        token.isEmpty() ? request : request.header("Authorization", "Bearer " + token), body);
  }

  private static HttpRequest.Builder request(String url) {
    return HttpRequest.newBuilder(URI.create(url))
        .timeout(Duration.ofSeconds(10))
        .header("Content-Type", "application/json");
  }

  private Reply post(HttpRequest.Builder request, ObjectNode body)
      throws IOException, InterruptedException {
    return send(request.POST(HttpRequest.BodyPublishers.ofString(body.toString())));
  }

  private Reply send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    return new Reply(response.statusCode(), JSON.readTree(response.body()));
  }
}
