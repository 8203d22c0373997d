package dev.interceptor.server.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// Requests for tests, as clients write them.
final class Bodies {
  private Bodies() {}

  static ObjectNode read(String json) {
    return RequestBody.read(json.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
  }

  static ChatRequest chat(String json) {
    return new ChatRequest(read(json));
  }

  static ResponsesRequest responses(String json) {
    return new ResponsesRequest(read(json));
  }

  /// `{"model":"m","messages":[…]}`.
  static ChatRequest messages(String messages) {
    return chat("{\"model\":\"m\",\"messages\":[" + messages + "]}");
  }

  /// `{"model":"m","input":[…]}`.
  static ResponsesRequest items(String items) {
    return responses("{\"model\":\"m\",\"input\":[" + items + "]}");
  }

  static List<String> texts(ModelCall call) {
    return call.walk().texts().stream()
        .map(text -> text.place() + " " + text.role() + " " + text.text())
        .toList();
  }

  static List<String> unscanned(ModelCall call) {
    return call.walk().unscanned().stream().map(each -> each.place() + " " + each.kind()).toList();
  }

  static List<String> offered(ModelCall call) {
    return call.offered().stream().map(tool -> tool.kind() + " " + tool.name()).toList();
  }

  static void assertMalformed(ThrowingCallable read, String member) {
    assertThatThrownBy(read)
        .isInstanceOfSatisfying(
            InterceptorException.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(ErrorCode.MALFORMED_REQUEST);
              assertThat(failure.publicDetail()).startsWith("`" + member + "`").contains(": ");
            });
  }
}
