package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.server.upstream.ToolReply.Fault;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InputRequiredTest {
  private static final String CAPABILITIES =
      "{\"elicitation\":{\"form\":{},\"url\":{}},\"sampling\":{\"tools\":{}},\"roots\":{},"
          + "\"experimental\":{\"x\":{}}}";
  private static final String FORM = "{\"method\":\"elicitation/create\",\"params\":{}}";
  private static final String URL =
      "{\"method\":\"elicitation/create\",\"params\":{\"mode\":\"url\"}}";
  private static final String SAMPLING = "{\"method\":\"sampling/createMessage\",\"params\":{}}";
  private static final String ROOTS = "{\"method\":\"roots/list\"}";

  private final AuthorizedCalls calls = AuthorizedCalls.create();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"resultType\":\"input_required\",\"requestState\":\"s\"}",
        "{\"resultType\":\"input_required\",\"inputRequests\":{\"a\":" + FORM + "}}",
        "{\"resultType\":\"input_required\",\"inputRequests\":{\"a\":"
            + URL
            + ",\"b\":"
            + SAMPLING
            + ",\"c\":"
            + ROOTS
            + "},\"requestState\":\"s\",\"_meta\":{\"k\":1}}"
      })
  void aQuestionOfAnOfferedKindReachesTheCaller(String result) throws IOException {
    for (String method : new String[] {"t", "prompts/get", "resources/read"}) {
      assertThat(reply(method, result, CAPABILITIES, Feature.values()))
          .isInstanceOfSatisfying(
              ToolReply.InputRequired.class,
              asking -> assertThat(asking.result().toString()).isEqualTo(result));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"resultType\":\"input_required\"}",
        "{\"resultType\":\"input_required\",\"inputRequests\":[]}",
        "{\"resultType\":\"input_required\",\"inputRequests\":null}",
        "{\"resultType\":\"input_required\",\"requestState\":7}",
        "{\"resultType\":\"input_required\",\"inputRequests\":{\"a\":7}}",
        "{\"resultType\":\"input_required\",\"inputRequests\":{\"a\":{\"method\":\"tools/call\"}}}",
        "{\"resultType\":\"task\"}",
        "{\"resultType\":7}"
      })
  void anythingElseThanAResultOrAQuestionIsAFailure(String result) throws IOException {
    assertIsFailure(reply("t", result, CAPABILITIES, Feature.values()));
  }

  @Test
  void questionsHaveANumberThatIsBounded() throws IOException {
    assertThat(reply("t", asking(32), CAPABILITIES, Feature.values()))
        .isInstanceOf(ToolReply.InputRequired.class);
    assertIsFailure(reply("t", asking(33), CAPABILITIES, Feature.values()));
  }

  private static String asking(int questions) {
    return IntStream.range(0, questions)
        .mapToObj(i -> "\"q" + i + "\":" + ROOTS)
        .collect(
            Collectors.joining(
                ",", "{\"resultType\":\"input_required\",\"inputRequests\":{", "}}"));
  }

  @Test
  void aKindThatIsNotExposedWasNotOffered() throws IOException {
    assertIsFailure(reply("t", asking(1), CAPABILITIES, Feature.ELICITATION));
    assertIsFailure(reply("t", asking(1), "{\"elicitation\":{}}", Feature.values()));
  }

  @Test
  void aClientThatKnowsOnlyFormsIsNotSentToAPage() throws IOException {
    String page = "{\"resultType\":\"input_required\",\"inputRequests\":{\"a\":" + URL + "}}";
    assertIsFailure(reply("t", page, "{\"elicitation\":{}}", Feature.values()));
    String form = "{\"resultType\":\"input_required\",\"inputRequests\":{\"a\":" + FORM + "}}";
    assertThat(reply("t", form, "{\"elicitation\":{}}", Feature.values()))
        .isInstanceOf(ToolReply.InputRequired.class);
    assertIsFailure(reply("t", form, "{\"elicitation\":{\"url\":{}}}", Feature.values()));
  }

  @Test
  void aCompletionMayNotAsk() throws IOException {
    assertIsFailure(
        reply(
            "completion/complete",
            "{\"resultType\":\"input_required\",\"requestState\":\"s\"}",
            CAPABILITIES,
            Feature.values()));
  }

  @Test
  void aLegacyServerHasNoSuchResult() throws IOException {
    String asking = "{\"resultType\":\"input_required\",\"requestState\":\"s\"}";
    try (var server = ScriptedServer.legacy((r, w) -> w.result(r, asking));
        ToolServer client = Clients.of(server, Feature.values())) {
      assertIsFailure(
          client.forward(
              calls.to(client, "t", "{}"), new TestCaller(CAPABILITIES, Optional.empty())));
    }
  }

  private static void assertIsFailure(ToolReply reply) {
    assertThat(reply)
        .isInstanceOfSatisfying(
            ToolReply.Failed.class, failed -> assertThat(failed.fault()).isEqualTo(Fault.PROTOCOL));
  }

  private ToolReply reply(String tool, String result, String capabilities, Feature... exposed)
      throws IOException {
    try (var server = ScriptedServer.modern((r, w) -> w.result(r, result));
        ToolServer client = Clients.of(server, exposed)) {
      Caller caller = new TestCaller(capabilities, Optional.empty());
      return client.forward(calls.to(client, tool, "{}"), caller);
    }
  }
}
