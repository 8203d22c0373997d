package dev.interceptor.server.audit;

import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.audit.RecordedPermit;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionPast;
import dev.interceptor.core.tlog.Frontier;
import dev.interceptor.server.audit.JooqAuditLog.Hashed;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.session.SessionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;

/// The decision log in PostgreSQL, one transaction a batch.
///
/// An instance follows the log from where it was when the instance started: it computes the tree of
/// what others append itself, and does not write to a log that became shorter or another one.
final class JooqDecisionLog implements DecisionLog {
  private static final int CAPACITY = 4096;
  private static final int MAX_BATCH = 256;

  /// Leaf hashes that are read in one statement.
  private static final int AT_ONCE = 5000;

  /// What one row is, and what is written with it.
  ///
  /// @param decision of which charges and an approval are written too
  private record Row(Hashed hashed, Optional<DecisionRecord> decision) {
    static Row of(DecisionRecord decision) {
      return new Row(Hashed.of(decision.entry()), Optional.of(decision));
    }

    static Row of(LogEntry entry) {
      return new Row(Hashed.of(entry), Optional.empty());
    }
  }

  private final DSLContext database;
  private final GroupCommit<Row> commits;

  /// How far this instance has followed the log. Known to the committing thread only.
  private Tail tail = new Tail(Frontier.EMPTY, Set.of(), Certainty.CERTAIN);

  /// Whether more was appended by others than is read under the lock. Known to the committing
  /// thread only.
  private boolean behind;

  private volatile boolean rewritten;

  JooqDecisionLog(DataSource database, Duration deadline) {
    this.database = DSL.using(database, SQLDialect.POSTGRES);
    this.commits = new GroupCommit<>("decision-log", this::commit, CAPACITY, MAX_BATCH, deadline);
  }

  void start() {
    tail = tail.at(JooqAuditLog.adopted(database, JooqAuditLog.head(database)));
    commits.start();
  }

  @Override
  public RecordedPermit recordPermit(DecisionRecord row) {
    commits.write(Row.of(row));
    return RecordedPermit.afterCommit(row);
  }

  @Override
  public void recordDenial(DecisionRecord row) {
    commits.write(Row.of(row));
  }

  @Override
  public void record(OutcomeRecord outcome) {
    commits.keep(Row.of(outcome.entry()));
  }

  @Override
  public void recordNow(OutcomeRecord outcome) {
    commits.write(Row.of(outcome.entry()));
  }

  @Override
  public void append(List<LogEntry> entries) {
    try {
      database.transaction(transaction -> JooqAuditLog.append(transaction.dsl(), entries));
    } catch (DataAccessException e) {
      throw InterceptorException.of(
          ErrorCode.AUDIT_UNAVAILABLE, "the entries could not be written", e);
    }
  }

  @Override
  public boolean note(LogEntry entry) {
    return commits.offer(Row.of(entry));
  }

  /// What is known of the log up to a place.
  ///
  /// @param head there
  /// @param doubtful leaf hashes that were found since the last batch of our own that was
  ///   acknowledged, if one was not
  /// @param certainty whether every batch of ours was acknowledged or refused
  private record Tail(Frontier head, Set<Sha256> doubtful, Certainty certainty) {
    Tail at(Frontier certain) {
      return new Tail(certain, Set.of(), Certainty.CERTAIN);
    }

    Tail inDoubt() {
      return new Tail(head, doubtful, Certainty.IN_DOUBT);
    }

    Tail grown(List<Sha256> leaves) {
      Frontier next = head;
      for (Sha256 leaf : leaves) {
        next = next.append(leaf);
      }
      if (certainty == Certainty.CERTAIN) {
        return new Tail(next, doubtful, certainty);
      }
      Set<Sha256> more = new HashSet<>(doubtful);
      more.addAll(leaves);
      return new Tail(next, more, certainty);
    }

    /// Entries that were not written by a batch in doubt.
    List<Hashed> unwritten(List<Hashed> entries) {
      return doubtful.isEmpty()
          ? entries
          : entries.stream().filter(entry -> !doubtful.contains(entry.leaf())).toList();
    }
  }

