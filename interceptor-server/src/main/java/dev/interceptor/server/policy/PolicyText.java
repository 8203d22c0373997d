package dev.interceptor.server.policy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interceptor.core.policy.PolicyParser;
import dev.interceptor.core.policy.PolicyProblem;
import dev.interceptor.core.policy.PolicySet;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// A text that was found good: as it was written, and the policies in it.
///
/// @param policies each with a name of its own, in the order of the text
/// @param warnings what the author should know; never a reason to refuse
public record PolicyText(String text, List<PolicySet> policies, List<PolicyProblem> warnings) {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyText.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /// An escaped NUL, not an escaped backslash followed by `u0000`.
  private static final Pattern ESCAPED_NUL = Pattern.compile("(?<!\\\\)((?:\\\\\\\\)*)\\\\u0000");

  public PolicyText {
    policies = List.copyOf(policies);
    warnings = List.copyOf(warnings);
  }

  /// What became of a text.
  public sealed interface Reading {
    record Good(PolicyText text) implements Reading {}

    /// @param problems never empty
    record Bad(List<PolicyProblem> problems) implements Reading {
      public Bad {
        problems = List.copyOf(problems);
      }
    }
  }

  /// @param source what problems call the text, such as its file name
  public static Reading read(String text, String source) {
    try {
      return switch (PolicyParser.parse(text, source)) {
        case PolicyParser.Result.Rejected rejected -> new Reading.Bad(rejected.problems());
        case PolicyParser.Result.Parsed parsed ->
            new Reading.Good(new PolicyText(text, parsed.policies(), parsed.warnings()));
      };
    } catch (RuntimeException e) {
      LOG.error("the reader of policies failed on {}", source, e);
      return new Reading.Bad(
          List.of(
              new PolicyProblem(source, 1, 1, "the text cannot be read; the log has the reason")));
    }
  }

  /// As `read`, for a text that is to be stored, where it stays for ever and can be read by whoever
  /// may see policies: one that holds keys is bad.
  public static Reading readToStore(String text, String source) {
    Reading reading = read(text, source);
    if (!(reading instanceof Reading.Good good)) {
      return reading;
    }
    List<PolicyProblem> keys =
        good.text().warnings().stream().filter(PolicyText::isAboutKeys).toList();
    return keys.isEmpty() ? reading : new Reading.Bad(keys);
  }

  private static boolean isAboutKeys(PolicyProblem warning) {
    return warning.message().startsWith("customers are not read from policies")
        || warning.message().endsWith("keep keys out of policy files");
  }

  /// The policy of that name.
  public Optional<PolicySet> policy(String name) {
    return policies.stream().filter(policy -> policy.name().equals(name)).findFirst();
  }

  /// The same text for one of its policies alone; no policies if there is none of that name.
  PolicyText only(String name) {
    return new PolicyText(text, policy(name).stream().toList(), warnings);
  }

  /// The text as data, as PostgreSQL can store it: a NUL or half a surrogate pair in a string is
  /// replaced. Only the text is ever read back.
  String json() {
    Object tree = new Load(LoadSettings.builder().build()).loadFromString(text);
    String json = MAPPER.valueToTree(tree).toString();
    String paired = new String(json.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    return ESCAPED_NUL.matcher(paired).replaceAll("$1?");
  }
}
