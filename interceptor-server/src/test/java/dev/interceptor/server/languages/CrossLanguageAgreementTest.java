package dev.interceptor.server.languages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonBoolean;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonNull;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.server.languages.Examples.Program;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// The verifiers in TypeScript and Python say about every public vector and about random arguments
/// what the core says. Skipped where Node or Python is missing.
class CrossLanguageAgreementTest {
  private static final int DOCUMENTS = Integer.getInteger("agreement.documents", 2_000);
  private static final long SEED = Long.getLong("agreement.seed", 1);
  private static final int AT_ONCE = 10_000;
  private static final String REFUSED = "refused";

  @Test
  void theTypeScriptVerifierAgreesOnThePublicVectors() throws Exception {
    assertThat(run(Examples.typescript(), "test/agreement/vectors.ts", Examples.VECTORS.toString()))
        .endsWith(" 0 disagreements\n");
  }

  @Test
  void thePythonVerifierAgreesOnThePublicVectors() throws Exception {
    assertThat(run(Examples.python(), "agreement/vectors.py", Examples.VECTORS.toString()))
        .endsWith(" 0 disagreements\n");
  }

  @Test
  void theTypeScriptVerifierAgreesOnRandomArguments() throws Exception {
    assertAgreesOnRandomArguments(Examples.typescript(), "test/agreement/hashes.ts");
  }

  @Test
  void thePythonVerifierAgreesOnRandomArguments() throws Exception {
    assertAgreesOnRandomArguments(Examples.python(), "agreement/hashes.py");
  }

  @Test
  void theTypeScriptGuardPassesItsOwnTests() throws Exception {
    Program program = Examples.typescript();
    run(new Program("tsc", program.folder(), List.of("node_modules/.bin/tsc")), "--noEmit");
    String output =
        run(
            program,
            "--test",
            "test/guard.test.ts",
            "test/remote-keys.test.ts",
            "test/ed25519.test.ts");
    assertThat(output).contains("# fail 0");
  }

  @Test
  void thePythonVerifierPassesItsOwnTests() throws Exception {
    run(Examples.python(), "-m", "unittest", "discover", "-s", "tests");
  }

  /// The control: with members in the order of their code points, the comparison finds the
  /// difference.
  @Test
  void aCanonicalFormInAnotherOrderIsCaught() throws Exception {
    List<byte[]> documents = documents(0, 2_000);
    List<String> answers = answers(Examples.python(), "agreement/hashes.py", documents);
    assertThat(disagreements(documents, answers, CrossLanguageAgreementTest::canonical)).isEmpty();
    assertThat(disagreements(documents, answers, CrossLanguageAgreementTest::inCodePointOrder))
        .isNotEmpty();
  }

  private static void assertAgreesOnRandomArguments(Program program, String script)
      throws IOException, InterruptedException {
    int refused = 0;
    for (int from = 0; from < DOCUMENTS; from += AT_ONCE) {
      List<byte[]> documents = documents(from, Math.min(DOCUMENTS, from + AT_ONCE));
      List<String> answers = answers(program, script, documents);
      assertThat(disagreements(documents, answers, CrossLanguageAgreementTest::canonical))
          .isEmpty();
      refused += (int) answers.stream().filter(REFUSED::equals).count();
    }
    System.out.printf(
        "%s agrees on %d random arguments, %d of them refused%n",
        program.name(), DOCUMENTS, refused);
    assertThat(refused).isBetween(DOCUMENTS / 20, DOCUMENTS / 2);
  }

  private static List<byte[]> documents(int from, int to) {
    return LongStream.range(from, to)
        .mapToObj(n -> RandomDocuments.of(SEED * 1_000_000_000L + n))
        .toList();
  }

  /// @return documents and both answers where they differ, in base64 to be read by a machine
  private static List<String> disagreements(
      List<byte[]> documents, List<String> answers, Function<JsonValue, byte[]> form) {
    assertThat(answers).hasSameSizeAs(documents);
    List<String> found = new ArrayList<>();
    for (int i = 0; i < documents.size(); i++) {
      String own = answer(documents.get(i), form);
      if (!own.equals(answers.get(i))) {
        String text = Base64.getEncoder().encodeToString(documents.get(i));
        found.add("%s: %s here, %s there".formatted(text, own, answers.get(i)));
      }
    }
    return found;
  }

  private static String answer(byte[] document, Function<JsonValue, byte[]> form) {
    try {
      return Sha256.of(form.apply(StrictJson.parseObject(document, JsonLimits.DEFAULT))).hex();
    } catch (MalformedJsonException e) {
      return REFUSED;
    }
  }

  private static byte[] canonical(JsonValue value) {
    return CanonicalJson.bytes(value);
  }

  private static byte[] inCodePointOrder(JsonValue value) {
    return text(value).getBytes(StandardCharsets.UTF_8);
  }

  private static String text(JsonValue value) {
    Comparator<String> byCodePoint =
        Comparator.comparing(name -> name.codePoints().toArray(), Arrays::compare);
    return switch (value) {
      case JsonObject(var members) ->
          members.keySet().stream()
              .sorted(byCodePoint)
              .map(name ->
                  text(new JsonString(name))
                      + ":"
                      + text(Objects.requireNonNull(members.get(name))))
              .collect(Collectors.joining(",", "{", "}"));
      case JsonArray(var elements) ->
          elements.stream()
              .map(CrossLanguageAgreementTest::text)
              .collect(Collectors.joining(",", "[", "]"));
      case JsonString _, JsonNumber _, JsonBoolean _, JsonNull _ ->
          new String(CanonicalJson.bytes(value), StandardCharsets.UTF_8);
    };
  }

  private static List<String> answers(Program program, String script, List<byte[]> documents)
      throws IOException, InterruptedException {
    Process process = program.with(script).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    Thread writer =
        Thread.ofVirtual()
            .start(() -> {
              try (var out =
                  new DataOutputStream(new BufferedOutputStream(process.getOutputStream()))) {
                for (byte[] document : documents) {
                  out.writeInt(document.length);
                  out.write(document);
                }
              } catch (IOException e) {
                process.destroyForcibly();
              }
            });
    List<String> answers =
        process.inputReader(StandardCharsets.US_ASCII).lines().collect(Collectors.toList());
    writer.join();
    assertThat(process.waitFor()).isZero();
    return answers;
  }

  private static String run(Program program, String... arguments)
      throws IOException, InterruptedException {
    ProcessBuilder builder = program.with(arguments).redirectErrorStream(true);
    builder.environment().put("VECTORS", System.getProperty("vectors", ""));
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
