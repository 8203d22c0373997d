package dev.interceptor.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.server.approval.Approval;
import dev.interceptor.server.approval.ApprovalStore;
import dev.interceptor.server.approval.ApprovalStore.Ruled;
import dev.interceptor.server.approval.ApprovalStore.Scope;
import dev.interceptor.server.approval.ApprovalTerms;
import dev.interceptor.server.approval.Ruling;
import dev.interceptor.server.approval.Ruling.Unseen;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.failure.Problem;
import dev.interceptor.server.http.Exchange;
import dev.interceptor.server.http.RequestGate;
import dev.interceptor.server.identity.KeyRole;
import io.javalin.http.Context;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/// `/admin/api/v1/approvals`: list, show, approve, deny. A viewer sees that a call waits and its
/// arguments' digest; the arguments are for those who decide. SPEC §10.
public final class ApprovalsEndpoint {
  private final Gates gates;
  private final ApprovalStore approvals;
  private final ApprovalTerms terms;
  private final JsonLimits limits;

  /// Who may read and who may decide.
  public record Gates(RequestGate read, RequestGate decide) {}

  public ApprovalsEndpoint(
      Gates gates, ApprovalStore approvals, ApprovalTerms terms, JsonLimits limits) {
    this.gates = gates;
    this.approvals = approvals;
    this.terms = terms;
    this.limits = limits;
  }

  /// The open ones; with `?all=true` also what has ended.
  public void list(Context context) {
    var exchange = new Exchange(context);
    gates
        .read()
        .admit(
            exchange,
            _ -> {
              ObjectNode body = JsonNodeFactory.instance.objectNode();
              ArrayNode list = body.putArray("approvals");
              approvals.list(scope(context)).forEach(approval -> list.add(approval.toJson()));
              exchange.json(200, body);
            });
  }

  private static Scope scope(Context context) {
    return switch (Optional.ofNullable(context.queryParam("all")).orElse("false")) {
      case "true" -> Scope.ALL;
      case "false" -> Scope.OPEN;
      default -> throw InterceptorException.malformed("`all` is not true or false");
    };
  }

  public void show(Context context) {
    var exchange = new Exchange(context);
    gates
        .read()
        .admitKnown(
            exchange,
            known -> {
              Approval found =
                  approvals.find(id(context)).orElseThrow(ApprovalsEndpoint::noSuchApproval);
              exchange.json(
                  200,
                  known.role() == KeyRole.VIEWER ? found.toJson() : found.toJsonWithArguments());
            });
  }

  public void approve(Context context) {
    rule(
        context,
        List.of("valid_for", "unseen"),
        (by, body) ->
            new Ruling.Approve(
                by,
                body.text("valid_for").map(ApprovalsEndpoint::duration).orElse(terms.validFor()),
                body.flag("unseen") ? Unseen.ACCEPT : Unseen.REFUSE));
  }

  public void deny(Context context) {
    rule(
        context,
        List.of("reason"),
        (by, body) -> new Ruling.Deny(by, body.text("reason").orElse("")));
  }

  private void rule(
      Context context, List<String> members, BiFunction<String, JsonBody, Ruling> read) {
    var exchange = new Exchange(context);
    gates
        .decide()
        .admit(
            exchange,
            limits.maxBytes(),
            (principal, bytes) -> {
              ApprovalId id = id(context);
              JsonBody body = JsonBody.parse(bytes, limits, members);
              answer(exchange, approvals.rule(id, ruling(read, "key " + principal.key(), body)));
            });
  }

  private static Ruling ruling(
      BiFunction<String, JsonBody, Ruling> read, String by, JsonBody body) {
    try {
      return read.apply(by, body);
    } catch (IllegalArgumentException e) {
      throw InterceptorException.malformed(String.valueOf(e.getMessage()));
    }
  }

  private static void answer(Exchange exchange, Ruled ruled) {
    switch (ruled) {
      case Ruled.Done done -> exchange.json(200, done.approval().toJson());
      case Ruled.Closed closed -> conflict(exchange, closed.approval().whyClosed());
      case Ruled.NotShown hidden ->
          conflict(
              exchange,
              "the arguments are "
                  + hidden.approval().demand().arguments().bytes()
                  + " bytes long and not kept; write `unseen: true` to approve them all the same");
      case Ruled.Unknown _ -> throw noSuchApproval();
    }
  }

  private static void conflict(Exchange exchange, String detail) {
    exchange.problem(Problem.of(ErrorCode.APPROVAL_CLOSED, detail, exchange.requestId()));
  }

  private static InterceptorException noSuchApproval() {
    return InterceptorException.of(ErrorCode.NOT_FOUND, "no such approval");
  }

  private static Duration duration(String text) {
    try {
      return Duration.parse("PT" + text);
    } catch (DateTimeParseException _) {
      throw InterceptorException.malformed("`valid_for` is not a length of time: write 10m or 1h");
    }
  }

  private static ApprovalId id(Context context) {
    try {
      return new ApprovalId(context.pathParam("id"));
    } catch (IllegalArgumentException e) {
      throw InterceptorException.malformed(String.valueOf(e.getMessage()));
    }
  }
}
