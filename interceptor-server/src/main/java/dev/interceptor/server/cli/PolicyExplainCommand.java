package dev.interceptor.server.cli;

import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.decision.suite.AskedCall;
import dev.interceptor.core.decision.suite.CallReader;
import dev.interceptor.core.decision.suite.EarlierCalls;
import dev.interceptor.core.decision.suite.PolicyWorld;
import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.policy.PolicyParser;
import dev.interceptor.core.policy.PolicyProblem;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.core.session.SessionId;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// `policy explain`: the decision about one call, with every rule's verdict and why.
@Command(
    name = "explain",
    description = {
      "Say how a call is decided, and what every static rule, limit and rule says about it.",
      "With FILE: by that policy, in a new session or the one that --session describes",
      "(YAML or JSON: {taints: [pii], calls: [read_customer, {call: send_email, args: {…}}]}).",
      "Without FILE: by the policy in force, in the session of that id as it is on record.",
      "Nothing is called and nothing is recorded. Exit 0 if the call would be permitted, else 1."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: ./interceptor policy explain policies/demo.yaml \\",
      "           --call '{\"tool_name\": \"run_shell\", \"args\": {\"command\": \"ls\"}}'"
    })
final class PolicyExplainCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(paramLabel = "FILE", arity = "0..1", description = "a policy file")
  Optional<Path> file = Optional.empty();

  @Option(
      names = "--call",
      required = true,
      paramLabel = "JSON",
      description = "{\"tool_name\": …, \"args\": {…}}, as a client sends it")
  String call = "";

  @Option(
      names = "--session",
      paramLabel = "FILE|ID",
      description = "with FILE a file that describes the session, else the session's id")
  Optional<String> session = Optional.empty();

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      description = "which policy of a file with several")
  Optional<String> policyName = Optional.empty();

  @Option(
      names = "--customer",
      paramLabel = "ID",
      converter = KeyOptions.ToCustomerId.class,
      description = "who calls (default with FILE: acme)")
  Optional<CustomerId> customer = Optional.empty();

  @Option(
      names = "--key",
      paramLabel = "ID",
      converter = KeyOptions.ToKeyId.class,
      defaultValue = "alice001",
      description = "id of the API key (default: ${DEFAULT-VALUE})")
  ApiKeyId key = new ApiKeyId("alice001");

  @Option(names = "--ip", paramLabel = "ADDRESS", description = "where the call comes from")
  Optional<String> ip = Optional.empty();

  @Option(
      names = "--at",
      paramLabel = "TIME",
      converter = ToInstant.class,
      description = "when, as in 2026-11-23T12:00:00Z (default: now)")
  Optional<Instant> at = Optional.empty();

  @Option(names = "--approved", description = "as if a person had approved this call")
  boolean approved;

  @Option(names = "--json", description = "print JSON")
  boolean json;

  @Mixin ConfigOption config = new ConfigOption();
  @Spec CommandSpec spec;

  PolicyExplainCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /// A moment in UTC.
  static final class ToInstant implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      try {
        return CallReader.instant(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  @Override
  public Integer call() {
    var report = new ExplainReport(spec.commandLine().getOut());
    ExplainReport.Explained explained = file.map(this::byFile).orElseGet(this::onRecord);
    if (json) {
      spec.commandLine().getOut().println(ExplanationJson.of(explained));
    } else {
      report.print(explained);
    }
    return explained.explanation().decision() instanceof Decision.Permit
        ? InterceptorCommand.OK
        : InterceptorCommand.NO;
  }

  private ExplainReport.Explained byFile(Path path) {
    PolicySet policy = policy(path);
    Instant now = at.orElseGet(InstantSource.system()::instant);
    var principal = new Principal(customer.orElse(new CustomerId("acme")), key);
    var defaults = new CallReader.Defaults(principal, new SessionId("explained"), now, ip);
    var world = new PolicyWorld(policy);
    AskedCall asked = CallOption.read(spec.commandLine(), call, defaults, approved);
    EarlierCalls earlier =
        session.map(Path::of).map(from -> earlier(from, defaults)).orElse(EarlierCalls.NONE);
    for (AskedCall before : earlier.calls()) {
      if (!(world.decide(before) instanceof Decision.Permit)) {
        spec.commandLine()
            .getErr()
            .println("note: the earlier call " + before.title() + " is denied, and left out");
      }
    }
    if (!earlier.taints().isEmpty()) {
      world.carry(asked, earlier.taints());
    }
    return new ExplainReport.Explained(policy, asked, world.session(asked), world.explain(asked));
  }

  private ExplainReport.Explained onRecord() {
    if (session.isEmpty() || customer.isEmpty()) {
      throw usage("give a policy FILE, or --session ID and --customer ID of a session on record");
    }
    try {
      return new RecordedSession(config, surroundings)
          .explain(
              new Principal(customer.get(), key),
              new SessionId(session.get()),
              defaults -> CallOption.read(spec.commandLine(), call, defaults, approved),
              at.orElseGet(InstantSource.system()::instant),
              ip);
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  private PolicySet policy(Path path) {
    String text = new PolicyPaths(spec.commandLine()).text(path);
    List<PolicySet> policies =
        switch (PolicyParser.parse(text, path.toString())) {
          case PolicyParser.Result.Parsed parsed -> parsed.policies();
          case PolicyParser.Result.Rejected rejected -> throw broken(rejected.problems());
        };
    List<PolicySet> wanted =
        policies.stream()
            .filter(policy -> policyName.isEmpty() || policyName.get().equals(policy.name()))
            .toList();
    if (wanted.size() != 1) {
      throw usage(
          "choose one policy with --policy: "
              + String.join(", ", policies.stream().map(PolicySet::name).toList()));
    }
    return wanted.getFirst();
  }

  private EarlierCalls earlier(Path path, CallReader.Defaults defaults) {
    String text = new PolicyPaths(spec.commandLine()).text(path);
    return switch (EarlierCalls.read(text, path.toString(), defaults)) {
      case EarlierCalls.Result.Read read -> read.calls();
      case EarlierCalls.Result.Rejected rejected -> throw broken(rejected.problems());
    };
  }

  private ParameterException broken(List<PolicyProblem> problems) {
    return usage(String.join("\n", problems.stream().map(PolicyProblem::toString).toList()));
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
