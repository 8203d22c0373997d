package dev.interceptor.server.chat;

import static dev.interceptor.server.chat.Bodies.assertMalformed;
import static dev.interceptor.server.chat.Bodies.items;
import static dev.interceptor.server.chat.Bodies.offered;
import static dev.interceptor.server.chat.Bodies.responses;
import static dev.interceptor.server.chat.Bodies.texts;
import static dev.interceptor.server.chat.Bodies.unscanned;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ResponsesRequestTest {
  private static final String ITEMS =
      """
      {"role":"user","content":"a plain message"},
      {"type":"message","role":"developer","content":[{"type":"input_text","text":"be brief"}]},
      {"type":"message","role":"user","content":[{"type":"input_text","text":"look at it"},
       {"type":"input_image","image_url":"data:image/png;base64,AAAA","detail":"auto"},
       {"type":"input_file","file_id":"file-9","filename":"my file"}]},
      {"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[
       {"type":"output_text","text":"I looked","annotations":[]},
       {"type":"refusal","refusal":"I will not"}]},
      {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"I think"}],
       "encrypted_content":"AAAA"},
      {"type":"function_call","id":"fc_1","call_id":"c1","name":"read_mail",
       "arguments":"{\\"id\\":1}"},
      {"type":"function_call_output","call_id":"c1","output":"a mail"},
      {"type":"custom_tool_call","call_id":"c2","name":"run_code","input":"print it"},
      {"type":"custom_tool_call_output","call_id":"c2","output":[
       {"type":"input_text","text":"printed it"}]},
      {"type":"mcp_call","id":"mcp_1","server_label":"s","name":"roll","arguments":"{\\"n\\":2}",
       "output":"it rolled","error":null},
      {"type":"computer_call_output","call_id":"c3","output":{"type":"computer_screenshot",
       "image_url":"data:image/png;base64,AAAA"}},
      {"type":"shell_call_output","call_id":"c4","output":[{"stdout":"the listing",
       "stderr":"no error","outcome":{"type":"exit","exit_code":0}}]},
      {"type":"file_search_call","id":"fs_1","queries":["what is it"],"results":[
       {"file_id":"file-8","filename":"its name","text":"its text","score":0.5}]},
      {"type":"code_interpreter_call","id":"ci_1","code":"run it","container_id":"cn_1",
       "outputs":[{"type":"logs","logs":"it ran"}]},
      {"type":"image_generation_call","id":"ig_1","result":"AAAA"},
      {"type":"apply_patch_call_output","call_id":"c5","status":"failed","output":"no such file"},
      {"type":"mcp_list_tools","id":"ml_1","server_label":"s","tools":[{"name":"roll",
       "description":"rolls dice","input_schema":{"type":"object"}}]},
      {"type":"mcp_approval_response","approval_request_id":"a1","approve":true,
       "reason":"go on then"},
      {"type":"item_reference","id":"msg_7"},
      {"id":"msg_8"}\
      """;

  @Test
  void everyTextIsThereWithItsPlaceAndRole() {
    assertThat(texts(items(ITEMS)))
        .containsExactly(
            "input[0].content USER a plain message",
            "input[1].content[0].text DEVELOPER be brief",
            "input[2].content[0].text USER look at it",
            "input[2].content[2].filename USER my file",
            "input[3].content[0].text ASSISTANT I looked",
            "input[3].content[1].refusal ASSISTANT I will not",
            "input[4].summary[0].text ASSISTANT I think",
            "input[5].arguments ASSISTANT {\"id\":1}",
            "input[6].output TOOL a mail",
            "input[7].input ASSISTANT print it",
            "input[8].output[0].text TOOL printed it",
            "input[9].arguments ASSISTANT {\"n\":2}",
            "input[9].output TOOL it rolled",
            "input[11].output[0].stdout TOOL the listing",
            "input[11].output[0].stderr TOOL no error",
            "input[12].queries[0] ASSISTANT what is it",
            "input[12].results[0].filename TOOL its name",
            "input[12].results[0].text TOOL its text",
            "input[13].code ASSISTANT run it",
            "input[13].outputs[0].logs TOOL it ran",
            "input[15].output TOOL no such file",
            "input[16].tools[0].description DEFINITION rolls dice",
            "input[17].reason USER go on then");
  }

  @Test
  void whatCannotBeLookedAtIsListed() {
    assertThat(unscanned(items(ITEMS)))
        .containsExactly(
            "input[2].content[1].image_url IMAGE",
            "input[2].content[2].file_id FILE",
            "input[4].encrypted_content ENCRYPTED",
            "input[10].output.image_url IMAGE",
            "input[12].results[0].file_id FILE",
            "input[14].result IMAGE");
  }

  @Test
  void everyResultIsThereWithItsTool() {
    List<ToolResult> results = items(ITEMS).results();
    assertThat(results)
        .extracting(each -> each.place() + " " + each.tool().orElse("?"))
        .containsExactly(
            "input[6].output read_mail",
            "input[8].output run_code",
            "input[9].output roll",
            "input[10].output computer",
            "input[11].output shell",
            "input[12].results file_search",
            "input[13].outputs code_interpreter",
            "input[15].output apply_patch");
    assertThat(results.getFirst().arguments()).contains("{\"id\":1}");
    assertThat(results.get(1).arguments()).contains("print it");
    assertThat(results.get(2).callId()).isEqualTo("mcp_1");
    assertThat(results.get(2).arguments()).contains("{\"n\":2}");
    assertThat(results.get(3).result().path("content").path(0).path("type").asText())
        .isEqualTo("image");
  }

  @Test
  void aResultIsWithheldInTheShapeItHas() {
    ResponsesRequest call = items(ITEMS);
    call.results().get(4).withhold("withheld");
    assertThat(call.body().path("input").path(11).path("output").toString())
        .isEqualTo(
            "[{\"stdout\":\"withheld\",\"stderr\":\"\",\"outcome\":{\"type\":\"exit\",\"exit_code\":0}}]");
    call.results().get(3).withhold("withheld");
    assertThat(texts(call)).contains("input[10].output.text TOOL withheld");
  }

  @Test
  void whatIsStoredElsewhereIsListed() {
    ResponsesRequest call =
        responses(
            """
            {"model":"m","previous_response_id":"resp_1","conversation":{"id":"conv_1"},
             "prompt":{"id":"pmpt_1","variables":{"city":"the big one"}},"background":true,
             "tools":[{"type":"file_search","vector_store_ids":["vs_1"]},
              {"type":"code_interpreter","container":"cntr_1"}],
             "input":[%s]}\
            """
                .formatted(ITEMS));
    assertThat(call.storedContext())
        .extracting(each -> each.place() + " " + each.kind() + " " + each.id())
        .containsExactlyInAnyOrder(
            "previous_response_id RESPONSE resp_1",
            "conversation.id CONVERSATION conv_1",
            "prompt.id PROMPT pmpt_1",
            "background BACKGROUND ",
            "tools[0].vector_store_ids[0] VECTOR_STORE vs_1",
            "tools[1].container CONTAINER cntr_1",
            "input[2].content[2].file_id FILE file-9",
            "input[12].results[0].file_id FILE file-8",
            "input[13].container_id CONTAINER cn_1",
            "input[18].id ITEM msg_7",
            "input[19].id ITEM msg_8");
    assertThat(texts(call)).contains("prompt.variables.city USER the big one");
  }

  @Test
  void aStringIsInputAndInstructionsAreTheDevelopers() {
    assertThat(
            texts(
                responses(
                    """
                    {"model":"m","instructions":"be brief","input":"say it","text":{"format":{
                     "type":"json_schema","name":"answer","schema":{"type":"object","properties":{
                      "a":{"type":"string","description":"the answer"}}}}}}\
                    """)))
        .containsExactly(
            "instructions DEVELOPER be brief",
            "input USER say it",
            "text.format.schema.properties.a.description DEFINITION the answer");
  }

  @Test
  void everyOfferIsListedWhereverItStands() {
    ResponsesRequest call =
        responses(
            """
            {"model":"m","input":[{"type":"additional_tools","role":"developer","tools":[
              {"type":"function","name":"late","parameters":{}}]}],
             "tool_choice":{"type":"allowed_tools","mode":"auto","tools":[
              {"type":"function","name":"read_mail"},{"type":"mcp","server_label":"s"}]},
             "tools":[{"type":"function","name":"read_mail","description":"Reads a mail"},
              {"type":"custom","name":"run_code"},
              {"type":"web_search"},{"type":"file_search"},{"type":"computer"},{"type":"shell"},
              {"type":"local_shell"},{"type":"apply_patch"},{"type":"image_generation"},
              {"type":"programmatic"},{"type":"tool_search"},{"type":"code_interpreter"},
              {"type":"mcp","server_label":"s","connector_id":"connector_mail",
               "authorization":"ya29 a secret","headers":{"X":"another secret"},
               "server_description":"what it does"},
              {"type":"something_new"},
              {"type":"namespace","name":"crm","description":"All of it","tools":[
               {"type":"function","name":"find"},{"type":"function","name":"wipe"}]}]}\
            """);
    assertThat(offered(call))
        .containsExactlyInAnyOrder(
            "FUNCTION read_mail",
            "CUSTOM run_code",
            "PROVIDER web_search",
            "PROVIDER file_search",
            "PROVIDER computer",
            "PROVIDER shell",
            "PROVIDER local_shell",
            "PROVIDER apply_patch",
            "PROVIDER image_generation",
            "PROVIDER programmatic",
            "PROVIDER tool_search",
            "PROVIDER code_interpreter",
            "PROVIDER mcp",
            "PROVIDER something_new",
            "FUNCTION find",
            "FUNCTION wipe",
            "FUNCTION late");
    assertThat(texts(call)).noneMatch(text -> text.contains("secret"));
    call.keepTools(tool -> tool.name().equals("find") || tool.name().equals("read_mail"));
    assertThat(offered(call)).containsExactlyInAnyOrder("FUNCTION read_mail", "FUNCTION find");
    assertThat(call.body().path("tool_choice").path("tools").toString())
        .isEqualTo("[{\"type\":\"function\",\"name\":\"read_mail\"}]");
    assertThat(call.body().path("input").path(0).has("tools")).isFalse();
    call.keepTools(tool -> tool.name().equals("read_mail"));
    assertThat(call.body().path("tools")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "function_call_output, ?",
    "custom_tool_call_output, ?",
    "local_shell_call_output, local_shell",
    "something_new_output, something_new"
  })
  void aResultWithoutItsCallIsNamedByItsType(String type, String tool) {
    List<ToolResult> results =
        items("{\"type\":\"%s\",\"call_id\":\"c\",\"output\":\"hi\"}".formatted(type)).results();
    assertThat(results).hasSize(1);
    assertThat(results.getFirst().tool())
        .isEqualTo(tool.equals("?") ? Optional.empty() : Optional.of(tool));
  }

  @Test
  void anOfferHasTheNamesOfItsCalls() {
    ResponsesRequest call =
        responses(
            """
            {"model":"m","tools":[{"type":"function","name":"read_mail"},
              {"type":"namespace","name":"crm","tools":[{"type":"custom","name":"find"}]},
              {"type":"computer_use_preview"},{"type":"shell"},{"type":"web_search_preview"},
              {"type":"mcp","server_label":"far","allowed_tools":["roll"]},
              {"type":"mcp","server_label":"near","allowed_tools":{"tool_names":["toss"]}},
              {"type":"mcp","server_label":"any"}]}\
            """);
    assertThat(call.offered())
        .flatExtracting(OfferedTool::calls)
        .containsExactlyInAnyOrder(
            "read_mail", "crm.find", "computer", "shell", "far.roll", "near.toss");
  }

  @Test
  void aResultInANamespaceIsThatOfTheQualifiedTool() {
    List<ToolResult> results =
        items(
                """
                {"type":"function_call","call_id":"c","namespace":"crm","name":"find",
                 "arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"a"}\
                """)
            .results();
    assertThat(results).extracting(ToolResult::tool).containsExactly(Optional.of("crm.find"));
  }

  @ParameterizedTest
  @CsvSource({
    "function_call_output, output",
    "something_new_output, output",
    "tool_search_output, tools"
  })
  void aResultIsWhereTheProviderReadsIt(String type, String member) {
    List<ToolResult> results =
        items("{\"type\":\"%s\",\"call_id\":\"c\",\"tools\":[],\"output\":\"hi\"}".formatted(type))
            .results();
    assertThat(results).extracting(ToolResult::place).containsExactly("input[0]." + member);
  }

  @Test
  void anItemOfAnUnknownTypeIsReadAsATools() {
    ResponsesRequest call = items("{\"type\":\"novelty\",\"words\":\"read me\"}");
    assertThat(texts(call)).containsExactly("input[0].words TOOL read me");
    assertThat(unscanned(call)).containsExactly("input[0] UNKNOWN_TYPE");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "input | {'model':'m','input':7}",
        "input[0] | {'model':'m','input':['hi']}",
        "input[0].role | {'model':'m','input':[{'role':'tool','content':'hi'}]}",
        "input[0].role | {'model':'m','input':[{'content':'hi'}]}",
        "input[0].id | {'model':'m','input':[{}]}",
        "input[0].type | {'model':'m','input':[{'type':7}]}",
        "input[0].content | {'model':'m','input':[{'role':'user','content':{}}]}",
        "input[0].content[0].text "
            + "| {'model':'m','input':[{'role':'user','content':[{'type':'input_text'}]}]}",
        "input[0].call_id | {'model':'m','input':[{'type':'function_call'}]}",
        "input[0].arguments "
            + "| {'model':'m','input':[{'type':'function_call','call_id':'c','name':'f',"
            + "'arguments':{}}]}",
        "input[0].call_id | {'model':'m','input':[{'type':'function_call_output','output':''}]}",
        "input[0].output "
            + "| {'model':'m','input':[{'type':'function_call_output','call_id':'c','output':7}]}",
        "input[0].id | {'model':'m','input':[{'type':'item_reference'}]}",
        "input[0].tools[0].name "
            + "| {'model':'m','input':[{'type':'additional_tools','tools':[{'type':'function'}]}]}",
        "tools[0].tools[0].type "
            + "| {'model':'m','input':'hi','tools':[{'type':'namespace','tools':[{}]}]}",
        "instructions | {'model':'m','input':'hi','instructions':['x']}",
        "previous_response_id | {'model':'m','input':'hi','previous_response_id':7}",
        "background | {'model':'m','input':'hi','background':'yes'}",
        "stream | {'model':'m','input':'hi','stream':'false'}",
        "tool_choice | {'model':'m','input':'hi','tool_choice':{'type':'file_search'}}",
        "Background | {'model':'m','input':'hi','Background':true}",
        "previousResponseId | {'model':'m','input':'hi','previousResponseId':'x'}",
      })
  void whatCannotBeReadIsRefusedByItsName(String row) {
    String member = row.substring(0, row.indexOf(" |"));
    assertMalformed(() -> responses(row.substring(row.indexOf('{')).replace('\'', '"')), member);
  }
}
