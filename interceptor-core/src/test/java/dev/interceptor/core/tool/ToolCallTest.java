package dev.interceptor.core.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ToolCallTest {
  private static final ToolRef TOOL = new ToolRef(new UpstreamName("up"), new ToolName("t"));

  private static JsonObject json(String text) throws MalformedJsonException {
    return StrictJson.parseObject(text.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
  }

  @Test
  void aCallAloneIsSteeredByItsArguments() throws MalformedJsonException {
    ToolCall call = new ToolCall(TOOL, Arguments.of(json("{\"b\":1,\"a\":2}")));
    assertThat(call.steering()).asString(StandardCharsets.UTF_8).isEqualTo("{\"a\":2,\"b\":1}");
    assertThat(call.digest()).isEqualTo(call.arguments().digest());
  }

  @Test
  void aCallThatGoesOnIsSteeredByWhatItCarriesToo() throws MalformedJsonException {
    Optional<Continuation> carried =
        Continuation.of(json("{\"requestState\":\"s\",\"inputResponses\":{\"q\":1}}"));
    ToolCall call = new ToolCall(TOOL, Arguments.of(json("{\"a\":2}")), carried);
    assertThat(call.steering())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("[{\"a\":2},{\"inputResponses\":{\"q\":1},\"requestState\":\"s\"}]");
    assertThat(call.digest()).isEqualTo(Sha256.of(call.steering()));
    assertThat(call.digest()).isNotEqualTo(call.arguments().digest());
  }
}
