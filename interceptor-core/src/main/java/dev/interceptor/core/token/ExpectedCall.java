package dev.interceptor.core.token;

import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tool.ToolName;
import java.util.Optional;

/// The call that a tool server received and is about to execute, in the terms of a token.
///
/// @param audience the server's own canonical URI
/// @param tool the tool it is about to run
/// @param arguments digest of the canonical form of the arguments it received; absent and null are
///   `{}`
/// @param request digest of the canonical `{"inputResponses":…,"requestState":…}`, exactly when the
///   call carries either
public record ExpectedCall(
    Audience audience, ToolName tool, Sha256 arguments, Optional<Sha256> request) {
  public ExpectedCall(Audience audience, ToolName tool, Sha256 arguments) {
    this(audience, tool, arguments, Optional.empty());
  }
}
