package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.token.AuthorizedCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How requests are put to a server of one era of MCP.
sealed interface Dialect permits ModernDialect, LegacyDialect {
  /// @throws UpstreamFault whose kind says whether the call may have been delivered
  RpcAnswer call(AuthorizedCall call, Caller caller, CallerTerms terms, Deadline deadline)
      throws UpstreamFault;

  /// The capabilities that the server of such a call was told; empty if it cannot ask instead of
  /// answering.
  Optional<ObjectNode> askable(CallerTerms terms);

  /// One page of a list.
  ///
  /// @param method such as `tools/list`
  RpcAnswer list(String method, Optional<String> cursor, Deadline deadline) throws UpstreamFault;

  /// Hears of changes until the server ends it or the one who listens has closed it.
  ///
  /// @return the server's last word, or that it knows no such thing
  RpcAnswer listen(Listening listening, Deadline deadline) throws UpstreamFault;

  /// Whether `x-mcp-header` annotations have a meaning in this era and on this carrier.
  boolean mirrorsArguments();

  /// One page of the tools.
  default Page tools(Optional<String> cursor, Deadline deadline) throws UpstreamFault {
    String method = "tools/list";
    return Page.of(list(method, cursor, deadline), method, "tools", mirrorsArguments());
  }

  /// A page of a list.
  ///
  /// @param mirrored whether `x-mcp-header` annotations have a meaning
  record Page(List<ObjectNode> entries, Optional<String> next, boolean mirrored) {
    /// @param member of the result that holds the list
    /// @throws UpstreamFault REFUSED for an error, PROTOCOL if there is no list
    static Page of(RpcAnswer answer, String method, String member, boolean mirrored)
        throws UpstreamFault {
      ObjectNode result = resultOf(answer, method);
      JsonNode listed = result.path(member);
      if (!listed.isArray()) {
        throw UpstreamFault.protocol(method + " has no list of " + member);
      }
      List<ObjectNode> entries = new ArrayList<>(listed.size());
      for (JsonNode entry : listed) {
        if (entry instanceof ObjectNode object) {
          entries.add(object);
        }
      }
      JsonNode next = result.path("nextCursor");
      return new Page(
          entries, next.isTextual() ? Optional.of(next.textValue()) : Optional.empty(), mirrored);
    }
  }

  /// @throws UpstreamFault REFUSED if the answer is not a result
  static ObjectNode resultOf(RpcAnswer answer, String method) throws UpstreamFault {
    return switch (answer) {
      case RpcAnswer.Result result -> result.result();
      case RpcAnswer.Failure failure ->
          throw UpstreamFault.refused(method + ": " + failure.operatorDetail());
      case RpcAnswer.Rejected rejected ->
          throw UpstreamFault.refused(method + ": HTTP " + rejected.status());
    };
  }
}
