package dev.interceptor.server.upstream;

import java.util.List;

/// `Mcp-Param-*` headers of a client that no annotation of the tool's schema explains: few and
/// short, and not passed on, because no policy decides about them.
public record ForwardedParams(List<Param> params) {
  public static final ForwardedParams NONE = new ForwardedParams(List.of());
  public static final int MOST = 32;
  public static final int LONGEST = 1024;

  /// One header, its value in visible ASCII.
  public record Param(String name, String value) {}

  /// @throws IllegalArgumentException for more than 32 of them, or one longer than 1 KiB
  public ForwardedParams {
    params = List.copyOf(params);
    if (params.size() > MOST
        || params.stream().anyMatch(param -> param.value().length() > LONGEST)) {
      throw new IllegalArgumentException(
          "at most " + MOST + " unknown headers of at most " + LONGEST + " characters");
    }
  }
}
