package dev.interceptor.server.secrecy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interceptor.server.live.LiveStack;
import dev.interceptor.server.live.RawClient;
import dev.interceptor.server.live.RawClient.Reply;
import dev.interceptor.server.live.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A session through every kind of answer, with a secret wherever one can stand.
final class Session {
  static final int MAX_BODY = 32_768;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final LiveStack stack;
  private final ServerProcess server;
  private final Secrets secrets;
  private final Secrets lookedAt = new Secrets();
  private final String id;
  private final List<Reply> replies = new ArrayList<>();

  /// @param id stored as it is: no secret
  Session(LiveStack stack, ServerProcess server, Secrets secrets, String id) {
    this.stack = stack;
    this.server = server;
    this.secrets = secrets;
    this.id = id;
    secrets.keep("the agent's key", stack.dev().apiKey());
    secrets.keep("the operator's key", stack.dev().adminKey());
    secrets.keep("the password of Redis", password(stack.config().redis().url()));
  }

  private static String password(String redisUrl) {
    return redisUrl.substring(redisUrl.indexOf("//:") + 3, redisUrl.indexOf('@'));
  }

  /// Values of arguments that the policy looks at: the audit log holds them.
  Secrets lookedAt() {
    return lookedAt;
  }

  /// Every answer, in order.
  List<Reply> replies() {
    return List.copyOf(replies);
  }

  List<Reply> errors() {
    return replies.stream().filter(reply -> reply.status() >= 400).toList();
  }

  void permitted() throws IOException {
    String content = secrets.fresh("a file's content, argument and result");
    execute("write_file", "{\"path\":\"/home/demo/a.txt\",\"content\":\"" + content + "\"}");
    Reply read = execute("read_file", "{\"path\":\"/home/demo/a.txt\"}");
    if (!read.body().contains(content)) {
      throw new AssertionError("the tool did not answer with what was written: " + read.body());
    }
    execute("read_file", "{\"path\":\"/home/demo/" + lookedAt.fresh("a missing file") + "\"}");
    body(
        "execute",
        "{\"session_id\":\"%s\",\"upstream\":\"demo\",\"tool_name\":\"list_customers\",\"user_prompt\":\"%s\"}"
            .formatted(id, secrets.fresh("the user's prompt")));
    Reply issued =
        call("authorize", "demo", "list_customers", "{\"a\":\"" + secrets.fresh("unused") + "\"}");
    secrets.keep("an issued token", JSON.readTree(issued.body()).path("token").asText());
  }

  void denied() throws IOException {
    execute("read_customer", "{\"id\":\"c-1001\"}");
    execute(
        "send_email",
        "{\"to\":[\"a@elsewhere.example\"],\"subject\":\"s\",\"body\":\""
            + secrets.fresh("a refused mail")
            + "\"}");
    execute(
        "wire_transfer",
        "{\"recipient\":\"%s\",\"amount\":5000,\"currency\":\"EUR\"}"
            .formatted(secrets.fresh("a recipient")));
    execute(
        "wire_transfer",
        "{\"amount\":\"%s\",\"currency\":\"EUR\"}"
            .formatted(lookedAt.fresh("an amount that no rule can compare")));
    execute("read_file", "{\"path\":\"/etc/" + lookedAt.fresh("a path outside") + "\"}");
    execute("run_shell", "{\"command\":\"" + secrets.fresh("a command") + "\"}");
  }

  void malformed() throws IOException {
    String open = "{\"session_id\":\"" + id + "\",\"tool_name\":\"list_customers\",";
    body("execute", open + "\"args\":{\"a\":\"" + secrets.fresh("a cut body"));
    String twice = secrets.fresh("a name that stands twice");
    body("execute", open + "\"args\":{\"" + twice + "\":1,\"" + twice + "\":2}}");
    body("execute", open + "\"args\":\"" + secrets.fresh("arguments that are text") + "\"}");
    body(
        "execute", open + "\"args\":{\"a\":\"" + secrets.fresh("a lone surrogate") + "\\ud800\"}}");
    body("execute", open + "\"args\":{\"a\":tru" + secrets.fresh("a wrong literal") + "}}");
    body(
        "execute",
        open + "\"args\":{\"a\":1e999,\"b\":\"" + secrets.fresh("beside 1e999") + "\"}}");
    body("execute", open + "\"other\":\"" + secrets.fresh("an unknown member's value") + "\"}");
    body("execute", open + "\"" + stack.dev().apiKey() + "\":1}");
    body("execute", open + "\"upstream\":\"" + secrets.fresh("a bad upstream") + " \"}");
    body("execute", "{\"tool_name\":\"" + secrets.fresh("a bad tool name") + " !\"}");
    body("execute", "[\"" + secrets.fresh("a body that is no object") + "\"]");
    body("execute", secrets.fresh("a body that is no JSON"));
    body("execute", "{\"a\":\"" + secrets.fresh("a long body") + "x".repeat(MAX_BODY) + "\"}");
  }

  void failed() throws IOException {
    call("execute", "dead", "list_customers", "{\"a\":\"" + secrets.fresh("to nobody") + "\"}");
    String wrong = secrets.keep("a key that does not exist", "ik_aaaaaaaa_" + "b".repeat(32));
    String almost = secrets.keep("a key of the wrong shape", stack.dev().apiKey() + "x");
    try (var client = new RawClient(server.url());
        var admin = new RawClient(server.adminUrl())) {
      for (String key : new String[] {wrong, almost, stack.dev().adminKey()}) {
        replies.add(client.post("/proxy/execute", key, "{}"));
      }
      replies.add(client.get("/nothing/" + stack.dev().apiKey(), stack.dev().apiKey()));
      replies.add(client.get("/proxy/nothing?key=" + stack.dev().apiKey(), ""));
      replies.add(admin.get("/admin/api/v1/keys", stack.dev().apiKey()));
      replies.add(admin.delete("/admin/api/v1/keys/" + wrong, stack.dev().adminKey()));
      String badRole = "{\"customer\":\"demo\",\"role\":\"" + secrets.fresh("a bad role") + "\"}";
      replies.add(admin.post("/admin/api/v1/keys", stack.dev().adminKey(), badRole));
      Reply created =
          admin.post("/admin/api/v1/keys", stack.dev().adminKey(), "{\"customer\":\"demo\"}");
      secrets.keep("a created key", JSON.readTree(created.body()).path("key").asText());
    }
  }

  /// Both stores are away, one after the other.
  void unavailable() throws IOException {
    stack.dev().services().stopRedis();
    execute("list_customers", "{\"a\":\"" + secrets.fresh("without Redis") + "\"}");
    stack.dev().services().startRedis();
    stack.dev().services().stopPostgres();
    execute("list_customers", "{\"a\":\"" + secrets.fresh("without PostgreSQL") + "\"}");
    stack.dev().services().startPostgres();
  }

  private Reply execute(String tool, String args) throws IOException {
    return call("execute", "demo", tool, args);
  }

  private Reply call(String route, String upstream, String tool, String args) throws IOException {
    return body(
        route,
        "{\"session_id\":\"%s\",\"upstream\":\"%s\",\"tool_name\":\"%s\",\"args\":%s}"
            .formatted(id, upstream, tool, args));
  }

  private Reply body(String route, String json) throws IOException {
    try (var client = new RawClient(server.url())) {
      Reply reply = client.post("/proxy/" + route, stack.dev().apiKey(), json);
      replies.add(reply);
      return reply;
    }
  }
}
