package dev.interceptor.server.chat;

import static dev.interceptor.server.chat.Bodies.assertMalformed;
import static dev.interceptor.server.chat.Bodies.offered;
import static dev.interceptor.server.chat.Bodies.read;
import static dev.interceptor.server.chat.Bodies.texts;
import static dev.interceptor.server.chat.Bodies.unscanned;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.server.guard.PromptText;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Embeddings, the older completions, and Ollama's chat.
final class OtherRequestsTest {
  private static OllamaChatRequest ollama(String json) {
    return new OllamaChatRequest(read(json));
  }

  private static EmbeddingsRequest embeddings(String json) {
    return new EmbeddingsRequest(read(json));
  }

  private static CompletionsRequest completions(String json) {
    return new CompletionsRequest(read(json));
  }

  @Test
  void ollamaStreamsUnlessToldNotTo() {
    assertThat(ollama("{\"model\":\"m\",\"messages\":[]}").isStreaming()).isTrue();
    assertThat(ollama("{\"model\":\"m\",\"stream\":null}").isStreaming()).isTrue();
    assertThat(ollama("{\"model\":\"m\",\"stream\":false}").isStreaming()).isFalse();
    assertThat(completions("{\"model\":\"m\",\"prompt\":\"a\"}").isStreaming()).isFalse();
  }

  @Test
  void ollamasToolLoopIsRead() {
    OllamaChatRequest call =
        ollama(
            """
            {"model":"llama3","format":"json","options":{"temperature":0},"keep_alive":"5m",
             "tools":[{"type":"function","function":{"name":"get_weather",
              "description":"The weather in a city","parameters":{"type":"object"}}}],
             "messages":[{"role":"user","content":"How is it?","images":["AAAA","BBBB"]},
              {"role":"assistant","content":"","thinking":"I ask","tool_calls":[
               {"function":{"name":"get_weather","arguments":{"city":"Bern","days":2}}}]},
              {"role":"tool","tool_name":"get_weather","content":"12 degrees"}]}\
            """);
    assertThat(texts(call))
        .containsExactly(
            "tools[0].function.description DEFINITION The weather in a city",
            "messages[0].content USER How is it?",
            "messages[1].content ASSISTANT ",
            "messages[1].thinking ASSISTANT I ask",
            "messages[1].tool_calls[0].function.arguments ASSISTANT {\"city\":\"Bern\",\"days\":2}",
            "messages[2].content TOOL 12 degrees");
    assertThat(unscanned(call))
        .containsExactly("messages[0].images[0] IMAGE", "messages[0].images[1] IMAGE");
    ToolResult result = call.results().getFirst();
    assertThat(result.tool()).contains("get_weather");
    assertThat(result.arguments()).contains("{\"city\":\"Bern\",\"days\":2}");
    assertThat(offered(call)).containsExactly("FUNCTION get_weather");
  }

  @Test
  void ollamasArgumentsAreReplacedAsAnObject() {
    OllamaChatRequest call =
        ollama(
            """
            {"model":"m","messages":[{"role":"assistant","tool_calls":[
             {"function":{"name":"f","arguments":{"city":"Bern"}}}]}]}\
            """);
    RequestText arguments = call.walk().texts().getFirst();
    assertThat(arguments.form()).isEqualTo(PromptText.Form.JSON);
    arguments.replace("{\"city\":\"x\"}");
    assertThat(call.body().toString()).contains("\"arguments\":{\"city\":\"x\"}");
  }

  @Test
  void aResultOfOllamaIsNamedByTheRequestAlone() {
    List<ToolResult> results =
        ollama(
                """
                {"model":"m","messages":[{"role":"tool","content":"a"},
                 {"role":"tool","tool_name":"f","content":"b"},
                 {"role":"function","name":"g","content":"c"}]}\
                """)
            .results();
    assertThat(results)
        .extracting(ToolResult::tool)
        .containsExactly(Optional.empty(), Optional.of("f"), Optional.of("g"));
  }

  @Test
  void aTextOrManyAreEmbedded() {
    assertThat(texts(embeddings("{\"model\":\"m\",\"input\":\"a text\"}")))
        .containsExactly("input USER a text");
    assertThat(texts(embeddings("{\"model\":\"m\",\"input\":[\"a text\",\"b text\"]}")))
        .containsExactly("input[0] USER a text", "input[1] USER b text");
  }

  @Test
  void theEncodingStaysAsItWasAskedFor() {
    String body = "{\"model\":\"m\",\"input\":[\"a\"],\"encoding_format\":\"base64\"}";
    assertThat(embeddings(body).body()).hasToString(body);
    assertThat(embeddings(body).results()).isEmpty();
  }

  @Test
  void tokenNumbersCannotBeLookedAt() {
    assertThat(unscanned(embeddings("{\"model\":\"m\",\"input\":[1,2,3]}")))
        .containsExactly("input TOKENS");
    assertThat(unscanned(embeddings("{\"model\":\"m\",\"input\":[[1,2],[3]]}")))
        .containsExactly("input[0] TOKENS", "input[1] TOKENS");
    assertThat(unscanned(completions("{\"model\":\"m\",\"prompt\":[\"a\",7]}")))
        .containsExactly("prompt TOKENS");
  }

  @Test
  void aCompletionHasItsPromptAndSuffix() {
    assertThat(texts(completions("{\"model\":\"m\",\"prompt\":[\"a b\"],\"suffix\":\"c d\"}")))
        .containsExactly("prompt[0] USER a b", "suffix USER c d");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "input | {'model':'m'}",
        "input | {'model':'m','input':{}}",
        "input[1] | {'model':'m','input':['a',{}]}",
        "input[0] | {'model':'m','input':[[]]}",
        "input[0] | {'model':'m','input':[['a']]}",
        "input[0] | {'model':'m','input':[1.5]}",
        "stream | {'model':'m','input':'a','stream':true}",
        "encoding_format | {'model':'m','input':'a','encoding_format':7}",
      })
  void anEmbeddingThatCannotBeReadIsRefusedByItsName(String row) {
    assertMalformed(
        () -> embeddings(row.substring(row.indexOf('{')).replace('\'', '"')),
        row.substring(0, row.indexOf(" |")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "prompt | {'model':'m','prompt':{}}",
        "suffix | {'model':'m','prompt':'a','suffix':[]}",
        "n | {'model':'m','prompt':'a','n':'2'}",
        "best_of | {'model':'m','prompt':'a','best_of':129}",
      })
  void aCompletionThatCannotBeReadIsRefusedByItsName(String row) {
    assertMalformed(
        () -> completions(row.substring(row.indexOf('{')).replace('\'', '"')),
        row.substring(0, row.indexOf(" |")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "messages | {'model':'m','messages':{}}",
        "messages[0].tool_calls[0].function.arguments "
            + "| {'model':'m','messages':[{'role':'assistant','tool_calls':["
            + "{'function':{'name':'f','arguments':'{}'}}]}]}",
        "messages[0].tool_name | {'model':'m','messages':[{'role':'tool','tool_name':7}]}",
        "Stream | {'model':'m','Stream':false}",
        "Tools | {'model':'m','Tools':[]}",
      })
  void anOllamaRequestThatCannotBeReadIsRefusedByItsName(String row) {
    assertMalformed(
        () -> ollama(row.substring(row.indexOf('{')).replace('\'', '"')),
        row.substring(0, row.indexOf(" |")));
  }
}
