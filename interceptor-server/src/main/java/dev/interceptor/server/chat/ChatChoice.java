package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.guard.AnswerRedaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// One choice of a chat completion on its way to the client.
final class ChatChoice {
  private static final Set<String> KNOWN =
      Set.of(
          "role",
          "content",
          "refusal",
          "reasoning",
          "reasoning_content",
          "reasoning_details",
          "audio",
          "tool_calls",
          "function_call");
  private static final Set<String> FINISHED_BY_CALLS = Set.of("tool_calls", "function_call");
  private static final String TRANSCRIPT = "transcript";

  private final AnswerRedaction redaction;
  private final TextScreen screen;
  private final DecidedCalls decided;
  private final CallIds ids;
  private final AssembledCalls calls;
  private final ChatTexts texts;
  private boolean finished;

  /// What the choices of one answer have in common.
  record Shared(CallGate gate, AnswerRedaction redaction, CallIds ids, AnswerLength length) {}

  /// @param index among the choices
  ChatChoice(Shared shared, int index) {
    this.redaction = shared.redaction();
    this.screen = new TextScreen(redaction);
    this.decided = new DecidedCalls(shared.gate(), redaction, index);
    this.ids = shared.ids();
    this.calls = new AssembledCalls(shared.length());
    this.texts = new ChatTexts(redaction, screen, shared.length());
  }

  /// The calls that were decided.
  DecidedCalls decided() {
    return decided;
  }

  boolean isFinished() {
    return finished;
  }

  /// A choice of an answer in one piece.
  void whole(ObjectNode choice) throws ModelProtocolException {
    if (!(choice.get("message") instanceof ObjectNode message)) {
      return;
    }
    boolean changed = false;
    for (String field : ChatTexts.FIELDS) {
      changed |= redact(message, field);
    }
    if (message.get("audio") instanceof ObjectNode audio) {
      changed |= redact(audio, TRANSCRIPT);
      screen.redact(audio, Set.of("data", TRANSCRIPT));
    }
    changed |= screen.redact(message, KNOWN);
    if (changed) {
      choice.remove("logprobs");
      message.remove("annotations");
    }
    if (assembleWhole(message)) {
      message.remove(List.of("tool_calls", "function_call"));
      decide().forEach(call -> call.put(message, -1));
      if (hasCalls()) {
        choice.remove("logprobs");
      }
      decided
          .explanation()
          .ifPresent(text -> {
            String before = AnswerMembers.text(message, "content");
            message.put("content", before + (before.isEmpty() ? "" : "\n\n") + text);
            stop(choice);
          });
    }
  }

  /// @return whether anything was replaced
  private boolean redact(ObjectNode message, String field) {
    JsonNode said = message.path(field);
    if (said.isTextual()) {
      String seen = redaction.whole(said.textValue());
      if (seen.equals(said.textValue())) {
        return false;
      }
      message.put(field, seen);
      return true;
    }
    if (said.isContainerNode()) {
      JsonNode seen = screen.redacted(said);
      boolean changed = !seen.equals(said);
      message.set(field, seen);
      return changed;
    }
    return false;
  }

  /// Takes a message's calls in, each of which stands there whole.
  ///
  /// @return whether there are any
  private boolean assembleWhole(ObjectNode message) throws ModelProtocolException {
    if (message.hasNonNull("tool_calls")) {
      calls.addWhole(message.path("tool_calls"));
    }
    if (message.hasNonNull("function_call")) {
      calls.addFunction(message.path("function_call"));
    }
    return message.has("tool_calls") || message.has("function_call");
  }

  /// Takes a delta's calls in.
  ///
  /// @return whether there are any
  private boolean assemble(ObjectNode message) throws ModelProtocolException {
    if (message.hasNonNull("tool_calls")) {
      calls.add(message.path("tool_calls"));
    }
    if (message.hasNonNull("function_call")) {
      calls.addFunction(message.path("function_call"));
    }
    return message.has("tool_calls") || message.has("function_call");
  }

