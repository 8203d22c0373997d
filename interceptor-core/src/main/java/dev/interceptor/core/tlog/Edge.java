package dev.interceptor.core.tlog;

import dev.interceptor.core.json.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The tree along a walk: with the hash that each place most probably had, and, from a place on
/// where two are possible up to the next anchor, with the other one. Holds the leaves since the
/// last anchor, as long as they are few.
final class Edge {
  private Frontier tree = Frontier.EMPTY;
  private Optional<Frontier> other = Optional.empty();
  private Frontier anchored = Frontier.EMPTY;
  private final List<Sha256> since = new ArrayList<>();

  Frontier tree() {
    return tree;
  }

  long size() {
    return tree.size();
  }

  void append(Sha256 hash) {
    append(hash, hash);
  }

  /// @param probable the hash that this place most probably had
  /// @param possible the one that it may have had
  void append(Sha256 probable, Sha256 possible) {
    if (other.isPresent() || !probable.equals(possible)) {
      other = Optional.of(other.orElse(tree).append(possible));
    }
    tree = tree.append(probable);
    if (since.size() <= ExchangedPair.MAX_PLACES) {
      since.add(probable);
    }
  }

  /// Which of the two trees an anchor confirms; the confirmed one goes on alone.
  Confirmed confirm(Sha256 root) {
    Confirmed confirmed = tree.root().equals(root) ? Confirmed.PROBABLE : Confirmed.NEITHER;
    if (confirmed == Confirmed.NEITHER && other.isPresent() && other.get().root().equals(root)) {
      tree = other.get();
      confirmed = Confirmed.POSSIBLE;
    }
    if (confirmed != Confirmed.NEITHER) {
      anchor();
    }
    return confirmed;
  }

  /// Two rows since the last anchor whose exchange gives this root; the repaired tree goes on.
  Optional<ExchangedPair> repair(Sha256 root) {
    Optional<ExchangedPair> pair = ExchangedPair.find(anchored, since, root);
    pair.ifPresent(found -> {
      tree = found.repaired();
      anchor();
    });
    return pair;
  }

  private void anchor() {
    other = Optional.empty();
    anchored = tree;
    since.clear();
  }

  /// What an anchor says of the two trees.
  enum Confirmed {
    PROBABLE,
    POSSIBLE,
    NEITHER
  }
}
