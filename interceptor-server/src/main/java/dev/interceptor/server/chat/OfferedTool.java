package dev.interceptor.server.chat;

import java.util.List;

/// A tool that a request offers to the model.
///
/// @param name the function's or custom tool's name; of a provider's tool its type, such as
///   `web_search` or `mcp`
/// @param server where a provider's tool reaches out to, as the client wrote it: the URL or
///   connector of `mcp`; else empty
/// @param calls the names under which the client may be asked to call it, or to let it be called:
///   that of a function or custom tool, with its namespace (`crm.find`); of a provider's tool that
///   the client runs its kind, such as `computer`; of `mcp` those tools that the request names,
///   with the server's label
record OfferedTool(Kind kind, String name, String server, List<String> calls) {
  /// Who runs it.
  enum Kind {
    /// The client, with a JSON object as arguments.
    FUNCTION,
    /// The client, with a text.
    CUSTOM,
    /// The provider, unseen from here.
    PROVIDER
  }

  OfferedTool {
    calls = List.copyOf(calls);
  }
}