  /// A call as it was decided.
  record Decided(AssembledCall call, String arguments) {
    void put(ObjectNode message, int index) {
      call.put(message, index, arguments);
    }
  }

  private List<Decided> decide() {
    List<Decided> released = new ArrayList<>();
    for (AssembledCall call : calls.all()) {
      call.identify(ids);
      decided
          .released(call.proposed())
          .ifPresent(arguments -> {
            ids.use(call.id());
            released.add(new Decided(call, arguments));
          });
    }
    return released;
  }

  private void stop(ObjectNode choice) {
    if (FINISHED_BY_CALLS.contains(AnswerMembers.text(choice, "finish_reason"))) {
      choice.put("finish_reason", "stop");
    }
  }

  /// What is left of a delta at once.
  ///
  /// @param pieces the texts whose end has still to be seen
  record Left(List<ChatLine.Piece> pieces, boolean touched) {}

  /// A choice of a chunk: its calls are kept, its texts are begun.
  Left take(ObjectNode choice) throws ModelProtocolException {
    boolean touched = dropLogprobs(choice);
    if (!(choice.get("delta") instanceof ObjectNode delta)) {
      return new Left(List.of(), touched);
    }
    List<ChatLine.Piece> pieces = new ArrayList<>();
    touched |= texts.take(delta, pieces);
    if (finished && !pieces.isEmpty()) {
      throw wentOn();
    }
    if (assemble(delta)) {
      if (finished) {
        throw wentOn();
      }
      delta.remove(List.of("tool_calls", "function_call"));
      choice.remove("logprobs");
      touched = true;
    }
    touched |= screen.redact(delta, KNOWN);
    return new Left(pieces, touched);
  }

  /// They would tell what is held back, replaced or withheld, also in a chunk without any of it.
  ///
  /// @return whether there were any
  private boolean dropLogprobs(ObjectNode choice) {
    boolean kept =
        !redaction.looksForAnything()
            && !hasCalls()
            && isBeside(choice.path("logprobs"), choice.path("delta"));
    return choice.hasNonNull("logprobs") && !kept && choice.remove("logprobs") != null;
  }

  /// Whether the list is of the delta's own texts and of nothing else.
  private static boolean isBeside(JsonNode logprobs, JsonNode delta) {
    if (!logprobs.isObject()) {
      return false;
    }
    for (Map.Entry<String, JsonNode> list : logprobs.properties()) {
      StringBuilder tokens = new StringBuilder();
      list.getValue().forEach(token -> tokens.append(AnswerMembers.text(token, "token")));
      boolean named = list.getKey().equals("content") || list.getKey().equals("refusal");
      if (!named || !tokens.toString().equals(AnswerMembers.text(delta, list.getKey()))) {
        return false;
      }
    }
    return true;
  }

  private static ModelProtocolException wentOn() {
    return new ModelProtocolException("a choice went on after its end");
  }

  /// Nothing more of the choice's texts will come.
  void finishTexts() {
    finished = true;
    texts.finish();
  }

  boolean hasCalls() {
    return !calls.all().isEmpty();
  }

  /// What was held back of the texts, as a delta; empty if nothing was.
  ///
  /// @param except texts that leave otherwise
  Optional<ObjectNode> rest(Predicate<AnswerText> except) {
    return texts.rest(except);
  }

  /// Decides the calls.
  ///
  /// @param choice of the last chunk, whose `finish_reason` may change
  /// @return the deltas that the client gets for them
  List<ObjectNode> finishCalls(ObjectNode choice) {
    List<ObjectNode> deltas = new ArrayList<>();
    for (Decided call : decide()) {
      ObjectNode delta = JsonNodeFactory.instance.objectNode();
      call.put(delta, deltas.size());
      deltas.add(delta);
    }
    decided
        .explanation()
        .ifPresent(text -> {
          String apart = texts.hasContent() ? "\n\n" : "";
          deltas.add(JsonNodeFactory.instance.objectNode().put("content", apart + text));
          stop(choice);
        });
    return deltas;
  }
}
