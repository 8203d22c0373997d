package dev.interceptor.server.chat;

import static dev.interceptor.server.chat.Bodies.assertMalformed;
import static dev.interceptor.server.chat.Bodies.chat;
import static dev.interceptor.server.chat.Bodies.messages;
import static dev.interceptor.server.chat.Bodies.offered;
import static dev.interceptor.server.chat.Bodies.texts;
import static dev.interceptor.server.chat.Bodies.unscanned;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.guard.PromptText;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ChatRequestTest {
  private static final String WEATHER =
      """
      {"type":"function","function":{"name":"get_weather","description":"The weather in a city",
       "strict":true,"parameters":{"type":"object","required":["city"],"properties":{
        "city":{"type":"string","description":"A city's name"}}}}}\
      """;
  private static final String SHELL =
      """
      {"type":"custom","custom":{"name":"run_code","description":"Runs code",
       "format":{"type":"grammar","grammar":{"syntax":"lark","definition":"start: WORD"}}}}\
      """;

  /// As the openai SDK sends it on the second turn of a tool loop.
  private static final String LOOP =
      """
      {"model":"gpt","stream":true,"stream_options":{"include_usage":true},"tools":[%s,%s],
       "messages":[
        {"role":"developer","content":"Be brief."},
        {"role":"system","content":[{"type":"text","text":"Be kind."}]},
        {"role":"user","name":"Ann Lee","content":[{"type":"text","text":"And this?"},
         {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}},
         {"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}},
         {"type":"file","file":{"file_id":"file-1","filename":"my notes.pdf"}}]},
        {"role":"assistant","content":null,"refusal":"I will not.","audio":{"id":"audio_1"},
         "tool_calls":[
          {"id":"c1","type":"function","function":{"name":"get_weather",
           "arguments":"{\\"city\\":\\"Bern\\"}"}},
          {"id":"c2","type":"custom","custom":{"name":"run_code","input":"print it"}}]},
        {"role":"tool","tool_call_id":"c1","content":"12 degrees"},
        {"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"it is"},
         {"type":"text","text":"done"}]}]}\
      """
          .formatted(WEATHER, SHELL);

  @Test
  void everyTextIsThereWithItsPlaceAndRole() {
    assertThat(texts(chat(LOOP)))
        .containsExactly(
            "tools[0].function.description DEFINITION The weather in a city",
            "tools[0].function.parameters.properties.city.description DEFINITION A city's name",
            "tools[1].custom.description DEFINITION Runs code",
            "tools[1].custom.format.grammar.definition DEFINITION start: WORD",
            "messages[0].content DEVELOPER Be brief.",
            "messages[1].content[0].text SYSTEM Be kind.",
            "messages[2].name USER Ann Lee",
            "messages[2].content[0].text USER And this?",
            "messages[2].content[3].file.filename USER my notes.pdf",
            "messages[3].refusal ASSISTANT I will not.",
            "messages[3].tool_calls[0].function.arguments ASSISTANT {\"city\":\"Bern\"}",
            "messages[3].tool_calls[1].custom.input ASSISTANT print it",
            "messages[4].content TOOL 12 degrees",
            "messages[5].content[0].text TOOL it is",
            "messages[5].content[1].text TOOL done");
  }

  @Test
  void aTextIsReplacedWhereItStands() {
    ChatRequest call = chat(LOOP);
    for (RequestText text : call.walk().texts()) {
      text.replace(text.form() == PromptText.Form.JSON ? "{}" : "x");
    }
    assertThat(texts(call))
        .hasSize(15)
        .allMatch(text -> text.endsWith(" x") || text.endsWith("{}"));
    assertThat(call.body().toString())
        .contains("\"role\":\"user\",\"name\":\"x\"", "\"arguments\":\"{}\"")
        .doesNotContain("Bern", "Ann", "degrees");
  }

  @Test
  void whatCannotBeLookedAtIsListed() {
    assertThat(unscanned(chat(LOOP)))
        .containsExactly(
            "messages[2].content[1].image_url.url IMAGE",
            "messages[2].content[2].input_audio.data AUDIO",
            "messages[2].content[3].file.file_id FILE");
  }

  @Test
  void whatIsStoredElsewhereIsListed() {
    assertThat(chat(LOOP).storedContext())
        .containsExactly(
            new StoredContext(
                StoredContext.Kind.FILE, "file-1", "messages[2].content[3].file.file_id"),
            new StoredContext(StoredContext.Kind.AUDIO, "audio_1", "messages[3].audio.id"));
  }

  @Test
  void aResultIsKnownByTheCallThatItAnswers() {
    List<ToolResult> results = chat(LOOP).results();
    assertThat(results).hasSize(2);
    ToolResult first = results.getFirst();
    assertThat(first.callId()).isEqualTo("c1");
    assertThat(first.tool()).contains("get_weather");
    assertThat(first.arguments()).contains("{\"city\":\"Bern\"}");
    assertThat(first.place()).isEqualTo("messages[4].content");
    assertThat(first.result().toString())
        .isEqualTo("{\"content\":[{\"type\":\"text\",\"text\":\"12 degrees\"}]}");
    assertThat(results.getLast().tool()).contains("run_code");
    assertThat(results.getLast().arguments()).contains("print it");
    assertThat(results.getLast().result().path("content")).hasSize(2);
  }

  @Test
  void aResultIsReplacedOrWithheldWhereItStands() {
    ChatRequest call = chat(LOOP);
    ObjectNode seen = call.results().getLast().result();
    ((ObjectNode) seen.path("content").path(1)).put("text", "gone");
    call.results().getLast().replace(seen);
    call.results().getFirst().withhold("withheld");
    assertThat(texts(call))
        .contains("messages[4].content TOOL withheld", "messages[5].content[1].text TOOL gone");
    call.results().getLast().withhold("withheld");
    assertThat(texts(call))
        .contains("messages[5].content[0].text TOOL withheld", "messages[5].content[1].text TOOL ");
  }

  @Test
  void aResultOfNoCallHasNoName() {
    ToolResult result =
        messages("{\"role\":\"tool\",\"tool_call_id\":\"x\",\"content\":\"hi\"}")
            .results()
            .getFirst();
    assertThat(result.tool()).isEqualTo(Optional.empty());
    assertThat(result.arguments()).isEqualTo(Optional.empty());
  }

  @Test
  void anIdThatIsUsedTwiceIsTheNewestCalls() {
    String call =
        "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c\",\"function\":{\"name\":\"%s\",\"arguments\":\"{}\"}}]}";
    String result = "{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"hi\"}";
    assertThat(
            messages(String.join(",", call.formatted("a"), result, call.formatted("b"), result))
                .results())
        .extracting(ToolResult::tool)
        .containsExactly(Optional.of("a"), Optional.of("b"));
  }

  @Test
  void theOlderFunctionsAreToolsToo() {
    ChatRequest call =
        chat(
            """
            {"model":"m","functions":[{"name":"f","description":"Does it"}],
             "function_call":{"name":"f"},"messages":[
              {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},
              {"role":"function","name":"f","content":"done"}]}\
            """);
    assertThat(offered(call)).containsExactly("FUNCTION f");
    ToolResult result = call.results().getFirst();
    assertThat(result.tool()).contains("f");
    assertThat(result.arguments()).contains("{}");
    call.keepTools(tool -> false);
    assertThat(call.body().has("functions")).isFalse();
    assertThat(call.body().has("function_call")).isFalse();
  }

  @Test
  void everyOfferIsListedWithWhoRunsIt() {
    ChatRequest call =
        chat(
            """
            {"model":"m","messages":[{"role":"user","content":"hi"}],"web_search_options":{},
             "tools":[%s,%s,{"type":"web_search_preview"},
              {"type":"mcp","server_label":"s","server_url":"https://a.example/mcp"}]}\
            """
                .formatted(WEATHER, SHELL));
    assertThat(offered(call))
        .containsExactlyInAnyOrder(
            "FUNCTION get_weather",
            "CUSTOM run_code",
            "PROVIDER web_search_preview",
            "PROVIDER mcp",
            "PROVIDER web_search");
    assertThat(call.offered())
        .contains(
            new OfferedTool(OfferedTool.Kind.PROVIDER, "mcp", "https://a.example/mcp", List.of()));
    call.keepTools(tool -> tool.kind() != OfferedTool.Kind.PROVIDER);
    assertThat(offered(call)).containsExactly("CUSTOM run_code", "FUNCTION get_weather");
    assertThat(call.body().has("web_search_options")).isFalse();
    assertThat(call.body().path("tools")).hasSize(2);
  }

  @Test
  void withoutToolsNothingAboutToolsStays() {
    ChatRequest call =
        chat(
            """
            {"model":"m","messages":[{"role":"user","content":"hi"}],"parallel_tool_calls":true,
             "tool_choice":"required","tools":[%s]}\
            """
                .formatted(WEATHER));
    call.keepTools(tool -> false);
    assertThat(call.body().toString())
        .isEqualTo("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
    assertThat(texts(call)).containsExactly("messages[0].content USER hi");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'type':'function','function':{'name':'get_weather'}} | (none)",
        "{'type':'custom','custom':{'name':'run_code'}} "
            + "| {'type':'custom','custom':{'name':'run_code'}}",
        "'required' | 'required'",
        "{'type':'allowed_tools','allowed_tools':{'mode':'auto','tools':["
            + "{'type':'function','function':{'name':'get_weather'}}]}} | 'none'",
        "{'type':'allowed_tools','allowed_tools':{'mode':'auto','tools':["
            + "{'type':'function','function':{'name':'get_weather'}},"
            + "{'type':'custom','custom':{'name':'run_code'}}]}} "
            + "| {'type':'allowed_tools','allowed_tools':{'mode':'auto','tools':["
            + "{'type':'custom','custom':{'name':'run_code'}}]}}",
      },
      quoteCharacter = '~')
  void aChoiceOfARemovedToolGoesWithIt(String choice, String left) {
    ChatRequest call =
        chat(
            """
            {"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[%s,%s],
             "tool_choice":%s}\
            """
                .formatted(WEATHER, SHELL, choice.replace('\'', '"')));
    call.keepTools(tool -> tool.name().equals("run_code"));
    String kept =
        call.body().has("tool_choice") ? call.body().get("tool_choice").toString() : "(none)";
    assertThat(kept).isEqualTo(left.replace('\'', '"'));
  }

  @Test
  void aChoiceOfAToolThatIsNotOfferedIsRefused() {
    for (String choice :
        List.of(
            "{\"type\":\"function\",\"function\":{\"name\":\"other\"}}",
            "{\"type\":\"web_search_preview\"}",
            "{\"type\":\"allowed_tools\",\"allowed_tools\":{\"tools\":[{\"type\":\"mcp\"}]}}")) {
      assertMalformed(
          () ->
              chat(
                  """
                  {"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[%s],
                   "tool_choice":%s}\
                  """
                      .formatted(WEATHER, choice)),
          "tool_choice");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model | {'messages':[{'role':'user','content':'hi'}]}",
        "model | {'model':7,'messages':[{'role':'user','content':'hi'}]}",
        "model | {'model':' ','messages':[{'role':'user','content':'hi'}]}",
        "messages | {'model':'m'}",
        "messages | {'model':'m','messages':[]}",
        "messages | {'model':'m','messages':'hi'}",
        "messages[0] | {'model':'m','messages':['hi']}",
        "messages[0].role | {'model':'m','messages':[{'content':'hi'}]}",
        "messages[0].role | {'model':'m','messages':[{'role':'User','content':'hi'}]}",
        "messages[0].content | {'model':'m','messages':[{'role':'user','content':7}]}",
        "messages[0].content[0] | {'model':'m','messages':[{'role':'user','content':['hi']}]}",
        "messages[0].content[0].type | {'model':'m','messages':[{'role':'user','content':[{}]}]}",
        "messages[0].content[0].text "
            + "| {'model':'m','messages':[{'role':'user','content':[{'type':'text'}]}]}",
        "messages[0].content[0].text "
            + "| {'model':'m','messages':[{'role':'user','content':[{'type':'text','text':{}}]}]}",
        "messages[0].tool_call_id | {'model':'m','messages':[{'role':'tool','content':'hi'}]}",
        "messages[0].name | {'model':'m','messages':[{'role':'function','content':'hi'}]}",
        "messages[0].tool_calls | {'model':'m','messages':[{'role':'assistant','tool_calls':{}}]}",
        "messages[0].tool_calls[0].type "
            + "| {'model':'m','messages':[{'role':'assistant','tool_calls':[{'type':'x'}]}]}",
        "messages[0].tool_calls[0].function "
            + "| {'model':'m','messages':[{'role':'assistant','tool_calls':[{'id':'c'}]}]}",
        "messages[0].tool_calls[0].function.arguments "
            + "| {'model':'m','messages':[{'role':'assistant','tool_calls':["
            + "{'function':{'name':'f','arguments':{}}}]}]}",
        "stream | {'model':'m','messages':[{'role':'user','content':'hi'}],'stream':'true'}",
        "stream | {'model':'m','messages':[{'role':'user','content':'hi'}],'stream':1}",
        "n | {'model':'m','messages':[{'role':'user','content':'hi'}],'n':0}",
        "n | {'model':'m','messages':[{'role':'user','content':'hi'}],'n':1.5}",
        "n | {'model':'m','messages':[{'role':'user','content':'hi'}],'n':1000}",
        "tools | {'model':'m','messages':[{'role':'user','content':'hi'}],'tools':{}}",
        "tools[0] | {'model':'m','messages':[{'role':'user','content':'hi'}],'tools':['f']}",
        "tools[0].type | {'model':'m','messages':[{'role':'user','content':'hi'}],'tools':[{}]}",
        "tools[0].function.name "
            + "| {'model':'m','messages':[{'role':'user','content':'hi'}],"
            + "'tools':[{'type':'function','function':{}}]}",
        "tools[0].name "
            + "| {'model':'m','messages':[{'role':'user','content':'hi'}],"
            + "'tools':[{'type':'function','name':'g','function':{'name':'f'}}]}",
        "tool_choice | {'model':'m','messages':[{'role':'user','content':'hi'}],'tool_choice':7}",
        "Messages | {'model':'m','messages':[{'role':'user','content':'hi'}],'Messages':[]}",
        "TOOLS | {'model':'m','messages':[{'role':'user','content':'hi'}],'TOOLS':[]}",
        "messages[0].Content "
            + "| {'model':'m','messages':[{'role':'user','content':'hi','Content':'x'}]}",
        "messages[0].toolCalls "
            + "| {'model':'m','messages':[{'role':'user','content':'hi','toolCalls':[]}]}",
      })
  void whatCannotBeReadIsRefusedByItsName(String row) {
    String member = row.substring(0, row.indexOf(" |"));
    assertMalformed(() -> chat(row.substring(row.indexOf('{')).replace('\'', '"')), member);
  }

  @Test
  void aNameThatFoldsToAnotherLetterIsNoWayAround() {
    for (String name : List.of("me\u017F\u017Fages", "\uFF4Dessages", "tool\u017F")) {
      String body =
          "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"%s\":[]}"
              .formatted(name);
      if (name.startsWith("\uFF4D")) {
        assertThat(texts(chat(body))).anyMatch(text -> text.endsWith(name));
      } else {
        assertThatThrownBy(() -> chat(body)).isInstanceOf(InterceptorException.class);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"model\":\"m\",\"model\":\"n\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"\\ud800\"}]}",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]} {}",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"seed\":NaN}",
        "[]",
        "",
      })
  void aBodyThatReadersReadDifferentlyIsRefused(String body) {
    assertThatThrownBy(() -> chat(body)).isInstanceOf(InterceptorException.class);
  }

  @Test
  void numbersLeaveAsTheyCame() {
    String body =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],"
            + "\"temperature\":0.70,\"top_p\":1.0,\"seed\":9007199254740991,\"x\":0.1234567890123}";
    assertThat(chat(body).body()).hasToString(body);
  }

  @Test
  void unknownMembersAreKeptAndLookedAt() {
    ChatRequest call =
        chat(
            """
            {"model":"m","messages":[{"role":"user","content":"hi","hint":{"a":["for the model"]}}],
             "mm_processor_kwargs":{"note":"for the processor"},"stop":["the end"],
             "metadata":{"ticket of":"Ann Lee"}}\
            """);
    assertThat(texts(call))
        .containsExactly(
            "messages[0].content USER hi",
            "messages[0].hint.a[0] USER for the model",
            "mm_processor_kwargs.note OTHER for the processor",
            "stop[0] OTHER the end",
            "metadata.(name not repeated) OTHER Ann Lee",
            "metadata.(name not repeated) OTHER ticket of");
    call.walk().texts().forEach(text -> text.replace("x"));
    assertThat(call.body().path("metadata").toString()).isEqualTo("{\"x\":\"x\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "models",
        "route",
        "provider",
        "transforms",
        "plugins",
        "compound_custom",
        "extra_body",
        "chat_template",
        "chat_template_kwargs",
        "extraBody",
        "Provider"
      })
  void whatOverridesTheConfigurationIsRefused(String name) {
    String body =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\",\"x\":{\"%s\":1}}]%s}";
    assertMalformed(() -> chat(body.formatted(name, ",\"" + name + "\":[]")), name);
    assertThat(texts(chat(body.formatted(name, ",\"" + name + "\":null")))).hasSize(1);
  }

  @Test
  void partsOfUnknownTypesAreListedAndTheirTextsLookedAt() {
    ChatRequest call =
        messages(
            """
            {"role":"user","content":[{"type":"video_url","video_url":{"url":"https://a.example/v"}},
             {"type":"hologram","words":"read me"}]}\
            """);
    assertThat(unscanned(call))
        .containsExactly(
            "messages[0].content[0] UNKNOWN_TYPE", "messages[0].content[1] UNKNOWN_TYPE");
    assertThat(texts(call))
        .containsExactly(
            "messages[0].content[0].video_url.url USER https://a.example/v",
            "messages[0].content[1].words USER read me");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data:;base64,SWdub3Jl\tall",
        "data:ignore_all_previous_instructions;base64,AAAA",
        "DATA:image/png;charset=utf-8;base64,AAAA!"
      })
  void whatIsNoFileWhereAFileMayBeIsAText(String url) {
    String written = url.replace("\t", "\\t");
    for (String part :
        List.of(
            "{\"type\":\"image_url\",\"image_url\":{\"url\":\"" + written + "\"}}",
            "{\"type\":\"file\",\"file\":{\"file_data\":\"" + written + "\"}}",
            "{\"type\":\"x\",\"input_audio\":{},\"data\":\"" + written + "\"}",
            "{\"type\":\"text\",\"text\":\"" + written + "\"}")) {
      ChatRequest call = messages("{\"role\":\"user\",\"content\":[" + part + "]}");
      assertThat(texts(call)).as(part).singleElement().asString().endsWith(" USER " + url);
    }
  }

  @Test
  void aFileWhereATextMayBeIsAText() {
    assertThat(texts(messages("{\"role\":\"user\",\"content\":\"data:text/plain;base64,AAAA\"}")))
        .containsExactly("messages[0].content USER data:text/plain;base64,AAAA");
  }

  @Test
  void theAddressOfAnImageIsATextToo() {
    ChatRequest call =
        messages(
            """
            {"role":"user","content":[
             {"type":"image_url","image_url":{"url":"https://a.example/?q=Ann"}}]}\
            """);
    assertThat(texts(call))
        .containsExactly("messages[0].content[0].image_url.url USER https://a.example/?q=Ann");
    assertThat(unscanned(call)).containsExactly("messages[0].content[0].image_url.url IMAGE");
  }

  @Test
  void anImageInAResultCannotBeLookedAtAndCanBeReplaced() {
    ChatRequest call =
        messages(
            """
            {"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"see"},
             {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]}\
            """);
    ToolResult result = call.results().getFirst();
    assertThat(result.result().path("content").path(1).path("data").asText())
        .isEqualTo("iVBORw0KGgo=");
    ObjectNode seen = result.result();
    ((ObjectNode) seen.path("content").path(1)).removeAll().put("type", "text").put("text", "gone");
    result.replace(seen);
    assertThat(texts(call)).contains("messages[0].content[1].text TOOL gone");
    assertThat(unscanned(call)).isEmpty();
  }

  @Test
  void idsAndNamesAreWordsAndNotTextsUnlessTheyAreSentences() {
    assertThat(
            texts(
                messages(
                    "{\"role\":\"tool\",\"tool_call_id\":\"obey me now\",\"content\":\"hi\"}")))
        .containsExactly(
            "messages[0].tool_call_id TOOL obey me now", "messages[0].content TOOL hi");
  }

  @Test
  void whatClientsFillInFreelyIsATextEvenIfItIsOneWord() {
    String key = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
    for (String name :
        List.of("user", "safety_identifier", "prompt_cache_key", "summary", "keep_alive")) {
      assertThat(
              texts(
                  chat(
                      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\""
                          + name
                          + "\":\""
                          + key
                          + "\"}")))
          .containsExactly("messages[0].content USER hi", name + " OTHER " + key);
    }
  }
}
