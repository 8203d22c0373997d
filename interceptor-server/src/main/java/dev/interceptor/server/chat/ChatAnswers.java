package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.guard.AnswerRedaction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Answers of `POST /v1/chat/completions`.
///
/// *Guarantees*: text leaves as it comes, but for what may still be part of a finding; the calls of
/// a choice are decided when it is finished, and those that are left are counted from 0 without
/// gaps; where none is left a text says so, and `finish_reason` is `stop`. *Does not*: look at
/// sound and images. `logprobs` leave a stream only where nothing is looked for and no calls are
/// made, and a whole answer only without findings and calls.
final class ChatAnswers implements AnswerFilter {
  static final int MOST_CHOICES = 128;

  private static final Set<String> FRAME =
      Set.of(
          "id",
          "object",
          "created",
          "model",
          "choices",
          "usage",
          "system_fingerprint",
          "service_tier",
          "obfuscation");
  private static final Set<String> CHOICE =
      Set.of("index", "message", "delta", "finish_reason", "logprobs");

  private final ChatChoice.Shared shared;
  private final TextScreen screen;
  private final ChatLine line;
  private final Map<Integer, ChatChoice> choices = new TreeMap<>();
  private boolean begun;

  ChatAnswers(CallGate gate, AnswerRedaction redaction, EventPieces pieces) {
    this.shared = new ChatChoice.Shared(gate, redaction, new CallIds(), new AnswerLength());
    this.screen = new TextScreen(redaction);
    this.line = new ChatLine(pieces);
  }

  @Override
  public ObjectNode whole(ObjectNode answer) throws ModelProtocolException {
    screen.redact(answer, FRAME);
    answer.remove("interceptor");
    int index = 0;
    for (ObjectNode choice : AnswerMembers.choices(answer)) {
      boolean _ = onlyHas(choice, "message", "delta");
      screen.redact(choice, CHOICE);
      var filtered = new ChatChoice(shared, index++);
      filtered.whole(choice);
      filtered.decided().putTokens(answer);
    }
    return answer;
  }

  /// Removes what does not belong into a choice of this kind of answer.
  ///
  /// @param right where the choice's message stands, if anywhere
  /// @return whether there was something
  private static boolean onlyHas(ObjectNode choice, String right, String wrong)
      throws ModelProtocolException {
    if (choice.hasNonNull(right) && !choice.path(right).isObject()) {
      throw new ModelProtocolException("`" + right + "` is no object");
    }
    boolean touched = choice.remove(wrong) != null;
    touched |= AnswerMembers.dropUnfinished(choice);
    return touched;
  }

  @Override
  public void take(ObjectNode event, Sink out) throws IOException {
    begun = true;
    boolean touched = screen.redact(event, FRAME);
    touched |= event.remove("interceptor") != null;
    List<ChatLine.Piece> pieces = new ArrayList<>();
    List<ObjectNode> finished = new ArrayList<>();
    List<ObjectNode> left = new ArrayList<>();
    Set<ChatChoice> here = new HashSet<>();
    for (ObjectNode choice : AnswerMembers.choices(event)) {
      touched |= onlyHas(choice, "delta", "message");
      boolean hadText = hasText(choice);
      touched |= screen.redact(choice, CHOICE);
      ChatChoice known = choice(choice);
      if (!here.add(known)) {
        throw new ModelProtocolException("a choice stands twice in one chunk");
      }
      ChatChoice.Left taken = known.take(choice);
      if (known.isFinished()) {
        continue;
      }
      pieces.addAll(taken.pieces());
      touched |= taken.touched();
      if (choice.hasNonNull("finish_reason")) {
        finished.add(choice);
      } else if (!taken.touched() || hadText || !choice.path("delta").isEmpty()) {
        left.add(choice);
      }
    }
    boolean asItCame = finished.isEmpty() && left.size() == event.path("choices").size();
    if (asItCame) {
      leave(event, touched, pieces, out);
      return;
    }
    if (finished.size() == 1
        && event.path("choices").size() == 1
        && finishedPlainly(event, touched, pieces, out)) {
      return;
    }
    if (!left.isEmpty() || !pieces.isEmpty()) {
      List<ObjectNode> texts = new ArrayList<>(left);
      finished.stream()
          .filter(ChatAnswers::hasDelta)
          .map(ChatAnswers::unfinished)
          .forEach(texts::add);
      leave(chunk(event, texts), true, pieces, out);
    }
    for (ObjectNode choice : finished) {
      finish(event, choice, out);
    }
    if (finished.isEmpty() && event.hasNonNull("usage")) {
      leave(chunk(event, List.of()), true, List.of(), out);
    }
  }

