package dev.interceptor.server.targets;

import dev.interceptor.server.targets.Model.PoolMember;
import dev.interceptor.server.targets.Model.Strategy;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;

/// Chooses among the providers of a pool, and counts what each has under way at this instance.
final class Choice {
  private final DoubleSupplier chance;
  private final ConcurrentMap<String, AtomicInteger> underWay = new ConcurrentHashMap<>();

  /// @param chance 0 to 1, evenly
  Choice(DoubleSupplier chance) {
    this.chance = chance;
  }

  /// @param members at least one
  PoolMember among(List<PoolMember> members, Strategy strategy) {
    if (strategy == Strategy.PRIORITY || members.size() == 1) {
      return members.getFirst();
    }
    double[] load = members.stream().mapToDouble(this::load).toArray();
    double least = Double.MAX_VALUE;
    for (double one : load) {
      least = Math.min(least, one);
    }
    double weights = 0;
    for (int i = 0; i < load.length; i++) {
      weights += load[i] == least ? members.get(i).weight() : 0;
    }
    double drawn = chance.getAsDouble() * weights;
    int last = 0;
    for (int i = 0; i < load.length; i++) {
      if (load[i] == least) {
        last = i;
        drawn -= members.get(i).weight();
        if (drawn < 0) {
          break;
        }
      }
    }
    return members.get(last);
  }

  private double load(PoolMember member) {
    return (double) count(member).get() / member.weight();
  }

  private AtomicInteger count(PoolMember member) {
    return underWay.computeIfAbsent(member.provider().name(), _ -> new AtomicInteger());
  }

  /// Counts a request as under way until it is closed.
  Begun begin(PoolMember member) {
    AtomicInteger count = count(member);
    count.incrementAndGet();
    return count::decrementAndGet;
  }

  /// A request under way.
  interface Begun extends AutoCloseable {
    @Override
    void close();
  }
}
