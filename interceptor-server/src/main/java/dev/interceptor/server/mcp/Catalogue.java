package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.tool.ProtocolMethod;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.pinning.PinnedTools;
import dev.interceptor.server.policy.PolicyStore;
import dev.interceptor.server.upstream.Feature;
import dev.interceptor.server.upstream.Listed;
import dev.interceptor.server.upstream.ToolDefinition;
import dev.interceptor.server.upstream.ToolServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The lists that a key gets to see: what the policy may ever permit to it and, of tools, what is
/// trusted, under the names of the address it asked.
///
/// A list does not depend on what a session has done, as MCP demands; what is closed by that is
/// refused when it is called.
final class Catalogue {
  private static final Logger LOG = LoggerFactory.getLogger(Catalogue.class);

  private final PolicyStore policies;
  private final PinnedTools pins;

  Catalogue(PolicyStore policies, PinnedTools pins) {
    this.policies = policies;
    this.pins = pins;
  }

  /// @throws InterceptorException if no upstream of the view can be asked
  List<ObjectNode> tools(View view, Principal principal) {
    PolicySet policy = policies.load(principal);
    return gathered(
        view.servers(),
        server ->
            pins.trusted(server).stream()
                .filter(tool -> policy.mayEverPermit(new ToolRef(server.name(), tool.name())))
                .flatMap(tool -> shown(view, server, tool).stream())
                .toList());
  }

  /// Tools that can only run as tasks cannot be called here and are left out.
  private static Optional<ObjectNode> shown(View view, ToolServer server, ToolDefinition tool) {
    JsonNode tasks = tool.definition().path("execution").path("taskSupport");
    if (tasks.asText("").equals("required")) {
      return Optional.empty();
    }
    ObjectNode copy = tool.definition().deepCopy();
    if (!tasks.isMissingNode()) {
      copy.remove("execution");
    }
    return Optional.of(copy.put("name", view.shownName(server, tool.name().value())));
  }

  /// The resources, resource templates or prompts.
  ///
  /// @throws InterceptorException if no upstream of the view can be asked
  List<ObjectNode> listed(Listed what, View view, Principal principal) {
    PolicySet policy = policies.load(principal);
    ToolName method = method(what).toolName();
    List<ToolServer> servers =
        view.exposing(feature(what)).stream()
            .filter(server -> policy.mayEverPermit(new ToolRef(server.name(), method)))
            .toList();
    return gathered(
        servers,
        server ->
            server.listed(what).stream().map(entry -> shown(what, view, server, entry)).toList());
  }

  private static ObjectNode shown(Listed what, View view, ToolServer server, ObjectNode entry) {
    ObjectNode copy = entry.deepCopy();
    copy.remove("_meta");
    return switch (what) {
      case PROMPTS -> copy.put("name", view.shownName(server, entry.path("name").asText()));
      case RESOURCES -> copy.put("uri", view.shownUri(server, entry.path("uri").asText()));
      case RESOURCE_TEMPLATES ->
          copy.put("uriTemplate", view.shownUri(server, entry.path("uriTemplate").asText()));
    };
  }

  static Feature feature(Listed what) {
    return switch (what) {
      case PROMPTS -> Feature.PROMPTS;
      case RESOURCES, RESOURCE_TEMPLATES -> Feature.RESOURCES;
    };
  }

  private static ProtocolMethod method(Listed what) {
    return switch (what) {
      case PROMPTS -> ProtocolMethod.PROMPTS_GET;
      case RESOURCES, RESOURCE_TEMPLATES -> ProtocolMethod.RESOURCES_READ;
    };
  }

  /// Asks all at once. One upstream that cannot be asked does not take the others with it.
  private static List<ObjectNode> gathered(
      List<ToolServer> servers, Function<ToolServer, List<ObjectNode>> entries) {
    if (servers.size() == 1) {
      return entries.apply(servers.getFirst());
    }
    List<ObjectNode> all = new ArrayList<>();
    List<InterceptorException> failures = new ArrayList<>();
    try (ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<ObjectNode>>> answers =
          servers.stream().map(server -> asking.submit(() -> entries.apply(server))).toList();
      for (Future<List<ObjectNode>> answer : answers) {
        try {
          all.addAll(answer.get());
        } catch (ExecutionException e) {
          failures.add(expected(e));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw InterceptorException.of(ErrorCode.STATE_UNAVAILABLE, "interrupted", e);
    }
    failures.forEach(e -> LOG.warn("a list lacks an upstream: {}", e.getMessage()));
    if (!failures.isEmpty() && failures.size() == servers.size()) {
      throw failures.getLast();
    }
    return all;
  }

  private static InterceptorException expected(ExecutionException e) {
    if (e.getCause() instanceof InterceptorException known) {
      return known;
    }
    throw new IllegalStateException("a list could not be put together", e);
  }
}
