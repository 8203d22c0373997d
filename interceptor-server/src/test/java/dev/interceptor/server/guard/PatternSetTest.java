package dev.interceptor.server.guard;

import static dev.interceptor.core.policy.Detection.SECRETS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PatternSetTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern ATTACK = Pattern.compile("base=(.*) n=(\\d+)", Pattern.DOTALL);
  private static final long MOST_NANOS = 50_000_000;

  private static PatternSet set(String pattern) {
    return PatternSet.compile(Map.of("p", pattern));
  }

  @Test
  void aPatternFindsEveryPlaceInTheOrderOfTheText() {
    PatternSet set =
        PatternSet.compile(Map.of("badge", "EMP-[0-9]{4,6}", "project", "(?i)\\bfalcon[0-9]\\b"));
    assertThat(set.find("EMP-1234, Falcon7 EMP-99999", SECRETS))
        .containsExactly(
            new Finding(SECRETS, 0, 8), new Finding(SECRETS, 10, 17), new Finding(SECRETS, 18, 27));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "(a)\\1 ~ not in RE2 syntax",
        "a(?!b) ~ not in RE2 syntax",
        "a(?<=b)c ~ not in RE2 syntax",
        "(unclosed ~ not in RE2 syntax",
        "a{2000} ~ not in RE2 syntax",
        "x[0-9]+ ~ write a count such as {1,64}",
        "x.*y ~ write a count such as {1,64}",
        "(?:ab|c{3,})d ~ write a count such as {1,64}",
        "[a-z]{300} ~ more than 256 characters",
        "(?:[ab]{1,40}){1,40} ~ more than 256 characters",
        "(?:aaaa|bbbb|cccc|dddd|eeee|ffff|gggg|hhhh){0,64}z ~ more than 256 characters",
        "(?:[ab]c?|[de]f?|[gh]i?|[jk]l?|[mn]o?){1,128} ~ write smaller counts",
        "a? ~ matches the empty text",
        "(?:abc){0,3} ~ matches the empty text"
      })
  void whatCannotBeRunInBoundedTimeIsRefusedWithWhatToWriteInstead(String pattern, String reason) {
    assertThatThrownBy(() -> set(pattern))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pattern `p`")
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "abc ~ 3",
        "a|bcd|ef ~ 3",
        "(?P<n>ab){2,3}c? ~ 7",
        "[]a-z\\]]{4}\\d\\pL\\x{20AC}\\x41 ~ 8",
        "(?i)^a\\bb$ ~ 2",
        "(?s:a.)\\Qx+y\\E ~ 5",
        "[[:alpha:]_]{2}? ~ 2",
        "a{,3} ~ 5",
        "(?:a{3}){4}? ~ 12",
        "\\(\\) ~ 2"
      })
  void theLongestMatchIsKnown(String pattern, long length) {
    assertThat(PatternLength.longestMatch(pattern)).isEqualTo(length);
  }

  @Test
  void manyFindingsAreNotPassedOver() {
    PatternSet set = set("a");
    assertThatThrownBy(() -> set.find("a".repeat(20_000), SECRETS))
        .isInstanceOf(BudgetExceededException.class);
  }

  @Test
  void everyPatternThatIsKnownToHangIsRefusedOrQuick() throws IOException {
    Path folder = Path.of(System.getProperty("vectors", "../../shared/vectors"));
    assumeTrue(Files.isDirectory(folder), "the external vectors are not here");
    int refused = 0;
    List<String> slow = new ArrayList<>();
    List<String> lines = Files.readAllLines(folder.resolve("regex/redos_patterns.jsonl"));
    for (String line : lines) {
      JsonNode row = JSON.readTree(line);
      try {
        PatternSet set = set(row.path("pattern").asText());
        String text = attack(row.path("jdk25_java_util_regex").asText());
        if (CpuTime.best(5, MOST_NANOS, () -> find(set, text)) > MOST_NANOS) {
          slow.add(row.path("pattern").asText());
        }
      } catch (IllegalArgumentException e) {
        refused++;
        assertThat(e.getMessage()).startsWith("pattern `p` ");
      }
    }
    System.out.printf("patterns: %d, refused %d, slow %d%n", lines.size(), refused, slow.size());
    assertThat(slow).isEmpty();
    assertThat(refused).isBetween(1, lines.size() - 1);
  }

  private static String attack(String measured) {
    Matcher matcher = ATTACK.matcher(measured);
    return matcher.find()
        ? matcher.group(1).repeat(Integer.parseInt(matcher.group(2))) + "!"
        : "a0 b-=\"".repeat(5_000);
  }

  private static void find(PatternSet set, String text) {
    try {
      set.find(text, SECRETS);
    } catch (BudgetExceededException e) {
      assertThat(e).hasMessageContaining("findings");
    }
  }
}