  private enum Certainty {
    CERTAIN,
    IN_DOUBT
  }

  private void commit(List<Row> batch) {
    try {
      commitOnce(batch);
    } catch (InterceptorException e) {
      if (!behind) {
        throw e;
      }
      commitOnce(batch);
    }
  }

  private void commitOnce(List<Row> batch) {
    List<DecisionRecord> decisions =
        batch.stream().map(Row::decision).flatMap(Optional::stream).toList();
    List<Hashed> entries = batch.stream().map(Row::hashed).toList();
    catchUp();
    Tail before = tail;
    tail = before.inDoubt();
    Frontier head =
        database.transactionResult(transaction -> {
          DSLContext dsl = transaction.dsl();
          JooqAuditRows.insertCharges(dsl, decisions);
          decisions.forEach(row -> JooqAuditRows.useApproval(dsl, row));
          return before.certainty() == Certainty.CERTAIN
              ? JooqAuditLog.tryAppend(dsl, before.head(), entries)
                  .orElseGet(() -> appendLocked(dsl, before, entries))
              : appendLocked(dsl, before, entries);
        });
    tail = before.at(head);
  }

  /// Reads what others have appended before the lock is taken, if that is much.
  private void catchUp() {
    if (tail.certainty() == Certainty.CERTAIN && !behind) {
      return;
    }
    Frontier now = JooqAuditLog.head(database);
    while (now.size() - tail.head().size() > AT_ONCE) {
      long from = tail.head().size();
      tail = tail.grown(JooqAuditTiles.leaves(database, from, from + AT_ONCE));
      requireTail(tail.head().size() == from + AT_ONCE);
    }
  }

  private Frontier appendLocked(DSLContext dsl, Tail before, List<Hashed> entries) {
    Frontier now = JooqAuditLog.locked(dsl);
    requireTail(now.size() >= before.head().size());
    // What was rolled back for that is tried again, after the rest was read without the lock.
    behind = now.size() - before.head().size() > AT_ONCE;
    if (behind) {
      throw InterceptorException.of(
          ErrorCode.AUDIT_UNAVAILABLE, "this instance is far behind the audit log");
    }
    Tail there = before.grown(JooqAuditTiles.leaves(dsl, before.head().size(), now.size()));
    requireTail(there.head().equals(now));
    List<Hashed> unwritten = there.unwritten(entries);
    return unwritten.isEmpty() ? now : JooqAuditLog.append(dsl, now, unwritten);
  }

  /// Others have appended, and nobody has taken away or changed what this instance has seen.
  private void requireTail(boolean asSeen) {
    if (!asSeen) {
      rewritten = true;
      throw InterceptorException.of(
          ErrorCode.AUDIT_UNAVAILABLE,
          "the audit log is not the one that this instance has followed up to entry "
              + tail.head().size()
              + ": run `./interceptor audit verify`");
    }
  }

  @Override
  public SessionPast livePast(SessionKey session, Duration idle, Instant now, Detail detail) {
    return reading(() -> JooqSessionHistory.livePast(database, session, idle, now, detail));
  }

  @Override
  public long used(CustomerId customer, String counter) {
    return reading(() -> JooqSessionHistory.used(database, customer, counter));
  }

  @Override
  public boolean hasOpenSources(
      SessionKey session, SortedSet<Label> labels, String except, Instant issuedAfter) {
    return reading(
        () -> JooqSessionHistory.hasOpenSources(database, session, labels, except, issuedAfter));
  }

  private static <T> T reading(Supplier<T> query) {
    try {
      return query.get();
    } catch (DataAccessException e) {
      throw InterceptorException.of(
          ErrorCode.STATE_UNAVAILABLE, "the decision log could not be read", e);
    }
  }

  @Override
  public boolean isUsable() {
    if (rewritten) {
      return false;
    }
    try {
      var _ = JooqAuditLog.head(database);
      return true;
    } catch (DataAccessException | IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public void close() {
    commits.close();
  }
}
