package dev.interceptor.server.proxy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.audit.TokenId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.server.audit.Discretion;
import dev.interceptor.server.audit.ReportedExecution;
import dev.interceptor.server.audit.ReportedExecution.Status;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.http.Exchange;
import dev.interceptor.server.http.RequestGate;
import io.javalin.http.Context;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/// `POST /proxy/executions`: a tool server says which tokens it executed, so that the log has both
/// sides of a call. SPEC §9.
public final class ExecutionsEndpoint {
  private static final int MOST = 256;
  private static final Set<String> MEMBERS =
      Set.of("jti", "tool", "p_hash", "status", "result_digest");

  private final RequestGate gate;
  private final Consumer<List<LogEntry>> log;
  private final Discretion discretion;
  private final InstantSource clock;
  private final JsonLimits limits;

  /// @param gate lets tool servers in
  /// @param log appends all entries or none, and returns when they are committed
  public ExecutionsEndpoint(
      RequestGate gate,
      Consumer<List<LogEntry>> log,
      Discretion discretion,
      InstantSource clock,
      JsonLimits limits) {
    this.gate = gate;
    this.log = log;
    this.discretion = discretion;
    this.clock = clock;
    this.limits = limits;
  }

  /// All executions of a report are on record when it is answered, or none.
  public void report(Context context) {
    var exchange = new Exchange(context);
    gate.admit(
        exchange,
        limits.maxBytes(),
        (reporter, body) -> {
          List<ReportedExecution> executions = executions(body);
          record(reporter, exchange.requestId(), executions);
          exchange.json(
              200, JsonNodeFactory.instance.objectNode().put("recorded", executions.size()));
        });
  }

  private void record(Principal reporter, String requestId, List<ReportedExecution> executions) {
    executions.forEach(
        execution -> discretion.requireNoCredential("tool name", execution.tool().value()));
    Instant now = clock.instant();
    log.accept(
        executions.stream().map(execution -> execution.entry(reporter, requestId, now)).toList());
  }

  private List<ReportedExecution> executions(byte[] body) {
    JsonObject json;
    try {
      json = StrictJson.parseObject(body, limits);
    } catch (MalformedJsonException e) {
      throw InterceptorException.malformed("the body is not acceptable JSON: " + e.getMessage());
    }
    if (!json.members().keySet().equals(Set.of("executions"))
        || !(json.members().get("executions") instanceof JsonArray(List<JsonValue> all))
        || all.isEmpty()
        || all.size() > MOST) {
      throw InterceptorException.malformed(
          "write {\"executions\":[…]} with 1 to " + MOST + " of them, and nothing else");
    }
    return all.stream().map(ExecutionsEndpoint::execution).toList();
  }

  private static ReportedExecution execution(JsonValue value) {
    if (!(value instanceof JsonObject execution)
        || !MEMBERS.containsAll(execution.members().keySet())) {
      throw InterceptorException.malformed(
          "an execution has `jti`, `tool`, `p_hash`, `status` and maybe `result_digest`");
    }
    return new ReportedExecution(
        required(execution, "jti", TokenId::new),
        required(execution, "tool", ToolName::new),
        required(execution, "p_hash", Sha256::ofHex),
        required(execution, "status", ExecutionsEndpoint::status),
        optional(execution, "result_digest", Sha256::ofHex));
  }

  private static Status status(String word) {
    return Arrays.stream(Status.values())
        .filter(status -> status.word().equals(word))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("write completed or tool_error"));
  }

  private static <T> T required(JsonObject execution, String name, Function<String, T> parse) {
    return optional(execution, name, parse)
        .orElseThrow(() -> InterceptorException.malformed("`" + name + "` is missing"));
  }

  private static <T> Optional<T> optional(
      JsonObject execution, String name, Function<String, T> parse) {
    Optional<JsonValue> value = execution.member(name);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    try {
      if (value.get() instanceof JsonString(String text)) {
        return Optional.of(parse.apply(text));
      }
    } catch (IllegalArgumentException e) {
      throw InterceptorException.malformed("`" + name + "`: " + e.getMessage());
    }
    throw InterceptorException.malformed("`" + name + "` is not a string");
  }
}
