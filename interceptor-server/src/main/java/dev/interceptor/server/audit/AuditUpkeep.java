package dev.interceptor.server.audit;

import dev.interceptor.core.tlog.NoteSigner;
import dev.interceptor.server.background.Rounds;
import java.time.Duration;
import java.time.InstantSource;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks after the log's months in the background: the next ones get their partitions, those past
/// the retention go. Nothing relies on it for a decision.
public final class AuditUpkeep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditUpkeep.class);
  private static final Duration INTERVAL = Duration.ofHours(1);
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final JooqAuditPartitions partitions;
  private final InstantSource clock;
  private final int months;
  private final Rounds rounds =
      new Rounds("audit-upkeep", INTERVAL, "the audit log's months are looked after", this::look);

  private AuditUpkeep(JooqAuditPartitions partitions, InstantSource clock, int months) {
    this.partitions = partitions;
    this.clock = clock;
    this.months = months;
  }

  /// @param database connections for work that may take long
  /// @param signer signs what says which rows went
  /// @param idle a month stays while a session lives that began in it; this long without a decision
  ///   and a session is over
  /// @param months whole months that are kept besides the running one; 0 for all
  public static AuditUpkeep start(
      DataSource database, NoteSigner signer, Duration idle, InstantSource clock, int months) {
    var upkeep = new AuditUpkeep(new JooqAuditPartitions(database, signer, idle), clock, months);
    upkeep.rounds.startAtOnce();
    return upkeep;
  }

  private void look() {
    partitions.prepare(clock.instant());
    int dropped = months == 0 ? 0 : partitions.drop(clock.instant(), months);
    if (dropped > 0) {
      LOG.info("{} months of the audit log are past the retention and dropped", dropped);
    }
  }

  @Override
  public void close() {
    rounds.close(FAREWELL);
  }
}
