package dev.interceptor.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.policy.PolicyProblem;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.failure.Problem;
import dev.interceptor.server.http.Exchange;
import dev.interceptor.server.http.RequestGate;
import dev.interceptor.server.policy.PolicyChange;
import dev.interceptor.server.policy.PolicyOrigin;
import dev.interceptor.server.policy.PolicyRollback;
import dev.interceptor.server.policy.PolicyStore;
import dev.interceptor.server.policy.PolicyText;
import dev.interceptor.server.policy.PolicyVersion;
import dev.interceptor.server.policy.PolicyVersions;
import dev.interceptor.server.policy.PolicyVersions.Applied;
import io.javalin.http.Context;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `/admin/api/v1/policies`: list, versions, show, apply, roll back. What is applied is in force on
/// this instance when it is acknowledged. SPEC §10.
public final class PoliciesEndpoint {
  private static final Logger LOG = LoggerFactory.getLogger(PoliciesEndpoint.class);
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Set<String> BODIES =
      Set.of("application/yaml", "application/x-yaml", "text/yaml", "application/json");

  private final Gates gates;
  private final PolicyVersions versions;
  private final PolicyStore inForce;
  private final PolicyOrigin origin;
  private final int maxBytes;

  /// Who may read and who may write.
  public record Gates(RequestGate read, RequestGate write) {}

  /// @param inForce takes over what is applied here
  /// @param origin where this server's policies come from; writes are refused if from files
  public PoliciesEndpoint(
      Gates gates,
      PolicyVersions versions,
      PolicyStore inForce,
      PolicyOrigin origin,
      int maxBytes) {
    this.gates = gates;
    this.versions = versions;
    this.inForce = inForce;
    this.origin = origin;
    this.maxBytes = maxBytes;
  }

  public void list(Context context) {
    var exchange = new Exchange(context);
    gates.read().admit(exchange, _ -> exchange.json(200, array("policies", versions.heads())));
  }

  public void versions(Context context) {
    var exchange = new Exchange(context);
    gates
        .read()
        .admit(
            exchange,
            _ -> {
              List<PolicyVersion> history = versions.history(context.pathParam("name"));
              if (history.isEmpty()) {
                throw InterceptorException.of(ErrorCode.NOT_FOUND, "no such policy");
              }
              exchange.json(200, array("versions", history));
            });
  }

  private static ObjectNode array(String name, List<PolicyVersion> list) {
    ObjectNode body = JSON.objectNode();
    ArrayNode array = body.putArray(name);
    list.forEach(version -> array.add(version.toJson()));
    return body;
  }

  public void show(Context context) {
    var exchange = new Exchange(context);
    gates
        .read()
        .admit(
            exchange,
            _ -> {
              String name = context.pathParam("name");
              int number = number("version", context.pathParam("version"));
              PolicyVersion found =
                  versions.history(name).stream()
                      .filter(version -> version.version() == number)
                      .findFirst()
                      .orElseThrow(PoliciesEndpoint::noSuchVersion);
              String source =
                  versions.source(name, number).orElseThrow(PoliciesEndpoint::noSuchVersion);
              exchange.json(200, found.toJson().put("source", source));
            });
  }

  private static InterceptorException noSuchVersion() {
    return InterceptorException.of(ErrorCode.NOT_FOUND, "no such version");
  }

  public void apply(Context context) {
    var exchange = new Exchange(context);
    gates
        .write()
        .admit(
            exchange,
            () -> exchange.body(maxBytes, BODIES),
            (principal, body) -> {
              PolicyChange change = change(context, principal, param(context, "note").orElse(""));
              if (isReadOnly(exchange)) {
                return;
              }
              switch (PolicyText.readToStore(text(body), "body")) {
                case PolicyText.Reading.Bad bad -> refuse(exchange, bad.problems());
                case PolicyText.Reading.Good good -> apply(exchange, good.text(), change);
              }
            });
  }

