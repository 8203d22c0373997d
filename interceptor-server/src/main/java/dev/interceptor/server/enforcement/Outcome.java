package dev.interceptor.server.enforcement;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.server.failure.ErrorCode;
import java.util.Optional;
import java.util.SortedSet;

/// What an entry point has to tell its caller about a decided call.
public sealed interface Outcome {
  String decisionId();

  SessionId session();

  /// The tool answered.
  ///
  /// @param labels the tags that the session carries now
  record Answered(String decisionId, SessionId session, ObjectNode result, SortedSet<Label> labels)
      implements Outcome {}

  /// The tool wants answers before it goes on: the same call with them is decided anew.
  ///
  /// @param result `inputRequests`, `requestState`, or both
  record InputRequired(String decisionId, SessionId session, ObjectNode result)
      implements Outcome {}

  /// The tool server answered with an error about this call.
  ///
  /// @param error `code`, `message`, and `data` if it has some
  record Erred(String decisionId, SessionId session, ObjectNode error) implements Outcome {}

  /// The call was signed for the caller to send.
  record Issued(String decisionId, SessionId session, AuthorizedCall call) implements Outcome {}

  /// The call is permitted and on record, and nothing is sent.
  record Noted(String decisionId, SessionId session) implements Outcome {}

  /// The policy said no.
  record Refused(String decisionId, SessionId session, Decision.Deny denial) implements Outcome {}

  /// A person has to approve the call first.
  ///
  /// @param approval the request that a person can see; empty if too many wait already
  record AwaitingApproval(
      String decisionId,
      SessionId session,
      Decision.RequireApproval demand,
      Optional<ApprovalId> approval)
      implements Outcome {}

  /// The call was permitted and may have run, but no answer can be given: none came back, or the
  /// session could not remember it.
  record Unanswered(String decisionId, SessionId session, ErrorCode code) implements Outcome {}
}
