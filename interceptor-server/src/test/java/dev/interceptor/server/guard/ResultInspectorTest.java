package dev.interceptor.server.guard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.policy.Detection;
import dev.interceptor.core.policy.PolicyParser;
import dev.interceptor.core.policy.ResultRule;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ResultInspectorTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String REDACT = "{tool: t, action: REDACT, detect: [secrets, pii]}";
  private static final String BLOCK = "{tool: t, action: BLOCK, detect: [pii]}";
  private static final String TAG = "{tool: t, action: ADD_TAINT, tag: x, detect: [pii]}";

  private static List<ResultRule> rules(String... written) {
    String policy =
        "name: p\nstatic_rules: {t: ALLOW}\nresult_rules: [" + String.join(", ", written) + "]";
    var tool = new ToolRef(new UpstreamName("demo"), new ToolName("t"));
    return ((PolicyParser.Result.Parsed) PolicyParser.parse(policy, "p"))
        .only()
        .plan(tool)
        .resultRules();
  }

  private static ObjectNode json(String text) {
    try {
      return (ObjectNode) JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Inspection inspect(String result, String... rules) {
    return ResultInspector.standard().inspect(json(result), rules(rules));
  }

  private static String given(Inspection inspection) {
    return ((Inspection.Delivery.Given) inspection.delivery()).result().toString();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"content\":[{\"type\":\"text\",\"text\":\"a@b.example\"}]}",
        "{\"structuredContent\":{\"a\":[[{\"b\":\"a@b.example\"}]]}}",
        "{\"structuredContent\":{\"a\":4111111111111111}}",
        "{\"structuredContent\":{\"a@b.example\":1}}",
        "{\"_meta\":{\"x\":\"a@b.example\"}}",
        "{\"content\":[{\"type\":\"resource\",\"resource\":{\"uri\":\"f:x\",\"text\":\"a@b.example\"}}]}",
        "{\"content\":[{\"type\":\"resource\",\"resource\":{\"uri\":\"f:x\",\"blob\":\"YUBiLmV4YW1wbGU=\"}}]}",
        "{\"content\":[{\"type\":\"image\",\"data\":\"YUBiLmV4YW1wbGU=\"}]}",
        "{\"content\":[{\"type\":\"resource_link\",\"uri\":\"mailto:a@b.example\"}]}",
        "{\"isError\":true,\"content\":[{\"type\":\"text\",\"text\":\"a@b.example\"}]}",
        "{\"anything\":\"a\\u200b@b.example\"}"
      })
  void wherePersonalDataStandsItIsBlockedTaggedAndReplaced(String result) {
    assertThat(inspect(result, BLOCK).delivery()).isInstanceOf(Inspection.Delivery.Withheld.class);
    assertThat(inspect(result, TAG).labels()).containsExactly(new Label("x"));
    Inspection redacted = inspect(result, REDACT);
    assertThat(given(redacted)).doesNotContain("b.example").doesNotContain("411111");
    assertThat(inspect(given(redacted), BLOCK).delivery())
        .isInstanceOf(Inspection.Delivery.Given.class);
  }

  @Test
  void textInBase64StaysBase64() {
    String result =
        given(
            inspect(
                "{\"content\":[{\"type\":\"resource\",\"resource\":{\"uri\":\"f:x\",\"blob\":\""
                    + base64("to a@b.example.")
                    + "\"}}]}",
                REDACT));
    assertThat(result).contains(base64("to [PII_REDACTED]."));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"content\":[{\"type\":\"image\",\"data\":\"iVBORw0KGgo=\",\"mimeType\":\"image/png\"}]}",
        "{\"content\":[{\"type\":\"audio\",\"data\":\"!!\",\"mimeType\":\"audio/wav\"}]}",
        "{\"content\":[{\"type\":\"resource\",\"resource\":{\"uri\":\"f:x\",\"blob\":\"AAAA\"}}]}"
      })
  void whatCannotBeReadCountsAsFound(String result) {
    assertThat(inspect(result, BLOCK).delivery()).isInstanceOf(Inspection.Delivery.Withheld.class);
    assertThat(inspect(result, TAG).labels()).containsExactly(new Label("x"));
    assertThat(given(inspect(result, REDACT)))
        .contains("\"text\":\"[SECRET_DETECTED]\"")
        .doesNotContain("data")
        .doesNotContain("blob");
  }

  @Test
  void aDetectorThatFailsHasFound() {
    Detector failing =
        (_, _) -> {
          throw new IllegalStateException("broken on purpose");
        };
    var inspector = new ResultInspector(new Detectors(Map.of(Detection.PII, failing)));
    ObjectNode result = json("{\"content\":[{\"type\":\"text\",\"text\":\"hello\"}]}");
    assertThat(inspector.inspect(result, rules(BLOCK)).delivery())
        .isInstanceOf(Inspection.Delivery.Withheld.class);
    assertThat(given(inspector.inspect(result, rules("{tool: t, action: REDACT, detect: [pii]}"))))
        .doesNotContain("hello");
  }

  @Test
  void whatIsBeyondTheBudgetCountsAsFound() {
    String long1 = "x".repeat(Detectors.MAX_LENGTH - 1);
    ObjectNode result = JSON.createObjectNode();
    result.putArray("content").add(long1).add(long1).add("the third");
    assertThat(ResultInspector.standard().inspect(result, rules(TAG)).labels())
        .containsExactly(new Label("x"));
    assertThat(given(ResultInspector.standard().inspect(result, rules(REDACT))))
        .contains(long1)
        .doesNotContain("the third");
  }

  @Test
  void theNameOfAMemberMakesItASecret() {
    assertThat(given(inspect("{\"structuredContent\":{\"password\":\"sesame\"}}", REDACT)))
        .contains("\"password\":\"[SECRET_DETECTED]\"");
  }

  @Test
  void keysThatBecomeAlikeStayApart() {
    assertThat(given(inspect("{\"a@b.example\":1,\"c@d.example\":2}", REDACT)))
        .isEqualTo("{\"[PII_REDACTED]\":1,\"[PII_REDACTED]_\":2}");
  }

  @Test
  void aBlockingRuleWinsAndTheFirstGivesTheReason() {
    Inspection seen =
        inspect(
            "{\"x\":\"a@b.example\"}",
            TAG,
            "{tool: t, action: BLOCK, detect: [secrets], error: not this}",
            "{tool: t, action: BLOCK, detect: [pii], error: first}",
            "{tool: t, action: BLOCK, error: second}",
            REDACT);
    assertThat(seen.delivery())
        .isEqualTo(new Inspection.Delivery.Withheld(java.util.Optional.of("first")));
    assertThat(seen.determining()).hasToString("[result-1, result-3, result-4, result-5]");
  }

  @Test
  void whatNobodySeesMayHoldAnything() {
    Inspection unseen = ResultInspector.unseen(rules(TAG, BLOCK));
    assertThat(unseen.labels()).containsExactly(new Label("x"));
  }

  @Test
  void theResultIsLeftAsItIsWhereNothingIsFound() {
    String result =
        "{\"content\":[{\"type\":\"text\",\"text\":\"hello\"}],\"n\":12345678901234,\"z\":null}";
    assertThat(given(inspect(result, REDACT, TAG, BLOCK))).isEqualTo(result);
  }
}
