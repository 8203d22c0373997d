package dev.interceptor.server.targets;

import static dev.interceptor.server.targets.TestModels.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StrictSchemaTest {
  private final StrictSchema schema = new StrictSchema("the-alias", "77", Trust.NONE);

  @Test
  void whatAClientReliesOnIsFilledIn() throws Exception {
    assertThat(schema.chat(json("{\"choices\":[{}]}")))
        .isEqualTo(
            json(
                """
                {"id":"chatcmpl-77","object":"chat.completion","created":0,"model":"the-alias",
                 "choices":[{"index":0,"finish_reason":"stop","logprobs":null,
                   "message":{"role":"assistant","content":null}}],
                 "usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}
                """));
    assertThat(schema.chunk(json("{\"choices\":[{},{}]}")))
        .isEqualTo(
            json(
                """
                {"id":"chatcmpl-77","object":"chat.completion.chunk","created":0,
                 "model":"the-alias","choices":[
                   {"index":0,"finish_reason":null,"logprobs":null,"delta":{}},
                   {"index":1,"finish_reason":null,"logprobs":null,"delta":{}}]}
                """));
    assertThat(schema.chunk(json("{\"choices\":[],\"usage\":{\"total_tokens\":3}}")).path("usage"))
        .isEqualTo(json("{\"total_tokens\":3}"));
    assertThat(schema.text(json("{\"choices\":[{\"text\":\"t\",\"x\":1}]}")).at("/choices/0"))
        .isEqualTo(json("{\"text\":\"t\",\"finish_reason\":null,\"logprobs\":null,\"index\":0}"));
  }

  @Test
  void everyWayToSaySomethingInADeltaSurvives() throws Exception {
    ObjectNode delta =
        json(
            """
            {"role":"assistant","content":"c","refusal":"r","reasoning":"a",
             "reasoning_content":"b","reasoning_details":[],"audio":{"transcript":"t"},
             "function_call":{"name":"f"},"tool_calls":[{"index":0,"custom":{"input":"i"}}]}
            """);
    ObjectNode chunk = json("{\"choices\":[{\"index\":4}]}");
    ((ObjectNode) chunk.at("/choices/0")).set("delta", delta.deepCopy().put("native", 1));

    ObjectNode reduced = schema.chunk(chunk);

    assertThat(reduced.at("/choices/0/delta")).isEqualTo(delta);
    assertThat(reduced.at("/choices/0/index").asInt()).isEqualTo(4);
  }

  @Test
  void aMessageKeepsWhatIsKnownAndLosesTheRest() throws Exception {
    ObjectNode reduced =
        schema.chat(
            json(
                "{\"id\":\"x\",\"created\":1.0,\"provider\":\"p\",\"choices\":[{\"index\":0,"
                    + "\"native_finish_reason\":\"e\",\"message\":{\"content\":\"\",\"refusal\":"
                    + "\"no\",\"annotations\":[],\"native\":{\"x\":1}}}]}"));
    assertThat(reduced.has("provider")).isFalse();
    assertThat(reduced.at("/choices/0").has("native_finish_reason")).isFalse();
    assertThat(reduced.at("/choices/0/message/refusal").asText()).isEqualTo("no");
    assertThat(reduced.at("/choices/0/message").has("annotations")).isTrue();
    assertThat(reduced.at("/choices/0/message").has("native")).isFalse();
    assertThat(reduced.path("id").asText()).isEqualTo("x");
  }

  @Test
  void anAnswerWithoutContentIsNone() {
    assertThatThrownBy(() -> schema.chat(json("{\"error\":{}}"))).isInstanceOf(ModelFault.class);
    assertThatThrownBy(() -> schema.chunk(json("{}"))).isInstanceOf(ModelFault.class);
    assertThatThrownBy(() -> schema.response(json("{\"choices\":[]}")))
        .isInstanceOf(ModelFault.class);
    assertThatThrownBy(() -> schema.event(json("{}"))).isInstanceOf(ModelFault.class);
  }

  @Test
  void aResponseHasEveryMemberAndNoOther() throws Exception {
    ObjectNode reduced =
        schema.response(
            json(
                "{\"id\":\"r\",\"model\":\"m\",\"cost\":1,\"output\":[{\"type\":\"of the"
                    + " future\",\"x\":1}]}"));
    assertThat(reduced.path("model").asText()).isEqualTo("the-alias");
    assertThat(reduced.has("cost")).isFalse();
    assertThat(reduced.path("output").toString())
        .isEqualTo("[{\"type\":\"of the future\",\"x\":1}]");
    assertThat(reduced.path("tool_choice").asText()).isEqualTo("auto");
    assertThat(reduced.path("truncation").asText()).isEqualTo("disabled");
    assertThat(reduced.path("store").asBoolean()).isFalse();
    assertThat(reduced.path("status").asText()).isEqualTo("completed");
    assertThat(reduced.get("error").isNull()).isTrue();
    assertThat(reduced.size()).isGreaterThanOrEqualTo(29);
  }

  @Test
  void theSnapshotInAnEventIsReducedAndTheRestPasses() throws Exception {
    ObjectNode created =
        schema.event(
            json(
                "{\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"model\":"
                    + "\"m\",\"cost\":1}}"));
    assertThat(created.at("/response/status").asText()).isEqualTo("in_progress");
    assertThat(created.at("/response/model").asText()).isEqualTo("the-alias");
    assertThat(created.path("response").has("cost")).isFalse();
    ObjectNode delta =
        json("{\"type\":\"response.output_text.delta\",\"sequence_number\":1,\"delta\":\"x\"}");
    assertThat(schema.event(delta)).isEqualTo(delta);
  }

  @Test
  void theErrorOfAFailedResponseIsMaskedByTrust() throws Exception {
    ObjectNode failed =
        json(
            "{\"type\":\"response.failed\",\"response\":{\"output\":[],\"error\":{\"code\":"
                + "\"server_error\",\"message\":\"gpu-17 burns\"}}}");
    assertThat(schema.event(failed).at("/response/error/message").asText())
        .isEqualTo("Internal server error");
    var trusted = new StrictSchema("the-alias", "77", Trust.ERRORS);
    assertThat(trusted.event(failed).at("/response/error/message").asText())
        .isEqualTo("gpu-17 burns");
  }

  @Test
  void errorEventsKeepTheirShape() {
    ObjectNode event =
        json(
            "{\"type\":\"error\",\"code\":\"rate_limit_exceeded\",\"message\":\"org-1\","
                + "\"param\":null,\"sequence_number\":5}");
    assertThat(ErrorTable.inStream(event, Dialect.RESPONSES, Trust.NONE))
        .contains(
            json(
                "{\"type\":\"error\",\"code\":null,\"message\":\"Rate limit exceeded\","
                    + "\"param\":null,\"sequence_number\":5,\"error\":{\"message\":\"Rate limit"
                    + " exceeded\",\"type\":\"rate_limit_error\",\"param\":null,\"code\":null}}"));
    assertThat(ErrorTable.inStream(event, Dialect.RESPONSES, Trust.ERRORS)).contains(event);
    assertThat(ErrorTable.inStream(json("{\"error\":\"gpu-17\"}"), Dialect.OLLAMA_CHAT, Trust.NONE))
        .contains(json("{\"error\":\"Internal server error\"}"));
  }

  @Test
  void theTableOfMasksIsTheOriginals() {
    record Row(int upstream, int status, String type, String message) {}
    for (Row row :
        List.of(
            new Row(400, 400, "invalid_request_error", "Invalid request"),
            new Row(401, 502, "api_error", "Bad gateway"),
            new Row(402, 502, "api_error", "Bad gateway"),
            new Row(403, 502, "api_error", "Bad gateway"),
            new Row(404, 404, "not_found_error", "Not found"),
            new Row(408, 504, "api_error", "Gateway timeout"),
            new Row(413, 413, "invalid_request_error", "Request too large"),
            new Row(418, 418, "invalid_request_error", "An error occurred"),
            new Row(422, 422, "invalid_request_error", "Unprocessable request"),
            new Row(429, 429, "rate_limit_error", "Rate limit exceeded"),
            new Row(451, 502, "api_error", "Bad gateway"),
            new Row(500, 500, "api_error", "Internal server error"),
            new Row(502, 502, "api_error", "Bad gateway"),
            new Row(503, 503, "api_error", "Service unavailable"),
            new Row(504, 504, "api_error", "Gateway timeout"),
            new Row(529, 529, "api_error", "An error occurred"))) {
      var mask = ErrorTable.mask(row.upstream());
      assertThat(new Row(row.upstream(), mask.status(), mask.type(), mask.message()))
          .isEqualTo(row);
      assertThat(mask.envelope().at("/error/code").isNull()).isTrue();
    }
  }

  @Test
  void numbersOfEmbeddingsKeepTheirBytes() throws Exception {
    String data =
        "[ {\"index\":0,\"object\":\"embedding\",\"embedding\":[0.10000000000000000001, 1E400,"
            + " -0.0]},\n{\"embedding\":\"AAAA\\u003d\"} ]";
    String answer =
        "{ \"usage\" : {\"total_tokens\":3} , \"id\":\"x\",\"model\":\"real\", \"data\" : "
            + data
            + ",\"object\":\"list\"}";
    assertThat(spliced(answer, "a\"é"))
        .isEqualTo(
            "{\"object\":\"list\",\"data\":"
                + data
                + ",\"model\":\"a\\\"é\",\"usage\":{\"total_tokens\":3}}");
    assertThat(spliced("{\"data\":[]}", "a"))
        .isEqualTo(
            "{\"object\":\"list\",\"data\":[],\"model\":\"a\",\"usage\":{\"prompt_tokens\":0,"
                + "\"total_tokens\":0}}");
    for (String bad :
        List.of(
            "",
            "[]",
            "{}",
            "{\"data\":1}",
            "{\"data\":[]",
            "{\"data\":[],\"data\":[]}",
            "{\"data\":[]} x",
            "{\"data\":[]}{}")) {
      assertThatThrownBy(() -> spliced(bad, "a")).isInstanceOf(ModelFault.class);
    }
  }

  private static String spliced(String answer, String alias) throws ModelFault {
    return new String(
        EmbeddingSplice.spliced(answer.getBytes(StandardCharsets.UTF_8), alias),
        StandardCharsets.UTF_8);
  }

  @Test
  void listsOfModelsNameAliasesOnly() {
    Instant now = Instant.ofEpochSecond(9);
    assertThat(ModelList.openAi(List.of("a"), now).toString())
        .isEqualTo(
            "{\"object\":\"list\",\"data\":[{\"id\":\"a\",\"object\":\"model\",\"created\":9,"
                + "\"owned_by\":\"None\"}]}");
    assertThat(ModelList.ollama(List.of("a", "b:8b"), now).findValuesAsText("name"))
        .containsExactly("a:latest", "b:8b");
  }

  @Test
  void anOllamaAnswerIsReducedToo() throws Exception {
    assertThat(
            schema.ollamaChat(
                json(
                    "{\"model\":\"real\",\"x\":1,\"message\":{\"role\":\"assistant\",\"content\":"
                        + "\"c\",\"y\":2},\"done\":true,\"eval_count\":3}")))
        .isEqualTo(
            json(
                "{\"model\":\"the-alias\",\"message\":{\"role\":\"assistant\",\"content\":\"c\"},"
                    + "\"done\":true,\"eval_count\":3}"));
    assertThatThrownBy(() -> schema.ollamaChat(json("{}"))).isInstanceOf(ModelFault.class);
  }
}
