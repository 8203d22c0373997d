package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// An MCP server over standard input and output that does what its tools are called.
public final class StdioServer {
  private static final PrintStream OUT = new PrintStream(System.out, false, StandardCharsets.UTF_8);
  private static final List<String> TOOLS = List.of("echo", "environment");

  private final List<String> eras;
  private final Deque<JsonNode> held = new ArrayDeque<>();
  private final List<JsonNode> cancelled = new ArrayList<>();
  private final Map<String, JsonNode> asked = new HashMap<>();
  private boolean initialized;
  private int calls;
  private int waiting;

  private StdioServer(List<String> eras) {
    this.eras = eras;
  }

  /// The command that starts it.
  ///
  /// @param words `modern` and `legacy` are the eras that it speaks; `mute`: leaves unanswered what
  ///   it does not know; `fatal`: ends at what it does not know; `slow`: starts with a pause of 1.5
  ///   s; `immortal`: ends neither with its input nor at SIGTERM
  static Target.Command command(String... words) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                StdioServer.class.getName()));
    command.addAll(List.of(words));
    return new Target.Command(
        command, Map.of("PATH", "/usr/bin:/bin", "GREETING", "hello"), Optional.empty());
  }

  public static void main(String[] words) throws Exception {
    List<String> chosen = List.of(words);
    if (chosen.contains("immortal")) {
      Runtime.getRuntime().addShutdownHook(new Thread(StdioServer::forever));
    }
    if (chosen.contains("slow")) {
      Thread.sleep(1_500);
    }
    StdioServer server = new StdioServer(chosen);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      server.take(Messages.parse(line.getBytes(StandardCharsets.UTF_8)));
    }
    if (chosen.contains("immortal")) {
      forever();
    }
  }

  private static void forever() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void take(ObjectNode message) throws Exception {
    switch (message.path("method").asText("")) {
      case "server/discover" -> discover(message);
      case "initialize" -> initialize(message);
      case "tools/list" -> list(message);
      case "tools/call" -> call(message);
      case "notifications/cancelled" -> cancelled.add(message.path("params").path("requestId"));
      case "" -> answered(message);
      default -> unknown(message);
    }
  }

  private void discover(ObjectNode message) {
    if (!eras.contains("modern")) {
      unknown(message);
      return;
    }
    ObjectNode result = complete();
    result.putArray("supportedVersions").add("2026-07-28");
    result.putObject("capabilities").putObject("tools");
    result(message, result);
  }

  private void initialize(ObjectNode message) {
    if (!eras.contains("legacy") || initialized) {
      unknown(message);
      return;
    }
    initialized = true;
    ObjectNode result = Messages.object().put("protocolVersion", "2025-11-25");
    result.putObject("capabilities").putObject("tools");
    result.putObject("serverInfo").put("name", "stdio").put("version", "1");
    result(message, result);
  }

  private void unknown(ObjectNode message) {
    if (!message.has("id") || eras.contains("mute")) {
      return;
    }
    if (eras.contains("fatal")) {
      Runtime.getRuntime().halt(4);
    }
    ObjectNode reply = Messages.object().put("jsonrpc", "2.0");
    reply.set("id", message.path("id"));
    reply.putObject("error").put("code", -32601).put("message", "unknown");
    send(reply);
  }

  private void list(ObjectNode message) {
    ObjectNode result = complete().put("ttlMs", 1000).put("cacheScope", "private");
    var tools = result.putArray("tools");
    for (String tool : TOOLS) {
      tools.addObject().put("name", tool).putObject("inputSchema").put("type", "object");
    }
    result(message, result);
  }

  private void call(ObjectNode message) throws Exception {
    calls++;
    JsonNode arguments = message.path("params").path("arguments");
    switch (message.path("params").path("name").asText()) {
      case "echo" -> answer(message, echo(message));
      case "environment" -> answer(message, environment());
      case "hold" -> {
        waiting++;
        held.push(message);
      }
      case "release" -> release(message);
      case "die" -> Runtime.getRuntime().halt(3);
      case "garbage" -> garbage(message, arguments.path("lines").asInt());
      case "endless" -> endless();
      case "noise" -> noise(message);
      case "progress" -> progress(message);
      case "ask" -> ask(message);
      case "asked" -> answer(message, answers());
      case "cancelled" -> answer(message, cancelledIds());
      case "spawn" -> spawn(message);
      case "stop-reading" -> {
        answer(message, Messages.object());
        forever();
      }
      case "twice" -> {
        answer(message, echo(message));
        answer(message, Messages.object().put("second", true));
      }
      // Never answered.
      default -> waiting++;
    }
  }

  private ObjectNode echo(ObjectNode message) {
    ObjectNode said = Messages.object().put("pid", ProcessHandle.current().pid());
    said.put("calls", calls).put("waiting", waiting);
    said.set("params", message.path("params"));
    return said;
  }

  private static ObjectNode environment() {
    ObjectNode said = Messages.object().put("cwd", Path.of("").toAbsolutePath().toString());
    System.getenv().forEach((name, value) -> said.withObject("/variables").put(name, value));
    return said;
  }

  private void release(ObjectNode message) {
    answer(message, echo(message));
    while (!held.isEmpty()) {
      waiting--;
      ObjectNode next = (ObjectNode) held.pop();
      answer(next, echo(next));
    }
  }

  private static void garbage(ObjectNode message, int lines) {
    for (int i = 0; i < lines; i++) {
      line(i % 2 == 0 ? "listening on port 1" : "[1,2]");
      line("");
    }
    answer(message, Messages.object());
  }

  private static void endless() throws Exception {
    OutputStream raw = System.out;
    byte[] chunk = "x".repeat(8192).getBytes(StandardCharsets.US_ASCII);
    while (true) {
      raw.write(chunk);
    }
  }

  private static void noise(ObjectNode message) {
    PrintStream errors = new PrintStream(System.err, false, StandardCharsets.UTF_8);
    errors.println("\u001b[2Jforged\r\u202e hello eyJhbGciOi.eyJpc3M.c2ln" + "y".repeat(100_000));
    for (int i = 0; i < 20_000; i++) {
      errors.println("noise " + i);
    }
    errors.flush();
    answer(message, Messages.object());
  }

  private static void progress(ObjectNode message) {
    JsonNode token = message.path("params").path("_meta").path("progressToken");
    for (int i = 1; i <= 3; i++) {
      ObjectNode notice =
          Messages.object().put("jsonrpc", "2.0").put("method", "notifications/progress");
      notice.putObject("params").put("progress", i).set("progressToken", token);
      send(notice);
    }
    answer(message, Messages.object());
  }

  private static void ask(ObjectNode message) {
    for (String method : List.of("ping", "sampling/createMessage")) {
      ObjectNode request = Messages.object().put("jsonrpc", "2.0").put("id", "q-" + method);
      request.put("method", method).putObject("params");
      send(request);
    }
    answer(message, Messages.object());
  }

  private void answered(ObjectNode message) {
    asked.put(message.path("id").asText(), message);
  }

  private ObjectNode answers() {
    ObjectNode said = Messages.object();
    asked.forEach(said::set);
    return said;
  }

  private ObjectNode cancelledIds() {
    ObjectNode said = Messages.object();
    said.putArray("ids").addAll(cancelled);
    return said;
  }

  /// A child that ignores SIGTERM and outlives its parent.
  private static void spawn(ObjectNode message) throws Exception {
    Process child =
        new ProcessBuilder("sh", "-c", "trap '' TERM; while :; do sleep 1; done").start();
    answer(message, Messages.object().put("child", child.pid()));
  }

  private static ObjectNode complete() {
    return Messages.object().put("resultType", "complete");
  }

  private static void answer(ObjectNode request, ObjectNode structured) {
    ObjectNode result = complete();
    result.putArray("content");
    result.set("structuredContent", structured);
    result(request, result);
  }

  private static void result(ObjectNode request, ObjectNode result) {
    ObjectNode reply = Messages.object().put("jsonrpc", "2.0");
    reply.set("id", request.path("id"));
    reply.set("result", result);
    send(reply);
  }

  private static void send(ObjectNode message) {
    line(new String(Messages.bytes(message), StandardCharsets.UTF_8));
  }

  private static void line(String text) {
    OUT.print(text + "\n");
    OUT.flush();
  }
}
