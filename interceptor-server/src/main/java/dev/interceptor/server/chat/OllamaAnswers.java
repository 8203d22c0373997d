package dev.interceptor.server.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.chat.CallGate.Kind;
import dev.interceptor.server.chat.CallGate.ProposedCall;
import dev.interceptor.server.guard.AnswerRedaction;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/// Answers of Ollama's `POST /api/chat`; an event is one line.
///
/// *Guarantees*: where all calls are withheld, the text says so and `done_reason` is `stop`. What
/// is held back of a text leaves with the last line. *Does not*: look at images.
final class OllamaAnswers implements AnswerFilter {
  /// Longest text of one answer, in chars.
  static final int MAX_TEXT = 16 * 1024 * 1024;

  private static final String CALLS = "tool_calls";
  private static final Set<String> MESSAGE = Set.of("role", "content", "thinking", CALLS, "images");
  private static final Set<String> FRAME =
      Set.of("model", "created_at", "message", "done", "done_reason", "logprobs");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final DecidedCalls calls;
  private final AnswerRedaction redaction;
  private final TextScreen screen;
  private final AnswerText content;
  private final AnswerText thinking;
  private int released;
  private boolean ended;

  OllamaAnswers(CallGate gate, AnswerRedaction redaction) {
    this.calls = new DecidedCalls(gate, redaction);
    this.redaction = redaction;
    this.screen = new TextScreen(redaction);
    this.content = new AnswerText(redaction.stream());
    this.thinking = new AnswerText(redaction.stream());
  }

  @Override
  public ObjectNode whole(ObjectNode answer) {
    screen.redact(answer, FRAME);
    if (answer.get("message") instanceof ObjectNode message) {
      boolean changed = whole(message, "content");
      changed |= whole(message, "thinking");
      if (changed) {
        answer.remove("logprobs");
      }
      screen.redact(message, MESSAGE);
      decide(message);
      explain(answer, message, AnswerMembers.text(message, "content").isEmpty());
    }
    calls.putTokens(answer);
    return answer;
  }

  private boolean whole(ObjectNode message, String member) {
    String text = AnswerMembers.text(message, member);
    String seen = redaction.whole(text);
    if (seen.equals(text)) {
      return AnswerMembers.dropUnlessText(message, member);
    }
    message.put(member, seen);
    return true;
  }

  /// Leaves the calls that may be seen, counted from 0.
  ///
  /// @return whether anything is no longer as it was
  private boolean decide(ObjectNode message) {
    if (!message.path(CALLS).isArray()) {
      return message.remove(CALLS) != null;
    }
    ArrayNode left = JsonNodeFactory.instance.arrayNode();
    boolean changed = false;
    for (JsonNode call : message.path(CALLS)) {
      if (call instanceof ObjectNode made && made.get("function") instanceof ObjectNode function) {
        changed |= decide(made, function, left);
      } else {
        changed = true;
      }
    }
    if (left.isEmpty()) {
      message.remove(CALLS);
    } else {
      message.set(CALLS, left);
    }
    return changed;
  }

  private boolean decide(ObjectNode call, ObjectNode function, ArrayNode left) {
    String arguments = function.path("arguments").toString();
    Optional<String> seen =
        calls.released(
            new ProposedCall(
                Kind.FUNCTION,
                AnswerMembers.text(call, "id"),
                AnswerMembers.text(function, "name"),
                arguments));
    if (seen.isEmpty()) {
      return true;
    }
    boolean changed = !seen.get().equals(arguments);
    if (changed) {
      function.set("arguments", tree(seen.get()));
    }
    int index = released++;
    if (function.has("index") && function.path("index").asInt() != index) {
      function.put("index", index);
      changed = true;
    }
    changed |= screen.redact(function, Set.of("name", "arguments"));
    changed |= screen.redact(call, Set.of("function"));
    left.add(call);
    return changed;
  }

  private static JsonNode tree(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("redacted arguments are not JSON", e);
    }
  }

  private void explain(ObjectNode answer, ObjectNode message, boolean first) {
    calls
        .explanation()
        .ifPresent(text -> {
          message.put(
              "content", AnswerMembers.text(message, "content") + (first ? "" : "\n\n") + text);
          answer.put("done_reason", "stop");
        });
  }

  @Override
  public void take(ObjectNode event, Sink out) throws IOException {
    if (ended) {
      return;
    }
    ended = event.has("error") || event.path("done").asBoolean();
    boolean changed = screen.redact(event, FRAME);
    boolean empty = false;
    if (event.get("message") instanceof ObjectNode message) {
      changed |= screen.redact(message, MESSAGE);
      changed |= piece(event, message, "content", content);
      changed |= piece(event, message, "thinking", thinking);
      if (message.has(CALLS)) {
        changed |= decide(message);
        changed |= calls.putTokens(event);
      }
      empty = isEmpty(message);
    }
    if (event.path("done").asBoolean()) {
      changed |= last(event);
    } else if (changed && empty) {
      return;
    }
    if (changed) {
      out.send(event);
    } else {
      out.pass(event);
    }
  }

  /// @return whether the piece is no longer as it was
  private boolean piece(ObjectNode event, ObjectNode message, String member, AnswerText text)
      throws IOException {
    String piece = AnswerMembers.text(message, member);
    if (piece.isEmpty()) {
      return AnswerMembers.dropUnlessText(message, member);
    }
    boolean inStep = text.push(piece);
    if (text.came() > MAX_TEXT) {
      throw new ModelProtocolException("an answer of more than " + MAX_TEXT + " characters");
    }
    String rest = text.rest();
    if (inStep) {
      return false;
    }
    message.put(member, rest);
    event.remove("logprobs");
    return true;
  }

  private static boolean isEmpty(ObjectNode message) {
    return AnswerMembers.text(message, "content").isEmpty()
        && AnswerMembers.text(message, "thinking").isEmpty()
        && !message.has(CALLS)
        && !message.has("images");
  }

  private boolean last(ObjectNode event) {
    ObjectNode message =
        event.get("message") instanceof ObjectNode known
            ? known
            : JsonNodeFactory.instance.objectNode().put("role", "assistant").put("content", "");
    boolean changed = rest(message, "content", content);
    changed |= rest(message, "thinking", thinking);
    if (changed) {
      event.remove("logprobs");
    }
    changed |= calls.explanation().isPresent();
    explain(event, message, content.visible() == 0);
    changed |= calls.putTokens(event);
    if (changed) {
      event.set("message", message);
    }
    return changed;
  }

  private static boolean rest(ObjectNode message, String member, AnswerText text) {
    text.finish();
    String rest = text.rest();
    if (!rest.isEmpty()) {
      message.put(member, AnswerMembers.text(message, member) + rest);
    }
    return !rest.isEmpty();
  }

  @Override
  public void end(Sink out) throws IOException {
    if (!ended) {
      throw new ModelProtocolException("the stream ended before the answer did");
    }
  }
}
