package dev.interceptor.server.audit;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import dev.interceptor.core.tlog.NoteSigner;
import dev.interceptor.core.tlog.TileHashes;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The log's months: makes partitions ahead of time, and drops those that are too old.
///
/// What is dropped stays provable: the leaf hashes are in the tiles, and a signed entry of the log
/// says up to where rows may be missing.
final class JooqAuditPartitions {
  private static final Logger LOG = LoggerFactory.getLogger(JooqAuditPartitions.class);
  private static final int MONTHS_AHEAD = 4;
  private static final String PREFIX = "audit_log_";
  private static final DateTimeFormatter MONTH =
      DateTimeFormatter.ofPattern("'" + PREFIX + "'uuuu_MM", Locale.ROOT);

  private final DSLContext database;
  private final NoteSigner signer;
  private final Duration idle;

  /// @param database connections for work that may take long
  /// @param signer signs what says that rows may be missing
  /// @param idle after this long without a decision a session is over
  JooqAuditPartitions(DataSource database, NoteSigner signer, Duration idle) {
    this.database = DSL.using(database, SQLDialect.POSTGRES);
    this.signer = signer;
    this.idle = idle;
  }

  /// Makes partitions for this month and the next ones. Waits for nobody: what cannot be locked now
  /// is done the next time, and until then rows go to the default partition.
  void prepare(Instant now) {
    var _ =
        withoutWaiting(dsl ->
            dsl.select(
                    field(
                        "audit_log_partitions({0}, {1})",
                        Integer.class,
                        inline(LocalDate.ofInstant(now, ZoneOffset.UTC)),
                        inline(MONTHS_AHEAD)))
                .fetch());
  }

  /// Drops the months before the last `kept` whole ones, in their order: where one has to stay, so
  /// do those after it.
  ///
  /// @param clock what the instance takes for now; the database's clock counts if it is behind
  /// @param kept at least 1
  /// @return how many were dropped
  int drop(Instant clock, int kept) {
    Instant now = earlier(clock);
    YearMonth first = YearMonth.from(now.atOffset(ZoneOffset.UTC)).minusMonths(kept);
    List<String> partitions =
        withoutWaiting(dsl ->
            dsl.select(field("inhrelid::regclass::text", String.class))
                .from(table("pg_inherits"))
                .where(field("inhparent::regclass::text", String.class).eq("audit_log"))
                .orderBy(field("1"))
                .fetch(row -> row.value1()));
    int dropped = 0;
    for (String partition : partitions) {
      if (month(partition).filter(month -> month.isBefore(first)).isPresent()) {
        if (!drop(partition, now)) {
          return dropped;
        }
        dropped++;
      }
    }
    return dropped;
  }

  private Instant earlier(Instant clock) {
    Instant stored =
        withoutWaiting(
            dsl -> dsl.select(DSL.currentOffsetDateTime()).fetchSingle().value1().toInstant());
    return stored.isBefore(clock) ? stored : clock;
  }

  private static Optional<YearMonth> month(String partition) {
    try {
      return Optional.of(YearMonth.parse(partition, MONTH));
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }

  /// A month that has rows of the last tile stays until that is full, and one that a session
  /// remembers until the session is over.
  private boolean drop(String partition, Instant now) {
    Table<?> rows = table(name(partition));
    return withoutWaiting(dsl -> {
      Long last = last(dsl, rows);
      if (last != null && hasToStay(dsl, partition, last, now)) {
        return false;
      }
      dsl.execute(
          "DELETE FROM decision_charges c USING {0} p WHERE c.decision_id = p.decision_id", rows);
      lock(dsl, rows);
      if (!Objects.equals(last, last(dsl, rows))) {
        throw InterceptorException.of(
            ErrorCode.AUDIT_UNAVAILABLE, "`" + partition + "` got another row meanwhile");
      }
      dsl.execute("DROP TABLE {0}", rows);
      if (last != null) {
        JooqAuditLog.append(
            dsl, List.of(RetentionNote.entry(signer, new RetentionNote(last + 1, partition), now)));
      }
      return true;
    });
  }

  private static @Nullable Long last(DSLContext dsl, Table<?> rows) {
    return dsl.select(max(field(name("idx"), Long.class))).from(rows).fetchSingle().value1();
  }

  private boolean hasToStay(DSLContext dsl, String partition, long last, Instant now) {
    long size = JooqAuditLog.head(dsl).size();
    if (last / TileHashes.WIDTH >= size / TileHashes.WIDTH) {
      return true;
    }
    boolean remembered = JooqSessionHistory.remembers(dsl, partition, last, idle, now);
    if (remembered) {
      LOG.info("{} is past the retention and waits: a session lives that began in it", partition);
    }
    return remembered;
  }

  /// The head first, as those do who append: nobody of them waits for this one while it waits for
  /// them.
  private static void lock(DSLContext dsl, Table<?> rows) {
    var _ = JooqAuditLog.locked(dsl);
    dsl.execute("LOCK TABLE ONLY audit_log, {0} IN ACCESS EXCLUSIVE MODE", rows);
  }

  private <T> T withoutWaiting(Function<DSLContext, T> work) {
    try {
      return database.transactionResult(transaction -> {
        DSLContext dsl = transaction.dsl();
        dsl.execute("SET LOCAL lock_timeout = '500ms'");
        return work.apply(dsl);
      });
    } catch (DataAccessException e) {
      throw InterceptorException.of(
          ErrorCode.AUDIT_UNAVAILABLE, "the audit log's months cannot be changed now", e);
    }
  }
}
