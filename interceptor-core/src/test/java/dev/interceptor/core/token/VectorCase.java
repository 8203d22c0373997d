package dev.interceptor.core.token;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.tool.ToolName;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One presentation of a token to a verifier, with the verdict it has to give.
///
/// @param token none if there is no token
/// @param nowMs the verifier's clock, milliseconds since 1970
/// @param after ids of the cases that are presented to the same verifier before this one
/// @param unavailable `keys` or `guard` if it cannot be asked
/// @param reason none if the token is accepted
record VectorCase(
    String id,
    String shows,
    String spec,
    Optional<String> token,
    Call call,
    long nowMs,
    int leeway,
    int maxLifetime,
    int capacity,
    long guardSinceMs,
    List<String> after,
    Optional<String> unavailable,
    Optional<TokenRejection.Reason> reason) {
  static final long NOW_MS = 1_800_000_000_000L;

  /// A call as received, in JSON text; null is what it does not carry.
  record Call(
      String aud,
      String tool,
      @Nullable String arguments,
      @Nullable String inputResponses,
      @Nullable String requestState) {
    static final Call SEND =
        new Call("https://mail.example/mcp", "send_email", CraftedToken.ARGUMENTS, null, null);

    Call to(String otherAudience) {
      return new Call(otherAudience, tool, arguments, inputResponses, requestState);
    }

    Call of(String otherTool) {
      return new Call(aud, otherTool, arguments, inputResponses, requestState);
    }

    Call with(@Nullable String otherArguments) {
      return new Call(aud, tool, otherArguments, inputResponses, requestState);
    }

    Call answering(@Nullable String responses, @Nullable String state) {
      return new Call(aud, tool, arguments, responses, state);
    }

    ExpectedCall expected() {
      return new ExpectedCall(
          new Audience(aud),
          new ToolName(tool),
          Digests.of(arguments),
          Digests.ofRequest(inputResponses, requestState));
    }
  }

  private static VectorCase of(
      String id,
      String shows,
      String spec,
      Optional<String> token,
      Optional<TokenRejection.Reason> reason) {
    return new VectorCase(
        id,
        shows,
        spec,
        token,
        Call.SEND,
        NOW_MS,
        1,
        60,
        100,
        0,
        List.of(),
        Optional.empty(),
        reason);
  }

  static VectorCase accepted(String id, String shows, String spec, String token) {
    return of(id, shows, spec, Optional.of(token), Optional.empty());
  }

  static VectorCase refused(
      String id, TokenRejection.Reason reason, String shows, String spec, String token) {
    return of(id, shows, spec, Optional.of(token), Optional.of(reason));
  }

  static VectorCase without(TokenRejection.Reason reason, String id, String shows, String spec) {
    return of(id, shows, spec, Optional.empty(), Optional.of(reason));
  }

  VectorCase at(long otherNowMs) {
    return new VectorCase(
        id,
        shows,
        spec,
        token,
        call,
        otherNowMs,
        leeway,
        maxLifetime,
        capacity,
        guardSinceMs,
        after,
        unavailable,
        reason);
  }

  VectorCase within(int otherLeeway, int otherMaxLifetime) {
    return new VectorCase(
        id,
        shows,
        spec,
        token,
        call,
        nowMs,
        otherLeeway,
        otherMaxLifetime,
        capacity,
        guardSinceMs,
        after,
        unavailable,
        reason);
  }

  VectorCase forCall(Call other) {
    return new VectorCase(
        id,
        shows,
        spec,
        token,
        other,
        nowMs,
        leeway,
        maxLifetime,
        capacity,
        guardSinceMs,
        after,
        unavailable,
        reason);
  }

  VectorCase guardedBy(int otherCapacity, long otherSinceMs) {
    return new VectorCase(
        id,
        shows,
        spec,
        token,
        call,
        nowMs,
        leeway,
        maxLifetime,
        otherCapacity,
        otherSinceMs,
        after,
        unavailable,
        reason);
  }

  VectorCase after(String... ids) {
    return new VectorCase(
        id,
        shows,
        spec,
        token,
        call,
        nowMs,
        leeway,
        maxLifetime,
        capacity,
        guardSinceMs,
        List.of(ids),
        unavailable,
        reason);
  }

  VectorCase withoutIts(String part) {
    return new VectorCase(
        id,
        shows,
        spec,
        token,
        call,
        nowMs,
        leeway,
        maxLifetime,
        capacity,
        guardSinceMs,
        after,
        Optional.of(part),
        reason);
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", id).put("shows", shows).put("spec", spec);
    token.ifPresent(text -> json.put("token", text));
    ObjectNode received = json.putObject("call").put("aud", call.aud()).put("tool", call.tool());
    put(received, "arguments", call.arguments());
    put(received, "inputResponses", call.inputResponses());
    put(received, "requestState", call.requestState());
    json.put("now_ms", nowMs).put("leeway", leeway).put("max_lifetime", maxLifetime);
    json.putObject("guard").put("capacity", capacity).put("since_ms", guardSinceMs);
    after.forEach(json.withArray("after")::add);
    unavailable.ifPresent(part -> json.put("unavailable", part));
    json.put("expect", reason.isPresent() ? "reject" : "accept");
    reason.ifPresent(name -> json.put("reason", name.name()));
    return json;
  }

  private static void put(ObjectNode json, String name, @Nullable String text) {
    if (text != null) {
      json.put(name, text);
    }
  }
}
