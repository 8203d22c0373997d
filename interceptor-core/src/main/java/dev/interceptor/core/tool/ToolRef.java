package dev.interceptor.core.tool;

/// A tool on one upstream. Policies may name it bare (`send_email`) or qualified
/// (`mail__send_email`).
public record ToolRef(UpstreamName upstream, ToolName name) {
  /// What stands between the upstream's name and the tool's.
  public static final String SEPARATOR = "__";

  /// Reads a name as a policy may write it.
  ///
  /// @param otherwise the upstream of a bare name
  /// @throws IllegalArgumentException if a part breaks its syntax
  public static ToolRef of(String written, UpstreamName otherwise) {
    int cut = written.indexOf(SEPARATOR);
    return cut > 0 && UpstreamName.isOne(written.substring(0, cut))
        ? new ToolRef(
            new UpstreamName(written.substring(0, cut)),
            new ToolName(written.substring(cut + SEPARATOR.length())))
        : new ToolRef(otherwise, new ToolName(written));
  }

  /// The name that is unique over all upstreams of a customer.
  public String qualified() {
    return upstream.value() + SEPARATOR + name.value();
  }
}
