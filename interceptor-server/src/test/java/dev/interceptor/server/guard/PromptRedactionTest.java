package dev.interceptor.server.guard;

import static dev.interceptor.core.policy.Detection.PII;
import static dev.interceptor.core.policy.Detection.SECRETS;
import static dev.interceptor.server.guard.PromptRedaction.Handling.ALLOW;
import static dev.interceptor.server.guard.PromptRedaction.Handling.BLOCK;
import static dev.interceptor.server.guard.PromptRedaction.Handling.REDACT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.policy.Detection;
import dev.interceptor.server.guard.PromptRedaction.Handling;
import dev.interceptor.server.guard.PromptRedaction.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PromptRedactionTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Detectors DETECTORS = Detectors.standard();
  private static final Set<Detection> BOTH = EnumSet.of(SECRETS, PII);
  private static final String KEY = "AKIA" + "Q3EGRXWTDJ7ZLPVM";
  private static final String MAIL = "ann@acme.example";

  private static Outcome apply(Handling secrets, Handling pii, PromptText... texts) {
    return new PromptRedaction(DETECTORS, secrets, pii).apply(List.of(texts));
  }

  private static GivenText user(String text) {
    return GivenText.of(PromptRole.USER, text);
  }

  private static GivenText arguments(String json) {
    return new GivenText(PromptRole.ASSISTANT, PromptText.Form.JSON, "arguments", json);
  }

  @Test
  void whatIsFoundIsReplacedInEveryText() {
    GivenText first = user("my key is " + KEY + ", keep it");
    GivenText second = GivenText.of(PromptRole.TOOL, "write to " + MAIL);
    assertThat(apply(REDACT, REDACT, first, second)).isEqualTo(new Outcome.Passed(BOTH));
    assertThat(first.text()).isEqualTo("my key is [SECRET_DETECTED], keep it");
    assertThat(second.text()).isEqualTo("write to [PII_REDACTED]");
  }

  @Test
  void whatIsBlockedRefusesTheRequestAndTellsKindAndRoleAlone() {
    Outcome outcome = apply(BLOCK, REDACT, user("hello"), GivenText.of(PromptRole.TOOL, KEY));
    assertThat(outcome).isEqualTo(new Outcome.Blocked(SECRETS, PromptRole.TOOL));
    assertThat(outcome.toString()).doesNotContain(KEY);
  }

  @Test
  void whatIsAllowedStays() {
    GivenText text = user(KEY + " " + MAIL);
    assertThat(apply(ALLOW, REDACT, text)).isEqualTo(new Outcome.Passed(EnumSet.of(PII)));
    assertThat(text.text()).isEqualTo(KEY + " [PII_REDACTED]");
    GivenText all = user(KEY + " " + MAIL);
    apply(ALLOW, ALLOW, all);
    assertThat(all.text()).isEqualTo(KEY + " " + MAIL);
  }

  @Test
  void argumentsAreReplacedByValueAndStayJson() {
    GivenText call =
        arguments("{\"to\":\"\\u0061nn@acme.example\",\"n\": 1.50,\"password\":\"x9!kQz7w\"}");
    assertThat(apply(REDACT, REDACT, call)).isEqualTo(new Outcome.Passed(BOTH));
    assertThat(call.text())
        .isEqualTo("{\"n\":1.5,\"password\":\"[SECRET_DETECTED]\",\"to\":\"[PII_REDACTED]\"}");
  }

  @Test
  void argumentsInWhichNothingIsFoundStayAsTheyWereWritten() {
    GivenText call = arguments("{ \"b\": 1.50, \"a\": \"\\u0061\" }");
    assertThat(apply(REDACT, REDACT, call)).isEqualTo(new Outcome.Passed(Set.of()));
    assertThat(call.text()).isEqualTo("{ \"b\": 1.50, \"a\": \"\\u0061\" }");
  }

  @Test
  void aResultThatIsJsonIsBlockedByItsValuesToo() {
    GivenText result =
        GivenText.of(PromptRole.TOOL, "[{\"mail\":\"\\u0061nn\\u0040acme.example\"}]");
    assertThat(apply(REDACT, BLOCK, result)).isEqualTo(new Outcome.Blocked(PII, PromptRole.TOOL));
  }

  @Test
  void aValueIsASecretByTheNameThatItIsStoredUnder() {
    GivenText value =
        new GivenText(PromptRole.OTHER, PromptText.Form.PROSE, "password", "x9!kQz7w");
    assertThat(apply(REDACT, REDACT, value)).isEqualTo(new Outcome.Passed(EnumSet.of(SECRETS)));
    assertThat(value.text()).isEqualTo("[SECRET_DETECTED]");
  }

  @Test
  void aTextThatCannotBeLookedAtWholeIsReplacedOrRefused() {
    String text = "word ".repeat(Detectors.MAX_LENGTH / 5 + 1);
    GivenText longest = user(text);
    assertThat(apply(REDACT, REDACT, longest)).isEqualTo(new Outcome.Passed(BOTH));
    assertThat(longest.text()).isEqualTo("[SECRET_DETECTED]");
    assertThat(apply(ALLOW, BLOCK, user(text)))
        .isEqualTo(new Outcome.Blocked(PII, PromptRole.USER));
  }

  @Test
  void afterwardsNothingIsFoundInAnyText() throws IOException {
    List<String> pieces = pieces();
    Random random = new Random(7);
    PromptRedaction redaction = new PromptRedaction(DETECTORS, REDACT, REDACT);
    int changed = 0;
    for (int i = 0; i < 10_000; i++) {
      GivenText text = i % 3 == 0 ? arguments(json(pieces, random)) : user(prose(pieces, random));
      String before = text.text();
      redaction.apply(List.of(text));
      changed += before.equals(text.text()) ? 0 : 1;
      assertThat(isClean(text)).as("text %s of the seed", i).isTrue();
    }
    assertThat(changed).isGreaterThan(5_000);
  }

  private static boolean isClean(GivenText text) {
    if (text.form() == PromptText.Form.PROSE) {
      return DETECTORS.find(text.name(), text.text(), BOTH).isEmpty();
    }
    JsonObject value = object(text.text());
    return new JsonScreen(DETECTORS, BOTH).screened(value).equals(value);
  }

  private static JsonObject object(String json) {
    try {
      return StrictJson.parseObject(json.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
    } catch (dev.interceptor.core.json.MalformedJsonException e) {
      throw new AssertionError("what is left is not JSON", e);
    }
  }

  private static List<String> pieces() throws IOException {
    Path folder = Path.of(System.getProperty("vectors", "../../shared/vectors"));
    assumeTrue(Files.isDirectory(folder), "the external vectors are not here");
    List<String> pieces = new ArrayList<>(List.of(KEY, MAIL, "password: ", "\"", "\n", "ordinary"));
    for (String line : Files.readAllLines(folder.resolve("secrets/gitleaks_cases.jsonl"))) {
      byte[] text = Base64.getDecoder().decode(JSON.readTree(line).path("text_b64").asText());
      pieces.add(new String(text, StandardCharsets.UTF_8));
    }
    for (String line : Files.readAllLines(folder.resolve("pii/presidio_cases.jsonl"))) {
      pieces.add(JSON.readTree(line).path("text").asText());
    }
    return pieces;
  }

  private static String prose(List<String> pieces, Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      text.append(pieces.get(random.nextInt(pieces.size())))
          .append(random.nextBoolean() ? " " : "");
    }
    return text.toString();
  }

  private static String json(List<String> pieces, Random random) throws JsonProcessingException {
    ObjectNode object = JSON.createObjectNode();
    object.put(pieces.get(random.nextInt(pieces.size())), prose(pieces, random));
    ArrayNode array = object.putArray(random.nextBoolean() ? "password" : "items");
    array
        .add(prose(pieces, random))
        .add(random.nextInt())
        .addObject()
        .put("a", prose(pieces, random));
    JsonNode value = object;
    return JSON.writeValueAsString(value);
  }
}
