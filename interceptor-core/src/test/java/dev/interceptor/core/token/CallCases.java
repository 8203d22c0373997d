package dev.interceptor.core.token;

import static dev.interceptor.core.token.CraftedToken.good;
import static dev.interceptor.core.token.TokenRejection.Reason.EXPIRED;
import static dev.interceptor.core.token.TokenRejection.Reason.REPLAYED;
import static dev.interceptor.core.token.TokenRejection.Reason.REPLAY_GUARD_FULL;
import static dev.interceptor.core.token.TokenRejection.Reason.REPLAY_GUARD_UNAVAILABLE;
import static dev.interceptor.core.token.TokenRejection.Reason.REPLAY_UNCERTAIN;
import static dev.interceptor.core.token.TokenRejection.Reason.WRONG_ARGUMENTS;
import static dev.interceptor.core.token.TokenRejection.Reason.WRONG_AUDIENCE;
import static dev.interceptor.core.token.TokenRejection.Reason.WRONG_REQUEST;
import static dev.interceptor.core.token.TokenRejection.Reason.WRONG_TOOL;
import static dev.interceptor.core.token.VectorCase.NOW_MS;
import static dev.interceptor.core.token.VectorCase.accepted;
import static dev.interceptor.core.token.VectorCase.refused;

import dev.interceptor.core.token.VectorCase.Call;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The call that the token is presented for, and its second presentation.
final class CallCases {
  private static final String HASH = "RFC 8785";
  private static final String ONCE = "RFC 7519 §4.1.7";

  private CallCases() {}

  static List<VectorCase> all() {
    List<VectorCase> cases = new ArrayList<>();
    cases.addAll(arguments());
    cases.addAll(continuations());
    cases.addAll(replays());
    return cases;
  }

  private static List<VectorCase> arguments() {
    String token = good().text();
    String none = good().withClaim("p_hash", "\"" + Digests.of("{}").hex() + "\"").text();
    return List.of(
        accepted("call-respelled", "the same arguments in another spelling", HASH, token)
            .forCall(
                Call.SEND.with(
                    " { \"to\" : \"ann\\u0040mail.example\",\n\"body\":\"\\u0068i\" } ")),
        refused("call-other-value", WRONG_ARGUMENTS, "another value", HASH, token)
            .forCall(Call.SEND.with(CraftedToken.ARGUMENTS.replace("hi", "ho"))),
        refused("call-more", WRONG_ARGUMENTS, "one argument more", HASH, token)
            .forCall(Call.SEND.with(CraftedToken.ARGUMENTS.replace("{", "{\"bcc\":null,"))),
        refused("call-less", WRONG_ARGUMENTS, "one argument less", HASH, token)
            .forCall(Call.SEND.with("{\"body\":\"hi\"}")),
        refused("call-no-arguments", WRONG_ARGUMENTS, "no arguments", HASH, token)
            .forCall(Call.SEND.with(null)),
        refused("call-other-type", WRONG_ARGUMENTS, "the arguments as text", HASH, token)
            .forCall(Call.SEND.with("{\"body\":\"hi\",\"to\":[\"ann@mail.example\"]}")),
        accepted("call-absent-is-empty", "absent arguments are {}", HASH, none)
            .forCall(Call.SEND.with(null)),
        accepted("call-null-is-empty", "null is {}", HASH, none).forCall(Call.SEND.with("null")),
        accepted("call-empty", "{} is {}", HASH, none).forCall(Call.SEND.with("{}")),
        refused(
                "call-not-normalized",
                WRONG_ARGUMENTS,
                "Unicode is not normalized",
                HASH,
                good()
                    .withClaim("p_hash", "\"" + Digests.of("{\"a\":\"\u00e9\"}").hex() + "\"")
                    .text())
            .forCall(Call.SEND.with("{\"a\":\"e\u0301\"}")),
        refused(
                "call-other-server",
                WRONG_AUDIENCE,
                "another server receives it",
                "RFC 7519 §4.1.3",
                token)
            .forCall(Call.SEND.to("https://mail.example/other")),
        refused("call-other-tool", WRONG_TOOL, "another tool is called", "RFC 8693 §4.2", token)
            .forCall(Call.SEND.of("run_shell")),
        accepted(
                "call-tool-with-path",
                "a tool with every kind of character",
                "RFC 8693 §4.2",
                good().withClaim("scope", "\"tool:A-z_0.9/x\"").text())
            .forCall(Call.SEND.of("A-z_0.9/x")));
  }

