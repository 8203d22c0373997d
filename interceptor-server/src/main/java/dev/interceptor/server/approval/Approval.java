package dev.interceptor.server.approval;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.decision.ApprovalId;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/// One request for a person's approval and what has become of it.
///
/// @param claimedBy the decision that uses or used it
public record Approval(
    ApprovalId id,
    ApprovalBinding binding,
    ApprovalDemand demand,
    ApprovalState state,
    Times times,
    Optional<Said> said,
    Optional<String> claimedBy) {

  /// @param lastAskedAt when the same call was last asked for while this one was open
  /// @param expiresAt of an open one: when the request, or the approval, is good no more
  public record Times(
      Instant requestedAt, Instant lastAskedAt, long timesAsked, Instant expiresAt) {}

  /// What a person said.
  ///
  /// @param by as an approver names it
  /// @param reason empty if none was given
  public record Said(String by, Instant at, String reason) {}

  /// Why a ruling comes too late, in words for the person who made it.
  public String whyClosed() {
    return switch (state) {
      case PENDING -> "it waits for a person";
      case APPROVED -> "it has been approved" + bySomeone() + " and can be used or denied";
      case CLAIMED -> "a call is using it";
      case USED -> "it has been used";
      case DENIED -> "it has been denied" + bySomeone() + "; the call has to be asked for again";
      case EXPIRED -> "it expired at " + times.expiresAt() + "; the call has to be asked for again";
    };
  }

  private String bySomeone() {
    return said.map(last -> " by " + last.by()).orElse("");
  }

  /// For lists and for those who may not read arguments.
  public ObjectNode toJson() {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", id.value())
            .put("state", state.word())
            .put("customer", binding.session().customer().value())
            .put("session", binding.session().session().value())
            .put("upstream", binding.tool().upstream().value())
            .put("tool", binding.tool().name().value())
            .put("arguments_digest", binding.arguments().hex())
            .put("arguments_bytes", demand.arguments().bytes())
            .put("key", demand.key().value());
    texts(json, "rules", demand.rules());
    texts(json, "classes", demand.classes());
    texts(json, "taints", demand.labels());
    json.put("message", demand.message().orElse(null))
        .put("requested_at", times.requestedAt().toString())
        .put("last_asked_at", times.lastAskedAt().toString())
        .put("times_asked", times.timesAsked())
        .put("expires_at", times.expiresAt().toString())
        .put("decided_at", said.map(Said::at).map(Instant::toString).orElse(null))
        .put("decided_by", said.map(Said::by).orElse(null))
        .put("reason", said.map(Said::reason).orElse(null))
        .put("claimed_by", claimedBy.orElse(null));
    return json;
  }

  /// For those who decide. `arguments` is the canonical text, so that its SHA-256 is
  /// `arguments_digest`; null where it is not kept.
  public ObjectNode toJsonWithArguments() {
    return toJson().put("arguments", demand.arguments().text().orElse(null));
  }

  private static void texts(ObjectNode json, String name, Collection<?> values) {
    var array = json.putArray(name);
    values.forEach(value -> array.add(value.toString()));
  }
}
