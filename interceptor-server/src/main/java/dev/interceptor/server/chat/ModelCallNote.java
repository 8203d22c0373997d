package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.session.SessionId;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;

/// What the audit log keeps of one request to a model. Filled while the request is worked on, by
/// one thread.
final class ModelCallNote {
  /// How a request ended.
  enum Ending {
    /// The client has the whole answer.
    ANSWERED,
    /// Policy, a guard or a limit stood against it.
    REFUSED,
    /// No answer, or an error in its place.
    FAILED,
    /// The answer broke off after its begin.
    CUT,
    /// The client left before the end.
    ABANDONED;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final long MOST_TOKENS = 1L << 53;

  private final String requestId;
  private final String entryPoint;
  private final String method;
  private final String path;
  private final String ip;
  private final Instant at;
  private final long start = System.nanoTime();
  private final TreeSet<String> marks = new TreeSet<>();
  private Optional<Principal> principal = Optional.empty();
  private Optional<SessionId> session = Optional.empty();
  private Optional<String> model = Optional.empty();
  private Optional<String> provider = Optional.empty();
  private Optional<String> reason = Optional.empty();
  private Optional<BodyKeeper> bodies = Optional.empty();
  private Optional<String> requestBody = Optional.empty();
  private Optional<String> answerBody = Optional.empty();
  private OptionalLong inputTokens = OptionalLong.empty();
  private OptionalLong outputTokens = OptionalLong.empty();
  private Ending ending = Ending.FAILED;
  private int status;
  private int attempts;
  private Duration providerTime = Duration.ZERO;

  ModelCallNote(
      String requestId, String entryPoint, String method, String path, String ip, Instant at) {
    this.requestId = requestId;
    this.entryPoint = entryPoint;
    this.method = method;
    this.path = path;
    this.ip = ip;
    this.at = at;
  }

  void who(Principal known, Optional<SessionId> named) {
    principal = Optional.of(known);
    session = named;
  }

  /// @param alias one that is configured
  void model(String alias) {
    model = Optional.of(alias);
  }

  /// @param took until the answer's headers
  void provider(String name, int tries, Duration took) {
    provider = Optional.of(name);
    attempts = tries;
    providerTime = took;
  }

  /// @param word of a small number of words, such as `unscanned_image`
  void mark(String word) {
    marks.add(word);
  }

  /// @param keeper empty if bodies are not kept
  void keepBodies(Optional<BodyKeeper> keeper) {
    bodies = keeper;
  }

  /// @param sent as the provider gets it
  void requestBody(ObjectNode sent) {
    requestBody = bodies.map(keeper -> keeper.shown(ModelEvents.bytes(sent)));
  }

  /// @param given as the client gets it, in one piece
  void answerBody(byte[] given) {
    answerBody = bodies.map(keeper -> keeper.shown(given));
  }

  /// Takes the counts of tokens out of an answer or an event, in any format.
  void usage(JsonNode answer) {
    JsonNode usage = answer.path("usage");
    if (usage.isMissingNode()) {
      usage = answer.path("response").path("usage");
    }
    tokens(usage, "prompt_tokens", "completion_tokens");
    tokens(usage, "input_tokens", "output_tokens");
    tokens(answer, "prompt_eval_count", "eval_count");
  }

  private void tokens(JsonNode counts, String in, String out) {
    inputTokens = count(counts.path(in), inputTokens);
    outputTokens = count(counts.path(out), outputTokens);
  }

  private static OptionalLong count(JsonNode said, OptionalLong before) {
    return said.isIntegralNumber()
            && said.canConvertToLong()
            && said.longValue() >= 0
            && said.longValue() < MOST_TOKENS
        ? OptionalLong.of(said.longValue())
        : before;
  }

  void ended(Ending how, int httpStatus) {
    ending = how;
    status = httpStatus;
  }

  /// @param why a stable word
  void ended(Ending how, int httpStatus, String why) {
    ended(how, httpStatus);
    reason = Optional.of(why);
  }

  /// Whether a credential was accepted: other requests are authentication events alone.
  boolean isKnown() {
    return principal.isPresent();
  }

  LogEntry entry() {
    LogEntry.Builder entry =
        LogEntry.of(LogEntry.Kind.MODEL_CALL, at)
            .text("request_id", requestId)
            .text("entry_point", entryPoint)
            .text("method", method)
            .text("path", path)
            .text("client_ip", ip)
            .text("customer_id", principal.map(Principal::customer))
            .text("key_id", principal.map(Principal::key))
            .text("session_id", session.map(SessionId::value))
            .text("model", model)
            .text("provider", provider)
            .text("outcome", ending.word())
            .text("reason", reason)
            .text(
                "detail", marks.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", marks)))
            .number("status", status)
            .number("attempts", attempts)
            .number("micros", (System.nanoTime() - start) / 1000)
            .number("upstream_micros", providerTime.toNanos() / 1000)
            .text("request_body", requestBody)
            .text("answer_body", answerBody);
    inputTokens.ifPresent(count -> entry.number("input_tokens", count));
    outputTokens.ifPresent(count -> entry.number("output_tokens", count));
    return entry.build();
  }
}
