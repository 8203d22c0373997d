package dev.interceptor.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.policy.PolicyParser;
import dev.interceptor.server.failure.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Holds the documents to the code: tables, examples, and the tests and links that they name.
final class ReadmeTest {
  private static final Path REPOSITORY = Path.of(System.getProperty("repository", ".."));
  private static final Pattern NAMED_TEST = Pattern.compile("`([A-Z]\\w*Test)(?:\\.([a-z]\\w+))?`");
  private static final Pattern LINK = Pattern.compile("\\]\\((?!https?://)([^)#]+)[^)]*\\)");

  @Test
  void theSettingsTableIsRenderedFromTheSettings() {
    assertThat(rows("README.md", "| setting |"))
        .containsExactlyElementsOf(Settings.ALL.stream().map(Setting::row).toList());
  }

  @Test
  void theErrorTableIsRenderedFromTheCodes() {
    assertThat(rows("README.md", "| status |"))
        .containsExactlyElementsOf(
            Arrays.stream(ErrorCode.values())
                .map(code ->
                    "| %d | `%s` | %s |".formatted(code.status(), code, code.publicMessage()))
                .toList());
  }

  @Test
  void theVerifyingServerIsTheOneThatIsTested() {
    String source =
        read("interceptor-server/src/test/java/dev/interceptor/server/readme/TokenCheck.java");
    assertThat(block("java", 1))
        .isEqualTo(between(source, "// README begins\n", "// README ends\n"));
  }

  @Test
  void theExampleOfASettingsFileIsComplete() {
    String example = block("yaml", 2);
    ServerConfig config =
        ServerConfig.load(
            new ConfigFile("README.md", example),
            Map.of("INTERCEPTOR_DATABASE_PASSWORD", "p", "INTERCEPTOR_REDIS_URL", "redis://h"));
    assertThat(config.upstreams()).isNotEmpty();
  }

  @Test
  void theExampleOfAPolicyLoads() {
    assertThat(PolicyParser.parse(block("yaml", 0), "README.md"))
        .isInstanceOf(PolicyParser.Result.Parsed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "docs/operations.md",
        "docs/tool-pinning.md",
        "docs/threat-model.md",
        "docs/intended-oddities.md"
      })
  void everyTestAndFileThatADocumentNamesExists(String document) {
    String text = read(document);
    NAMED_TEST
        .matcher(text)
        .results()
        .forEach(named ->
            assertThat(sources(named.group(1)))
                .as("sources of %s", named.group())
                .anyMatch(source -> source.contains(method(named))));
    Path folder = REPOSITORY.resolve(document).resolveSibling(".");
    LINK.matcher(text)
        .results()
        .forEach(link -> assertThat(folder.resolve(link.group(1))).exists());
  }

  private static String method(MatchResult named) {
    return Optional.ofNullable(named.group(2)).map(method -> method + "(").orElse("");
  }

  /// The texts of every test class of that name.
  private static List<String> sources(String test) {
    return Stream.of("interceptor-core", "interceptor-server", "examples/java-guard", "benchmarks")
        .map(module -> REPOSITORY.resolve(module).resolve("src/test/java"))
        .filter(Files::isDirectory)
        .flatMap(folder -> files(folder).stream())
        .filter(file -> file.endsWith(test + ".java"))
        .map(ReadmeTest::text)
        .toList();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The rows below the table head that starts with `head` and the line that follows it.
  private static List<String> rows(String document, String head) {
    return read(document)
        .lines()
        .dropWhile(line -> !line.startsWith(head))
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .toList();
  }

  /// A fenced block of the README, counted from 0 among those of its language.
  private static String block(String language, int number) {
    String text = read("README.md");
    String fence = "```" + language + "\n";
    int start = -1;
    for (int i = 0; i <= number; i++) {
      start = text.indexOf(fence, start + 1);
      assertThat(start).as("block %d of %s", number, language).isNotNegative();
    }
    return between(text.substring(start), fence, "```");
  }

  private static String between(String text, String start, String end) {
    int from = text.indexOf(start) + start.length();
    return text.substring(from, text.indexOf(end, from));
  }

  private static String read(String file) {
    return text(REPOSITORY.resolve(file));
  }
}
