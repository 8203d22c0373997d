package dev.interceptor.server.audit;

import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tlog.Checkpoint;
import dev.interceptor.core.tlog.Frontier;
import dev.interceptor.core.tlog.LogEvidence;
import dev.interceptor.core.tlog.NoteKey;
import dev.interceptor.core.tlog.NoteSigner;
import dev.interceptor.core.tlog.TileHashes;
import dev.interceptor.server.background.Rounds;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Signs checkpoints of the log while it grows, and one at the end.
///
/// *Guarantees*: this process signs a tree only if it begins with every tree that it signed or
/// found signed before, and if the rows since then have the hashes it is made of. A log of which
/// that is not so is told by [#fault], and nothing more is signed. Several instances may sign; of
/// one size one checkpoint is kept.
public final class Checkpoints implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

  /// Checkpoints of other keys that a question passes over, at most.
  private static final int FOREIGN = 100;

  private static final Duration APART = Duration.ofSeconds(1);

  private final JooqLogReader log;
  private final NoteSigner signer;
  private final Duration interval;
  private final InstantSource clock;
  private final ReentrantLock signing = new ReentrantLock();
  private final Rounds rounds;
  private Frontier known = Frontier.EMPTY;
  private Instant asked = Instant.EPOCH;
  private volatile long signed;
  private volatile Instant signedAt;
  private volatile Optional<String> fault = Optional.empty();

  Checkpoints(DataSource database, NoteSigner signer, Duration interval, InstantSource clock) {
    this.log = JooqLogReader.of(database);
    this.signer = signer;
    this.interval = interval;
    this.clock = clock;
    this.rounds =
        new Rounds(
            "checkpoints",
            interval,
            "the audit log's next checkpoint is signed",
            () -> alone(this::signIfDue));
    this.signedAt = clock.instant();
  }

  /// @param database a pool whose statements end in time
  public static Checkpoints start(
      DataSource database, NoteSigner signer, Duration interval, InstantSource clock) {
    var checkpoints = new Checkpoints(database, signer, interval, clock);
    checkpoints.rounds.start();
    return checkpoints;
  }

  /// What verifies them.
  public NoteKey verifier() {
    return signer.verifier();
  }

  /// Why nothing is signed any more; for the operator.
  public Optional<String> fault() {
    return fault;
  }

  /// How many entries the newest checkpoint covers that this instance knows of.
  public long size() {
    return signed;
  }

  /// Since when this instance knows of no newer one.
  public Duration age() {
    return Duration.between(signedAt, clock.instant());
  }

  /// The oldest checkpoint of this key that covers the entry at `idx`; it is signed now if there is
  /// none, at most one in a second.
  ///
  /// @throws InterceptorException AUDIT_UNAVAILABLE if there is none and none can be signed
  LogEvidence.StoredCheckpoint covering(long idx) {
    return ownAbove(idx)
        .orElseGet(() -> {
          alone(() -> {
            if (fault.isEmpty() && ownAbove(idx).isEmpty()) {
              waitForTurn();
              sign();
            }
          });
          return ownAbove(idx).orElseThrow(() -> unavailable("no checkpoint covers entry " + idx));
        });
  }

  /// Those of other keys are passed over, a limited number of them.
  private Optional<LogEvidence.StoredCheckpoint> ownAbove(long idx) {
    Optional<LogEvidence.StoredCheckpoint> next = log.checkpointAbove(idx);
    for (int i = 0; i < FOREIGN && next.isPresent() && opened(next.get()).isEmpty(); i++) {
      next = log.checkpointAbove(next.get().size());
    }
    return next.filter(found -> opened(found).isPresent());
  }

  private void waitForTurn() {
    Duration left = APART.minus(Duration.between(asked, clock.instant()));
    if (left.isPositive() && left.compareTo(APART) <= 0) {
      try {
        Thread.sleep(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw unavailable("the wait for a checkpoint was interrupted");
      }
    }
    asked = clock.instant();
  }

  private static InterceptorException unavailable(String detail) {
    return InterceptorException.of(ErrorCode.AUDIT_UNAVAILABLE, detail);
  }

  private void signIfDue() {
    Optional<JooqLogReader.Newest> newest = log.newestCheckpoint();
    Instant due = clock.instant().minus(interval.dividedBy(2));
    if (newest
        .filter(last -> last.at().isAfter(due) && opened(last.checkpoint()).isPresent())
        .isEmpty()) {
      sign();
    }
  }

  private void alone(Runnable work) {
    signing.lock();
    try {
      work.run();
    } finally {
      signing.unlock();
    }
  }

  /// Signs the log as it is, if it grew.
  void sign() {
    if (fault.isPresent()) {
      return;
    }
    Optional<LogEvidence.StoredCheckpoint> newest =
        log.newestCheckpoint().map(JooqLogReader.Newest::checkpoint);
    LogEvidence.Head head = log.head();
    boolean followed =
        newest.filter(last -> last.size() > known.size()).map(this::follow).orElse(true);
    if (followed && extend(head) && head.size() > signed) {
      Checkpoint checkpoint = Checkpoint.of(signer.verifier().name(), known);
      log.insert(
          new LogEvidence.StoredCheckpoint(head.size(), checkpoint.signedBy(signer)),
          clock.instant());
      note(head.size());
    }
  }

  private void note(long size) {
    if (size > signed) {
      signed = size;
      signedAt = clock.instant();
    }
  }

  /// Goes on from a checkpoint that another instance, or an earlier process, has signed.
  private boolean follow(LogEvidence.StoredCheckpoint newest) {
    Optional<Checkpoint> opened = opened(newest);
    if (opened.isEmpty()) {
      LOG.warn(
          "the stored checkpoint of size {} is not signed by this key; it is not relied on",
          newest.size());
      return true;
    }
    Optional<Frontier> found = known.size() == 0 ? log.tree(newest.size()) : grown(newest.size());
    Optional<Frontier> tree = found.filter(it -> it.root().equals(opened.get().root()));
    if (tree.isEmpty()) {
      return refuse("it does not agree with its checkpoint of size " + newest.size());
    }
    known = tree.get();
    note(known.size());
    return true;
  }

  private Optional<Checkpoint> opened(LogEvidence.StoredCheckpoint stored) {
    return Checkpoint.open(stored.note().getBytes(StandardCharsets.UTF_8), signer.verifier())
        .filter(checkpoint -> checkpoint.size() == stored.size());
  }

  private boolean extend(LogEvidence.Head head) {
    if (head.size() < known.size()) {
      return refuse("it has %d entries and had %d".formatted(head.size(), known.size()));
    }
    Optional<Frontier> tree = known.size() == 0 ? log.tree(head.size()) : grown(head.size());
    if (tree.isEmpty() || !tree.equals(head.frontier())) {
      return refuse("its head is not made of its %d rows".formatted(head.size()));
    }
    known = tree.get();
    return true;
  }

  /// The known tree with the rows since then; of rows that were let go, with what their tiles say.
  private Optional<Frontier> grown(long size) {
    Frontier tree = known;
    while (tree.size() < size) {
      long from = tree.size();
      int count = (int) Math.min(TileHashes.WIDTH - from % TileHashes.WIDTH, size - from);
      List<Sha256> hashes = log.hashes(from, count);
      if (hashes.size() != count) {
        return Optional.empty();
      }
      for (Sha256 hash : hashes) {
        tree = tree.append(hash);
      }
    }
    return Optional.of(tree);
  }

  private boolean refuse(String why) {
    fault = Optional.of(why);
    LOG.error(
        "the audit log was changed: {}. No checkpoint is signed any more;"
            + " see `./interceptor audit verify`",
        why);
    return false;
  }

  /// Signs what is left, and stops.
  @Override
  public void close() {
    rounds.closeAfter(() -> alone(this::sign));
  }
}
