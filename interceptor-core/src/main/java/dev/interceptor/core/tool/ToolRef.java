package dev.interceptor.core.tool;

/// A tool on one upstream. Policies may name it bare (`send_email`) or qualified
/// (`mail__send_email`).
public record ToolRef(UpstreamName upstream, ToolName name) {
  /// What stands between the upstream's name and the tool's.
  public static final String SEPARATOR = "__";

  /// The name that is unique over all upstreams of a customer.
  public String qualified() {
    return upstream.value() + SEPARATOR + name.value();
  }
}
