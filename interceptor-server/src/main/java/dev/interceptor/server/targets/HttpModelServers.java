package dev.interceptor.server.targets;

import dev.interceptor.server.targets.Exchange.Departure;
import dev.interceptor.server.targets.Model.PoolMember;
import dev.interceptor.server.upstream.DeadlineWatch;
import java.io.IOException;
import java.util.List;
import java.util.function.DoubleSupplier;

/// Providers over HTTP, blocking, with pooled keep-alive connections.
final class HttpModelServers implements ModelServers {
  private final ModelLimits limits;
  private final DoubleSupplier chance;
  private final Choice choice;
  private final Connections connections = new Connections();
  private final DeadlineWatch watch = DeadlineWatch.start("models");
  private final ProviderExchange exchange = new ProviderExchange(watch);

  /// @param chance 0 to 1, evenly
  HttpModelServers(ModelLimits limits, DoubleSupplier chance) {
    this.limits = limits;
    this.chance = chance;
    this.choice = new Choice(chance);
  }

  /// Keeps connections to these providers and to no others.
  void keep(ModelsConfig config) {
    connections.keep(config);
  }

  @Override
  public <T> T ask(Target target, ModelRequest request, Leaving leaving, AnswerReader<T> reader)
      throws IOException {
    List<PoolMember> members = target.members(request.dialect());
    if (members.isEmpty()) {
      throw new IllegalArgumentException("no provider of the model speaks " + request.dialect());
    }
    var departure = new Departure();
    try (var _ = leaving.onLeave(departure::leave)) {
      var round = new Round(target.model().fallback(), members, departure);
      while (true) {
        PoolMember member = choice.among(round.members(), target.model().strategy());
        boolean last = round.begin();
        try {
          var read = attempt(member, round, target, request, last, reader);
          if (read instanceof ProviderExchange.Read<T> done) {
            return done.value();
          }
        } catch (ModelFault fault) {
          if (last || !round.goesOnAfter(fault)) {
            throw fault;
          }
        }
        round.failed(member, chance);
      }
    }
  }

  private <T> ProviderExchange.Result<T> attempt(
      PoolMember member,
      Round round,
      Target target,
      ModelRequest request,
      boolean last,
      AnswerReader<T> reader)
      throws IOException {
    Provider provider = member.provider();
    var scope = new Scope(Scope.Kind.PROVIDER, provider.name(), provider.limits());
    return switch (limits.take(List.of(scope))) {
      case Admission.Refused refused -> throw ModelFault.limited(refused);
      case Admission.Admitted admitted -> {
        try (Permit _ = admitted.permit();
            var _ = choice.begin(member);
            var lease = connections.lease(provider)) {
          var call =
              new ProviderExchange.Call(
                  lease.client(), member, target.trust(member), round, request);
          yield exchange.run(call, last, reader);
        }
      }
    };
  }

  @Override
  public void close() {
    watch.close();
    connections.close();
  }
}
