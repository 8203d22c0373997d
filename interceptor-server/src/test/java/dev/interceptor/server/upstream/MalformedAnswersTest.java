package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.server.upstream.ScriptedServer.Script;
import dev.interceptor.server.upstream.ToolReply.Fault;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MalformedAnswersTest {
  private static final String RESULT = "{\"content\":[{\"type\":\"text\",\"text\":\"ok\"}]}";
  private final HostileServer hostile = new HostileServer(AuthorizedCalls.create());

  @ParameterizedTest
  @ValueSource(strings = {"99999", "\"1\"", "null", "1.0"})
  void anAnswerToAnotherRequestIsNotUsed(String id) throws IOException {
    String body = "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + RESULT + "}";
    assertThat(hostile.reply((_, wire) -> wire.json(200, body)))
        .isEqualTo(unknown(Fault.PROTOCOL, "the answer is for another request"));
  }

  @Test
  void anIdOfTheOtherTypeIsAnotherRequest() throws IOException {
    Script typed =
        (request, wire) ->
            wire.json(
                200,
                "{\"jsonrpc\":\"2.0\",\"id\":\"" + request.id() + "\",\"result\":" + RESULT + "}");
    assertThat(hostile.reply(typed))
        .isEqualTo(unknown(Fault.PROTOCOL, "the answer is for another request"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "[]",
        "{}",
        "{\"jsonrpc\":\"2.0\"}",
        "{\"a\":1,\"a\":2}",
        "{} {}",
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}]"
      })
  void anythingButOneMessageIsAProtocolFault(String body) throws IOException {
    assertThat(hostile.reply((_, wire) -> wire.json(200, body)))
        .isInstanceOfSatisfying(
            ToolReply.Unknown.class,
            unknown -> assertThat(unknown.fault()).isEqualTo(Fault.PROTOCOL));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"content\":[],\"content\":[1]}",
        "{\"content\":[\"\\ud800\"]}",
        "{\"content\":\"text\"}",
        "{}"
      })
  void aResultThatCannotBeHandedOnIsAProtocolFault(String result) throws IOException {
    assertThat(hostile.reply((request, wire) -> wire.result(request, result)))
        .isInstanceOfSatisfying(
            ToolReply.Unknown.class,
            unknown -> assertThat(unknown.fault()).isEqualTo(Fault.PROTOCOL));
  }

  @Test
  void deepNestingIsAProtocolFault() throws IOException {
    String deep = "{\"content\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}";
    assertThat(hostile.reply((request, wire) -> wire.result(request, deep)))
        .isInstanceOf(ToolReply.Unknown.class);
  }

  @Test
  void numbersArriveAsTheyWereSent() throws IOException {
    String result =
        "{\"content\":[],\"structuredContent\":[9007199254740993,1.10,123456789012345678901234567890]}";
    assertThat(hostile.reply((request, wire) -> wire.result(request, result)))
        .isInstanceOfSatisfying(
            ToolReply.Completed.class,
            completed -> assertThat(completed.result().toString()).isEqualTo(result));
  }

  @Test
  void aCompressedAnswerIsNotUnpacked() throws IOException {
    assertThat(
            hostile.reply(
                (_, wire) -> wire.answer(200, "application/json", "xx", "Content-Encoding: gzip")))
        .isInstanceOf(ToolReply.Unknown.class);
  }

  @Test
  void bytesThatAreNoUtf8AreAProtocolFault() throws IOException {
    byte[] overlong = {'"', (byte) 0xC0, (byte) 0xAF, '"'};
    Script broken =
        (request, wire) -> {
          String head = "{\"jsonrpc\":\"2.0\",\"id\":" + request.id();
          String start = head + ",\"result\":{\"content\":[";
          String end = "]}}";
          wire.raw(
              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                  + (start.length() + overlong.length + end.length())
                  + "\r\n\r\n"
                  + start);
          wire.out().write(overlong);
          wire.raw(end);
        };
    assertThat(hostile.reply(broken))
        .isInstanceOfSatisfying(
            ToolReply.Unknown.class,
            unknown -> assertThat(unknown.fault()).isEqualTo(Fault.PROTOCOL));
  }

  private static ToolReply unknown(Fault fault, String detail) {
    return new ToolReply.Unknown(fault, detail);
  }
}
