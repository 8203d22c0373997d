package dev.interceptor.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.failure.Problem;
import dev.interceptor.server.http.Exchange;
import dev.interceptor.server.http.RequestGate;
import dev.interceptor.server.pinning.PinReport;
import dev.interceptor.server.pinning.PinStore;
import dev.interceptor.server.pinning.PinStore.Approved;
import dev.interceptor.server.pinning.PinnedTools;
import dev.interceptor.server.pinning.ToolPin;
import dev.interceptor.server.upstream.ToolServer;
import dev.interceptor.server.upstream.ToolServers;
import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// `/admin/api/v1/tools`: list, show, approve. An approval is in force on this instance when it is
/// acknowledged. SPEC §10.
public final class ToolsEndpoint {
  private static final List<String> MEMBERS = List.of("upstream", "tool", "digest");

  private final Gates gates;
  private final PinStore store;
  private final PinnedTools inForce;
  private final ToolServers upstreams;
  private final JsonLimits limits;

  /// Who may read and who may approve.
  public record Gates(RequestGate read, RequestGate approve) {}

  /// @param inForce takes over what is approved here
  /// @param upstreams the servers that are asked what they list now
  public ToolsEndpoint(
      Gates gates, PinStore store, PinnedTools inForce, ToolServers upstreams, JsonLimits limits) {
    this.gates = gates;
    this.store = store;
    this.inForce = inForce;
    this.upstreams = upstreams;
    this.limits = limits;
  }

  /// Every tool that was ever listed; with `?look=true` the servers are asked first.
  public void list(Context context) {
    var exchange = new Exchange(context);
    gates
        .read()
        .admit(
            exchange,
            _ -> {
              ObjectNode body = JsonNodeFactory.instance.objectNode();
              if (isLook(context)) {
                look(body.putArray("unreachable"));
              }
              ArrayNode list = body.putArray("tools");
              store.all().forEach(pin -> list.add(json(pin)));
              exchange.json(200, body);
            });
  }

  private static boolean isLook(Context context) {
    return switch (Optional.ofNullable(context.queryParam("look")).orElse("false")) {
      case "true" -> true;
      case "false" -> false;
      default -> throw InterceptorException.malformed("`look` is not true or false");
    };
  }

  private void look(ArrayNode unreachable) {
    for (ToolServer server : upstreams.all()) {
      try {
        inForce.look(server);
      } catch (InterceptorException e) {
        unreachable.addObject().put("upstream", server.name().value()).put("code", e.code().name());
      }
    }
  }

  private ObjectNode json(ToolPin pin) {
    return PinReport.json(pin, inForce.pinning(pin.tool().upstream()));
  }

  /// One tool, named by the query's `tool`, with its definitions and their difference.
  public void show(Context context) {
    var exchange = new Exchange(context);
    gates
        .read()
        .admit(
            exchange,
            _ -> {
              ToolRef tool =
                  new ToolRef(
                      named("upstream", context.pathParam("upstream"), UpstreamName::new),
                      named(
                          "tool",
                          Optional.ofNullable(context.queryParam("tool"))
                              .orElseThrow(() -> missing("tool", "its name as a query parameter")),
                          ToolName::new));
              PinStore.Texts texts = store.find(tool).orElseThrow(ToolsEndpoint::noSuchTool);
              exchange.json(
                  200,
                  PinReport.json(texts, store.history(tool), inForce.pinning(tool.upstream())));
            });
  }

  /// Trusts the definition whose digest was reviewed.
  public void approve(Context context) {
    var exchange = new Exchange(context);
    gates
        .approve()
        .admit(
            exchange,
            limits.maxBytes(),
            (principal, bytes) -> {
              JsonBody body = JsonBody.parse(bytes, limits, MEMBERS);
              ToolRef tool =
                  new ToolRef(
                      member(body, "upstream", "its name", UpstreamName::new),
                      member(body, "tool", "its name", ToolName::new));
              Sha256 digest = member(body, "digest", "that of the definition", Sha256::ofHex);
              answer(exchange, store.approve(tool, digest, "key " + principal.key()));
            });
  }

  private void answer(Exchange exchange, Approved approved) {
    switch (approved) {
      case Approved.Done done -> {
        inForce.refresh();
        exchange.json(200, json(done.pin()));
      }
      case Approved.Already already -> exchange.json(200, json(already.pin()));
      case Approved.OtherDefinition other ->
          exchange.problem(
              Problem.of(
                  ErrorCode.DEFINITION_CONFLICT,
                  "the definition to review has the digest " + PinReport.reviewable(other.pin()),
                  exchange.requestId()));
      case Approved.Unknown _ -> throw noSuchTool();
    }
  }

  private static <T> T member(JsonBody body, String name, String what, Function<String, T> type) {
    return named(name, body.text(name).orElseThrow(() -> missing(name, what)), type);
  }

  private static <T> T named(String name, String text, Function<String, T> type) {
    try {
      return type.apply(text);
    } catch (IllegalArgumentException e) {
      throw InterceptorException.malformed("`" + name + "`: " + e.getMessage());
    }
  }

  private static InterceptorException missing(String name, String what) {
    return InterceptorException.malformed("`" + name + "` is missing: write " + what);
  }

  private static InterceptorException noSuchTool() {
    return InterceptorException.of(ErrorCode.NOT_FOUND, "no such tool");
  }
}