  private void apply(Exchange exchange, PolicyText text, PolicyChange change) {
    if (change.meansOne() && text.policies().size() != 1) {
      throw InterceptorException.malformed(
          "`customer` and `expect_version` are for a text with one policy");
    }
    answer(exchange, versions.apply(text, change), text.warnings());
  }

  public void rollBack(Context context) {
    var exchange = new Exchange(context);
    gates
        .write()
        .admit(
            exchange,
            principal -> {
              String name = context.pathParam("name");
              int to = number("version", context.pathParam("version"));
              String note = param(context, "note").orElse("back to version " + to);
              PolicyChange change = change(context, principal, note);
              if (isReadOnly(exchange)) {
                return;
              }
              switch (PolicyRollback.to(versions, name, to, change)) {
                case PolicyRollback.NoSuchVersion _ -> throw noSuchVersion();
                case PolicyRollback.Unreadable bad -> refuse(exchange, bad.problems());
                case PolicyRollback.Done done -> answer(exchange, done.applied(), List.of());
              }
            });
  }

  private boolean isReadOnly(Exchange exchange) {
    if (origin instanceof PolicyOrigin.Stored) {
      return false;
    }
    conflict(exchange, "this server takes its policies from files; change those");
    return true;
  }

  private void answer(Exchange exchange, Applied applied, List<PolicyProblem> warnings) {
    switch (applied) {
      case Applied.Done done -> {
        takeOver();
        exchange.json(200, done(done, warnings));
      }
      case Applied.OtherVersion other ->
          conflict(exchange, "version " + other.inForce() + " is in force; nothing was applied");
      case Applied.UnknownCustomers _ ->
          throw InterceptorException.malformed("`customer` names nobody; nothing was applied");
    }
  }

  /// What is committed is committed: if it cannot be read back now, the change feed brings it.
  private void takeOver() {
    try {
      inForce.refresh();
    } catch (InterceptorException e) {
      LOG.warn("a policy was applied and is taken over later: {}", e.getMessage());
    }
  }

  private static ObjectNode done(Applied.Done done, List<PolicyProblem> warnings) {
    ObjectNode body = JSON.objectNode();
    ArrayNode policies = body.putArray("policies");
    done.entries()
        .forEach(entry ->
            policies.add(
                entry
                    .version()
                    .toJson()
                    .put("effect", entry.effect().name().toLowerCase(Locale.ROOT))));
    ArrayNode said = body.putArray("warnings");
    warnings.forEach(warning -> said.add(warning.toString()));
    return body;
  }

  private static void conflict(Exchange exchange, String detail) {
    exchange.problem(Problem.of(ErrorCode.POLICY_CONFLICT, detail, exchange.requestId()));
  }

  private static void refuse(Exchange exchange, List<PolicyProblem> problems) {
    exchange.problem(
        Problem.of(
                ErrorCode.POLICY_INVALID,
                ErrorCode.POLICY_INVALID.publicMessage(),
                exchange.requestId())
            .withProblems(problems.stream().map(PolicyProblem::toString).toList()));
  }

  private static PolicyChange change(Context context, Principal principal, String note) {
    try {
      return new PolicyChange(
          "key " + principal.key(),
          note,
          param(context, "expect_version")
              .map(text -> OptionalInt.of(number("expect_version", text)))
              .orElse(OptionalInt.empty()),
          context.queryParams("customer").stream().map(CustomerId::new).toList());
    } catch (IllegalArgumentException e) {
      throw InterceptorException.malformed(String.valueOf(e.getMessage()));
    }
  }

  private static Optional<String> param(Context context, String name) {
    return Optional.ofNullable(context.queryParam(name));
  }

  private static int number(String name, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException _) {
      throw InterceptorException.malformed("`" + name + "` is not a number");
    }
  }

  private static String text(byte[] body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException _) {
      throw InterceptorException.malformed("the body is not UTF-8 text");
    }
  }
}
