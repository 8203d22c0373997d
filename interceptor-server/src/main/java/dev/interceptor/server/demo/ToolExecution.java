package dev.interceptor.server.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.json.JsonNull;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.ExpectedCall;
import dev.interceptor.core.token.TokenClaims;
import dev.interceptor.core.token.TokenRejection;
import dev.interceptor.core.token.TokenVerifier;
import dev.interceptor.core.token.VerifiedToken;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.Continuation;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.guard.ExecutionReports;
import java.time.InstantSource;
import java.util.Optional;

/// `tools/call`: nothing runs without a token for this server, this tool and these arguments.
final class ToolExecution {
  private static final int INVALID_PARAMS = -32602;
  private static final int TOKEN_REFUSED = 1401;

  private final TokenVerifier verifier;
  private final Audience audience;
  private final DemoTools tools;
  private final Journal journal;
  private final Reporter reporter;
  private final InstantSource clock;

  /// Who is told what was executed.
  interface Reporter {
    void executed(TokenClaims claims, ExecutionReports.Status status, String answer);
  }

  ToolExecution(
      TokenVerifier verifier,
      Audience audience,
      DemoTools tools,
      Journal journal,
      Reporter reporter,
      InstantSource clock) {
    this.verifier = verifier;
    this.audience = audience;
    this.tools = tools;
    this.journal = journal;
    this.reporter = reporter;
    this.clock = clock;
  }

  McpReply call(McpRequest request) {
    JsonObject params = request.params();
    Optional<ToolName> tool = McpRequest.text(params, "name").flatMap(ToolExecution::toolName);
    JsonValue sent = params.member("arguments").orElse(JsonNull.NULL);
    if (tool.isEmpty() || !(sent instanceof JsonObject || sent instanceof JsonNull)) {
      return McpReply.error(200, request.id(), INVALID_PARAMS, "name or arguments are not valid");
    }
    JsonObject arguments = sent instanceof JsonObject object ? object : JsonObject.EMPTY;
    ExpectedCall expected =
        new ExpectedCall(
            audience,
            tool.get(),
            Arguments.of(arguments).digest(),
            Continuation.of(params).map(Continuation::digest));
    return switch (verifier.verify(token(request), expected)) {
      case TokenRejection rejection -> refusal(request, rejection);
      case VerifiedToken token -> run(request, tool.get(), arguments, token);
    };
  }

  private static Optional<ToolName> toolName(String name) {
    try {
      return Optional.of(new ToolName(name));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String token(McpRequest request) {
    String header = request.header("Authorization").orElse("");
    return header.regionMatches(true, 0, "Bearer ", 0, 7) ? header.substring(7).strip() : "";
  }

  private static McpReply refusal(McpRequest request, TokenRejection rejection) {
    String reason = rejection.reason().name();
    ObjectNode data = JsonNodeFactory.instance.objectNode().put("reason", reason);
    return McpReply.error(401, request.id(), TOKEN_REFUSED, "token refused: " + reason, data)
        .with("WWW-Authenticate", "Bearer error=\"invalid_token\"");
  }

  private McpReply run(
      McpRequest request, ToolName name, JsonObject arguments, VerifiedToken token) {
    Optional<DemoTool> tool = tools.find(name.value());
    if (tool.isEmpty()) {
      return McpReply.error(200, request.id(), INVALID_PARAMS, "there is no tool of that name");
    }
    journal.add(token.claims(), clock.instant());
    try {
      ObjectNode structured = tool.get().behaviour().run(arguments);
      ObjectNode result = content(structured.toString()).put("isError", false);
      result.set("structuredContent", structured);
      reporter.executed(token.claims(), ExecutionReports.Status.COMPLETED, structured.toString());
      return McpReply.result(request.id(), result);
    } catch (DemoTool.ToolFailure failure) {
      reporter.executed(token.claims(), ExecutionReports.Status.TOOL_ERROR, failure.text());
      return McpReply.result(request.id(), content(failure.text()).put("isError", true));
    }
  }

  private static ObjectNode content(String text) {
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.putArray("content").addObject().put("type", "text").put("text", text);
    return result;
  }
}
