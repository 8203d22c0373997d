package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.tool.ToolName;
import java.nio.charset.StandardCharsets;

/// A tool as its server describes it. Everything but the name is the server's own claim.
///
/// Two are equal if they say the same: the order of members and white space do not count.
public final class ToolDefinition {
  /// The longest definition, as JSON in UTF-8.
  public static final int MAX_BYTES = 256 * 1024;

  private static final JsonLimits LIMITS = new JsonLimits(128, MAX_BYTES);

  private final ToolName name;
  private final ObjectNode definition;
  private final String canonical;
  private final Sha256 digest;

  /// @param definition the whole object of `tools/list`: `name`, `description`, `inputSchema`, …;
  ///   not to be changed afterwards
  /// @throws IllegalArgumentException if it is longer than [#MAX_BYTES] or has no canonical form,
  ///   such as with a number that is not exactly a double
  public ToolDefinition(ToolName name, ObjectNode definition) {
    this.name = name;
    this.definition = definition;
    byte[] bytes = canonical(Messages.bytes(definition));
    this.canonical = new String(bytes, StandardCharsets.UTF_8);
    this.digest = Sha256.of(bytes);
  }

  private static byte[] canonical(byte[] text) {
    try {
      return CanonicalJson.bytes(StrictJson.parseObject(text, LIMITS));
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  public ToolName name() {
    return name;
  }

  public ObjectNode definition() {
    return definition;
  }

  /// The definition in the form of RFC 8785.
  public String canonical() {
    return canonical;
  }

  /// SHA-256 of the canonical form in UTF-8.
  public Sha256 digest() {
    return digest;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ToolDefinition that
        && name.equals(that.name)
        && digest.equals(that.digest);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  @Override
  public String toString() {
    return "ToolDefinition[" + name + " " + digest + "]";
  }
}
