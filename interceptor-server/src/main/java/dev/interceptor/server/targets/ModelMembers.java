package dev.interceptor.server.targets;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.server.targets.Fallback.Backoff;
import dev.interceptor.server.targets.Fallback.Jitter;
import dev.interceptor.server.targets.Model.PoolMember;
import dev.interceptor.server.targets.Model.Strategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// `models` as the file has them.
///
/// @param providers that they may name
record ModelMembers(Map<String, Provider> providers) {
  private static final Pattern ALIAS = Pattern.compile("[!-_a-~]{1,128}");
  private static final String STATUSES =
      "such as [5, 429]: one to three leading digits of 400 to 599";

  Map<String, Model> read(Members members) {
    Map<String, Model> models = new LinkedHashMap<>();
    members
        .named()
        .forEach((alias, model) -> {
          if (!ALIAS.matcher(alias).matches()) {
            members.problem(alias, "is no alias: write 1 to 128 visible characters of ASCII");
          }
          models.put(alias, one(alias, model));
        });
    if (models.isEmpty()) {
      members.problem("ALIAS", "is missing: write `ALIAS: {provider: NAME, model: NAME}`");
    }
    return models;
  }

  private Model one(String alias, Members members) {
    List<PoolMember> pool = pool(members);
    var model =
        new Model(
            alias,
            members.word("strategy", Strategy.WEIGHTED_RANDOM),
            pool,
            members.has("fallback") ? fallback(members.map("fallback"), pool) : Fallback.NONE,
            members.has("keys") ? Optional.of(keys(members)) : Optional.empty(),
            LimitMembers.read(members.map("limits")));
    members.nothingElse();
    return model;
  }

  private List<PoolMember> pool(Members members) {
    if (!members.has("pool")) {
      if (members.has("strategy")) {
        members.problem("strategy", "has a meaning with `pool` only: leave it out");
      }
      return List.of(member(members, 1));
    }
    List<PoolMember> pool = new ArrayList<>();
    for (Members entry : members.list("pool")) {
      pool.add(member(entry, entry.integer("weight", 1, 1, 1000)));
      entry.nothingElse();
    }
    if (pool.isEmpty()) {
      members.problem("pool", "is empty: write [{provider: NAME, model: NAME}]");
    }
    return pool;
  }

  private PoolMember member(Members members, int weight) {
    String name = members.required("provider", "", "a name of `providers`");
    Provider provider = providers.get(name);
    if (!name.isEmpty() && provider == null) {
      members.problem(
          "provider",
          "is not among `providers`: write one of " + String.join(", ", providers.keySet()));
    }
    String model = members.required("model", "-", "the provider's name of the model");
    Provider known = Objects.requireNonNullElseGet(provider, () -> missing(name));
    Trust trust = ProviderMembers.trust(members).orElse(known.trust());
    return new PoolMember(known, model, weight, trust);
  }

  /// Stands for a provider that is not configured, until the problem is mended.
  private static Provider missing(String name) {
    return Provider.keyless(name, Provider.Kind.OPENAI, ProviderMembers.NOWHERE);
  }

  private static Fallback fallback(Members members, List<PoolMember> pool) {
    boolean enabled = members.flag("enabled", false);
    boolean again = members.flag("with_replacement", false);
    List<Integer> statuses = members.integers("on_status", STATUSES);
    if (!statuses.stream().allMatch(ModelMembers::isLeading)) {
      members.problem("on_status", "has a number that begins no status: write " + STATUSES);
    }
    int attempts = members.integer("max_attempts", Math.max(1, pool.size()), 1, 20);
    var fallback =
        new Fallback(
            statuses,
            members.flag("on_rate_limit", false),
            attempts,
            again,
            members.has("backoff") ? backoff(members.map("backoff")) : Backoff.NONE,
            members.duration(
                "max_total_backoff", Duration.ofSeconds(10), Duration.ZERO, Duration.ofMinutes(5)));
    members.nothingElse();
    return enabled ? fallback : Fallback.NONE;
  }

  private static boolean isLeading(int digits) {
    return (digits >= 4 && digits <= 5)
        || (digits >= 40 && digits <= 59)
        || (digits >= 400 && digits <= 599);
  }

  private static Backoff backoff(Members members) {
    Duration longest = Duration.ofMinutes(1);
    var backoff =
        new Backoff(
            members.duration("initial", Duration.ofMillis(100), Duration.ZERO, longest),
            members.duration("max", Duration.ofSeconds(5), Duration.ZERO, longest),
            members.number("factor", 2, 1, 10, "1 to 10"),
            members.word("jitter", Jitter.FULL));
    members.nothingElse();
    return backoff;
  }

  private static Set<ApiKeyId> keys(Members members) {
    Set<ApiKeyId> keys = new LinkedHashSet<>();
    for (String text : members.texts("keys")) {
      ModelsFile.keyId(text)
          .ifPresentOrElse(
              keys::add,
              () ->
                  members.problem("keys", "has an entry that is no key's id: write 8 of a-z 0-9"));
    }
    return keys;
  }
}
