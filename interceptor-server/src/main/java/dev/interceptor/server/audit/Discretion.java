package dev.interceptor.server.audit;

import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.policy.ArgumentReads;
import dev.interceptor.core.policy.Detection;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.guard.Detectors;
import dev.interceptor.server.guard.JsonScreen;
import dev.interceptor.server.guard.VisibleText;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// What the audit log may hold of a client's text: of a call's arguments besides their digest one
/// JSON text, an object or a marker in its place; names and ids as they are, unless they are
/// credentials. SPEC §9.
///
/// *Guarantees*: what the detectors take for a credential is never kept, whatever the configuration
/// says; without configuration no argument is that the policy does not look at.
public final class Discretion {
  /// The longest text that is kept, in bytes of its canonical form and in characters.
  public static final int LONGEST = 16 * 1024;

  /// Says that the policy reads the arguments as a whole and none of them by its name.
  public static final String AS_A_WHOLE = "\"[READ_AS_A_WHOLE]\"";

  private static final Set<Detection> SECRETS = EnumSet.of(Detection.SECRETS);

  private final ArgumentTerms terms;
  private final Detectors detectors;
  private final JsonScreen careful;
  private final JsonScreen plain;

  public Discretion(ArgumentTerms terms, Detectors detectors) {
    this.terms = terms;
    this.detectors = detectors;
    this.careful = new JsonScreen(detectors, EnumSet.of(Detection.SECRETS, Detection.PII));
    this.plain = new JsonScreen(detectors, SECRETS);
  }

  /// @param field what the client reads, such as `session id`
  /// @throws InterceptorException MALFORMED_REQUEST naming the field, if the detectors take a part
  ///   of the value for a credential
  public void requireNoCredential(String field, String value) {
    if (!detectors.find(value, SECRETS).isEmpty()) {
      throw InterceptorException.malformed(
          "the " + field + " looks like a credential: write one that opens nothing");
    }
  }

  /// @param reads what the policy that decides looks at
  /// @return empty if there is nothing to show
  public Optional<String> shown(ToolCall call, ArgumentReads reads) {
    Arguments arguments = call.arguments();
    return switch (terms.of(call.tool())) {
      case DIGEST -> read(arguments, reads);
      case REDACTED -> whole(arguments, careful);
      case FULL -> whole(arguments, plain);
    };
  }

  private Optional<String> read(Arguments arguments, ArgumentReads reads) {
    if (reads.isNone()) {
      return Optional.empty();
    }
    JsonObject seen = reads.of(arguments.value());
    if (seen.isEmpty()) {
      return reads.asOne() ? Optional.of(AS_A_WHOLE) : Optional.empty();
    }
    return Optional.of(text(seen, CanonicalJson.bytes(seen).length, careful));
  }

  private static Optional<String> whole(Arguments arguments, JsonScreen screen) {
    if (arguments.value().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(text(arguments.value(), arguments.length(), screen));
  }

  /// Placeholders and escapes can be longer than what they stand for, so what is kept is measured
  /// again.
  ///
  /// @param bytes length of the value's canonical text
  private static String text(JsonObject value, int bytes, JsonScreen screen) {
    if (bytes > LONGEST) {
      return tooLong(bytes);
    }
    byte[] canonical = CanonicalJson.bytes(screen.screened(value));
    String shown = VisibleText.of(new String(canonical, StandardCharsets.UTF_8));
    return shown.length() > LONGEST ? tooLong(canonical.length) : shown;
  }

  private static String tooLong(int bytes) {
    return "\"[TOO_LONG: " + bytes + " BYTES]\"";
  }
}