  private static List<VectorCase> continuations() {
    String answers = "{\"ok\":{\"action\":\"accept\",\"content\":{\"yes\":true}}}";
    String state = "\"opaque\"";
    String both = continued(answers, state);
    return List.of(
        accepted("request-both", "answers and state", HASH, both)
            .forCall(Call.SEND.answering(answers, state)),
        accepted("request-respelled", "answers in another order and spelling", HASH, both)
            .forCall(
                Call.SEND.answering(
                    "{\"ok\":{\"content\":{ \"yes\":true },\"action\":\"acc\\u0065pt\"}}", state)),
        accepted("request-answers", "answers alone", HASH, continued(answers, null))
            .forCall(Call.SEND.answering(answers, null)),
        accepted("request-state", "state alone", HASH, continued(null, state))
            .forCall(Call.SEND.answering(null, state)),
        accepted(
                "request-null",
                "null is carried like any other value",
                HASH,
                continued("null", null))
            .forCall(Call.SEND.answering("null", null)),
        refused(
                "request-null-is-not-absent",
                WRONG_REQUEST,
                "null is not the same as absent",
                HASH,
                good().text())
            .forCall(Call.SEND.answering(null, "null")),
        refused(
                "request-not-bound",
                WRONG_REQUEST,
                "the call carries state, the token none",
                HASH,
                good().text())
            .forCall(Call.SEND.answering(null, state)),
        refused(
            "request-not-carried",
            WRONG_REQUEST,
            "the token binds state, the call has none",
            HASH,
            both),
        refused("request-half", WRONG_REQUEST, "the call has only one of the two", HASH, both)
            .forCall(Call.SEND.answering(answers, null)),
        refused("request-other-answer", WRONG_REQUEST, "another answer", HASH, both)
            .forCall(Call.SEND.answering(answers.replace("true", "false"), state)),
        refused("request-other-state", WRONG_REQUEST, "another state", HASH, both)
            .forCall(Call.SEND.answering(answers, "\"opaque \"")),
        refused(
                "order-arguments-request",
                WRONG_ARGUMENTS,
                "arguments before the request",
                HASH,
                both)
            .forCall(Call.SEND.with("{}")));
  }

  private static String continued(@Nullable String answers, @Nullable String state) {
    String digest = Digests.ofRequest(answers, state).orElseThrow().hex();
    return good().withClaim("r_hash", "\"" + digest + "\"").text();
  }

  private static List<VectorCase> replays() {
    String token = good().text();
    String second = good().withClaim("jti", "\"second\"").text();
    String longLived =
        good()
            .withPayload(
                CraftedToken.object(CraftedToken.claims())
                    .replace("1800000005", "1800000060")
                    .replace(CraftedToken.JTI, "long"))
            .text();
    return List.of(
        refused("replayed", REPLAYED, "presented for the second time", ONCE, token).after("ok"),
        refused(
                "replayed-last-moment",
                REPLAYED,
                "again, a millisecond before its end",
                ONCE,
                token)
            .after("ok")
            .at(NOW_MS + 5_999),
        refused(
                "replayed-same-id",
                REPLAYED,
                "another token with the same id",
                ONCE,
                good().withClaim("sub", "\"s-43\"").text())
            .after("ok"),
        accepted("replay-other-id", "another id after the first", ONCE, second).after("ok"),
        accepted(
                "replay-refused-is-not-used",
                "a token that was refused is not used up",
                ONCE,
                token)
            .after("call-other-value", "signature-other-payload", "call-other-server"),
        refused("replay-expired-first", EXPIRED, "again, when it is too old anyway", ONCE, token)
            .after("ok")
            .at(NOW_MS + 6_000),
        refused(
                "replay-clock-set-back",
                REPLAYED,
                "the guard has forgotten this time, and the clock is set back",
                ONCE,
                second)
            .after("ok", "replay-late"),
        accepted("replay-late", "a token that lives longer, nine seconds later", ONCE, longLived)
            .at(NOW_MS + 9_000),
        refused("guard-full", REPLAY_GUARD_FULL, "no room for a second id", ONCE, second)
            .after("ok-room-for-one")
            .guardedBy(1, 0),
        accepted("ok-room-for-one", "room for one id", ONCE, token).guardedBy(1, 0),
        refused("replayed-when-full", REPLAYED, "a known id is a replay, room or not", ONCE, token)
            .after("ok-room-for-one")
            .guardedBy(1, 0),
        accepted("guard-room-again", "room again once the first is too old", ONCE, longLived)
            .after("ok-room-for-one")
            .guardedBy(1, 0)
            .at(NOW_MS + 6_000),
        refused(
                "guard-uncertain",
                REPLAY_UNCERTAIN,
                "the guard began a millisecond after the token's life",
                ONCE,
                token)
            .guardedBy(100, NOW_MS - 999),
        accepted("guard-certain", "the guard began with the token's life", ONCE, token)
            .guardedBy(100, NOW_MS - 1_000),
        refused(
                "guard-uncertain-full",
                REPLAY_UNCERTAIN,
                "an uncertain token is not remembered, so it stays uncertain",
                ONCE,
                token)
            .after("guard-uncertain")
            .guardedBy(100, NOW_MS - 999),
        refused(
                "guard-uncertain-early-nbf",
                REPLAY_UNCERTAIN,
                "the life begins with the later of `iat` and `nbf`",
                ONCE,
                good().withClaim("nbf", "1").text())
            .guardedBy(100, NOW_MS - 999),
        accepted(
                "guard-certain-early-nbf",
                "the same, and the guard is old enough",
                ONCE,
                good().withClaim("nbf", "1").text())
            .guardedBy(100, NOW_MS - 1_000),
        refused(
                "guard-unavailable",
                REPLAY_GUARD_UNAVAILABLE,
                "the guard cannot be asked",
                ONCE,
                token)
            .withoutIts("guard"));
  }
}
