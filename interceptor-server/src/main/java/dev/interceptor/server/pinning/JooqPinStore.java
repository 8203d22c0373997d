package dev.interceptor.server.pinning;

import static dev.interceptor.migrations.tables.Tables.TOOL_PINS;
import static dev.interceptor.migrations.tables.Tables.TOOL_PIN_HISTORY;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.audit.JooqAuditLog;
import dev.interceptor.server.upstream.Pinning;
import dev.interceptor.server.upstream.ToolDefinition;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jooq.DSLContext;

/// Tools' pins in PostgreSQL: finds them, and takes operators' approvals.
final class JooqPinStore implements PinStore {
  private final JooqPins pins;
  private final JooqListings listings;
  private final InstantSource clock;

  JooqPinStore(DataSource database, InstantSource clock) {
    this.pins = new JooqPins(database);
    this.listings = new JooqListings(pins, clock);
    this.clock = clock;
  }

  @Override
  public List<ToolPin> all() {
    return pins.inDatabase(sql ->
        sql.select(JooqPins.WITHOUT_TEXTS)
            .from(TOOL_PINS)
            .orderBy(TOOL_PINS.UPSTREAM, TOOL_PINS.TOOL)
            .fetch(JooqPins::pin));
  }

  @Override
  public Optional<Texts> find(ToolRef tool) {
    return pins.inDatabase(sql ->
        sql.selectFrom(TOOL_PINS)
            .where(JooqPins.is(tool))
            .fetchOptional(row ->
                new Texts(
                    JooqPins.pin(row),
                    Optional.ofNullable(row.getDefinition()),
                    Optional.ofNullable(row.getSeenDefinition()))));
  }

  @Override
  public List<ToolPin.Pinned> history(ToolRef tool) {
    return pins.inDatabase(sql ->
        sql.select(TOOL_PIN_HISTORY.DIGEST, TOOL_PIN_HISTORY.PINNED_AT, TOOL_PIN_HISTORY.PINNED_BY)
            .from(TOOL_PIN_HISTORY)
            .where(
                TOOL_PIN_HISTORY.UPSTREAM.eq(tool.upstream().value()),
                TOOL_PIN_HISTORY.TOOL.eq(tool.name().value()))
            .orderBy(TOOL_PIN_HISTORY.SEQ.desc())
            .fetch(row ->
                new ToolPin.Pinned(
                    Sha256.ofHex(row.value1()),
                    row.value2().toInstant(),
                    Optional.ofNullable(row.value3()))));
  }

  @Override
  public void see(UpstreamName upstream, Pinning how, List<ToolDefinition> listing) {
    listings.see(upstream, how, listing);
  }

  @Override
  public Approved approve(ToolRef tool, Sha256 reviewed, String by) {
    PinStore.requireName(by);
    OffsetDateTime now = JooqPins.utc(clock.instant().truncatedTo(ChronoUnit.MICROS));
    int changed = pins.inTransaction(sql -> approve(sql, tool, reviewed, by, now));
    Optional<ToolPin> found = find(tool).map(Texts::pin);
    if (found.isEmpty()) {
      return new Approved.Unknown();
    }
    ToolPin pin = found.get();
    if (changed == 1) {
      return new Approved.Done(pin);
    }
    return pin.pinned().filter(pinned -> pinned.digest().equals(reviewed)).isPresent()
        ? new Approved.Already(pin)
        : new Approved.OtherDefinition(pin);
  }

  private static int approve(
      DSLContext sql, ToolRef tool, Sha256 reviewed, String by, OffsetDateTime now) {
    int changed = approveSeen(sql, tool, reviewed, by, now);
    if (changed == 0) {
      changed = confirmFirstSight(sql, tool, reviewed, by, now);
    }
    if (changed == 1) {
      JooqAuditLog.append(
          sql,
          List.of(
              LogEntry.admin("tool.approve", by, tool.qualified(), now.toInstant())
                  .text("tool_hash", reviewed.hex())
                  .build()));
    }
    return changed;
  }

  private static int approveSeen(
      DSLContext sql, ToolRef tool, Sha256 reviewed, String by, OffsetDateTime now) {
    return sql.update(TOOL_PINS)
        .set(TOOL_PINS.DIGEST, TOOL_PINS.SEEN_DIGEST)
        .set(TOOL_PINS.DEFINITION, TOOL_PINS.SEEN_DEFINITION)
        .set(TOOL_PINS.PINNED_AT, now)
        .set(TOOL_PINS.PINNED_BY, by)
        .setNull(TOOL_PINS.SEEN_DIGEST)
        .setNull(TOOL_PINS.SEEN_DEFINITION)
        .setNull(TOOL_PINS.SEEN_FIRST_AT)
        .setNull(TOOL_PINS.SEEN_LAST_AT)
        .where(JooqPins.is(tool), TOOL_PINS.SEEN_DIGEST.eq(reviewed.hex()))
        .execute();
  }

  private static int confirmFirstSight(
      DSLContext sql, ToolRef tool, Sha256 reviewed, String by, OffsetDateTime now) {
    return sql.update(TOOL_PINS)
        .set(TOOL_PINS.PINNED_AT, now)
        .set(TOOL_PINS.PINNED_BY, by)
        .where(JooqPins.is(tool), TOOL_PINS.DIGEST.eq(reviewed.hex()), TOOL_PINS.PINNED_BY.isNull())
        .execute();
  }
}