  private static boolean hasText(ObjectNode choice) {
    return ChatTexts.FIELDS.stream().anyMatch(choice.path("delta")::hasNonNull);
  }

  private static boolean hasDelta(ObjectNode choice) {
    return choice.path("delta").size() > 0;
  }

  /// The choice without its end, which comes in a chunk of its own; its texts are still the same
  /// objects.
  private static ObjectNode unfinished(ObjectNode choice) {
    ObjectNode open = JsonNodeFactory.instance.objectNode();
    open.setAll(choice);
    open.remove("logprobs");
    return open.putNull("finish_reason");
  }

  private ChatChoice choice(ObjectNode choice) throws ModelProtocolException {
    int index = choice.path("index").asInt(0);
    ChatChoice known = choices.computeIfAbsent(index, _ -> new ChatChoice(shared, index));
    if (choices.size() > MOST_CHOICES) {
      throw new ModelProtocolException("more than " + MOST_CHOICES + " choices");
    }
    return known;
  }

  private void leave(ObjectNode event, boolean touched, List<ChatLine.Piece> pieces, Sink out)
      throws IOException {
    line.leave(event, touched, pieces, out);
  }

  /// The end of an answer of one choice without calls leaves as it came.
  ///
  /// @return false if it is another one
  private boolean finishedPlainly(
      ObjectNode event, boolean touched, List<ChatLine.Piece> pieces, Sink out) throws IOException {
    ObjectNode choice = (ObjectNode) event.path("choices").path(0);
    ChatChoice ended = choice(choice);
    if (!choice.hasNonNull("finish_reason") || ended.hasCalls()) {
      return false;
    }
    sendRest(event, choice, pieces, out);
    leave(event, touched, pieces, out);
    return true;
  }

  /// What was held back of a finished choice's texts, but for those that go on in this chunk.
  private void sendRest(ObjectNode event, ObjectNode choice, List<ChatLine.Piece> pieces, Sink out)
      throws IOException {
    ChatChoice ended = choice(choice);
    ended.finishTexts();
    line.settled(out);
    Optional<ObjectNode> rest =
        ended.rest(
            text -> line.awaits(text) || pieces.stream().anyMatch(piece -> piece.isOf(text)));
    if (rest.isPresent()) {
      leave(delta(event, choice.path("index").asInt(0), rest.get()), true, List.of(), out);
    }
  }

  private void finish(ObjectNode event, ObjectNode choice, Sink out) throws IOException {
    ChatChoice ended = choice(choice);
    sendRest(event, choice, List.of(), out);
    int index = choice.path("index").asInt(0);
    for (ObjectNode call : ended.finishCalls(choice)) {
      ObjectNode chunk = delta(event, index, call);
      call.path("tool_calls")
          .forEach(made -> ended.decided().putToken(chunk, AnswerMembers.text(made, "id")));
      leave(chunk, true, List.of(), out);
    }
    ObjectNode last = JsonNodeFactory.instance.objectNode();
    last.setAll(choice);
    last.remove("logprobs");
    last.putObject("delta");
    ObjectNode chunk = chunk(event, List.of(last));
    if (event.has("usage")) {
      chunk.set("usage", event.path("usage"));
    }
    leave(chunk, true, List.of(), out);
  }

  private static ObjectNode delta(ObjectNode event, int index, ObjectNode delta) {
    ObjectNode choice = JsonNodeFactory.instance.objectNode().put("index", index);
    choice.set("delta", delta);
    choice.putNull("finish_reason");
    return chunk(event, List.of(choice));
  }

  /// A chunk like another one, with other choices.
  private static ObjectNode chunk(ObjectNode like, List<ObjectNode> choices) {
    ObjectNode chunk = JsonNodeFactory.instance.objectNode();
    chunk.setAll(like);
    chunk.remove(List.of("obfuscation", "interceptor"));
    if (!choices.isEmpty()) {
      chunk.remove("usage");
    }
    chunk.putArray("choices").addAll(choices);
    return chunk;
  }

  @Override
  public void end(Sink out) throws IOException {
    if (!begun) {
      throw new ModelProtocolException("the stream ended before the answer began");
    }
    for (ChatChoice choice : choices.values()) {
      if (!choice.isFinished()) {
        throw new ModelProtocolException("the stream ended before a choice was finished");
      }
    }
    line.settled(out);
  }
}
