package dev.interceptor.server.pinning;

import static dev.interceptor.migrations.tables.Tables.TOOL_PINS;
import static dev.interceptor.migrations.tables.Tables.TOOL_PIN_HISTORY;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.migrations.tables.tables.records.ToolPinsRecord;
import dev.interceptor.server.audit.JooqAuditLog;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.upstream.Pinning;
import dev.interceptor.server.upstream.ToolDefinition;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import javax.sql.DataSource;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/// Rows are always changed in the order of the tools' names, so that two instances never wait for
/// each other.
final class JooqPinStore implements PinStore {
  private static final List<Field<?>> WITHOUT_TEXTS =
      List.of(
          TOOL_PINS.UPSTREAM,
          TOOL_PINS.TOOL,
          TOOL_PINS.DIGEST,
          TOOL_PINS.PINNED_AT,
          TOOL_PINS.PINNED_BY,
          TOOL_PINS.SEEN_DIGEST,
          TOOL_PINS.SEEN_FIRST_AT,
          TOOL_PINS.SEEN_LAST_AT,
          TOOL_PINS.LISTED_DIGEST,
          TOOL_PINS.LISTED_AT);

  /// Who pins what is seen first, for the log.
  private static final String FIRST_SIGHT = "first sight";

  private static final int ROWS_AT_ONCE = 500;
  private static final int CHARS_AT_ONCE = 1024 * 1024;

  private final DSLContext database;
  private final InstantSource clock;

  JooqPinStore(DataSource database, InstantSource clock) {
    this.database = DSL.using(database, SQLDialect.POSTGRES);
    this.clock = clock;
  }

  @Override
  public List<ToolPin> all() {
    return inDatabase(sql ->
        sql.select(WITHOUT_TEXTS)
            .from(TOOL_PINS)
            .orderBy(TOOL_PINS.UPSTREAM, TOOL_PINS.TOOL)
            .fetch(JooqPinStore::pin));
  }

  @Override
  public Optional<Texts> find(ToolRef tool) {
    return inDatabase(sql ->
        sql.selectFrom(TOOL_PINS)
            .where(is(tool))
            .fetchOptional(row ->
                new Texts(
                    pin(row),
                    Optional.ofNullable(row.getDefinition()),
                    Optional.ofNullable(row.getSeenDefinition()))));
  }

  @Override
  public List<ToolPin.Pinned> history(ToolRef tool) {
    return inDatabase(sql ->
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

  // INVARIANT (FirstSightsCannotBothWin): a row that another instance has written meanwhile stays
  // as it is, and is what this one reads afterwards.
  @Override
  public void see(UpstreamName upstream, Pinning how, List<ToolDefinition> listing) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Map<ToolName, ToolPin> known = known(upstream);
    List<ToolDefinition> unknown =
        listing.stream()
            .filter(tool -> !known.containsKey(tool.name()))
            .sorted(Comparator.comparing(tool -> tool.name().value()))
            .limit(Math.max(0, MAX_PINS - known.size()))
            .toList();
    if (!unknown.isEmpty()) {
      inParts(
          unknown,
          tool -> tool.canonical().length(),
          part -> insert(part.stream().map(tool -> fresh(upstream, how, tool, now)).toList()));
      known.putAll(known(upstream));
    }
    note(news(known, listing, now), now);
  }

  private Map<ToolName, ToolPin> known(UpstreamName upstream) {
    return new HashMap<>(
        inDatabase(sql ->
            sql.select(WITHOUT_TEXTS)
                .from(TOOL_PINS)
                .where(TOOL_PINS.UPSTREAM.eq(upstream.value()))
                .fetchMap(row -> new ToolName(row.get(TOOL_PINS.TOOL)), JooqPinStore::pin)));
  }

  private static ToolPinsRecord fresh(
      UpstreamName upstream, Pinning how, ToolDefinition tool, Instant now) {
    var row = new ToolPinsRecord();
    row.setUpstream(upstream.value());
    row.setTool(tool.name().value());
    switch (how) {
      case FIRST_SIGHT -> {
        row.setDigest(tool.digest().hex());
        row.setDefinition(tool.canonical());
        row.setPinnedAt(utc(now));
      }
      case OPERATOR -> {
        row.setSeenDigest(tool.digest().hex());
        row.setSeenDefinition(tool.canonical());
        row.setSeenFirstAt(utc(now));
        row.setSeenLastAt(utc(now));
      }
    }
    row.setListedDigest(tool.digest().hex());
    row.setListedAt(utc(now));
    return row;
  }

  private void insert(List<ToolPinsRecord> rows) {
    var _ =
        inTransaction(sql -> {
          List<LogEntry> pinned =
              sql
                  .insertInto(TOOL_PINS, TOOL_PINS.fields())
                  .valuesOfRecords(rows)
                  .onConflictDoNothing()
                  .returning(TOOL_PINS.UPSTREAM, TOOL_PINS.TOOL, TOOL_PINS.DIGEST)
                  .fetch()
                  .stream()
                  .filter(row -> row.getDigest() != null)
                  .map(this::firstSight)
                  .toList();
          JooqAuditLog.append(sql, pinned);
          return pinned.size();
        });
  }

  private LogEntry firstSight(ToolPinsRecord row) {
    var tool = new ToolRef(new UpstreamName(row.getUpstream()), new ToolName(row.getTool()));
    return LogEntry.admin("tool.pin", FIRST_SIGHT, tool.qualified(), clock.instant())
        .text("tool_hash", row.getDigest())
        .build();
  }

  /// What an upstream says about a known tool that is not on record.
  private record News(ToolPin pin, @Nullable ToolDefinition tool) {}

  private static List<News> news(
      Map<ToolName, ToolPin> known, List<ToolDefinition> listing, Instant now) {
    Map<ToolName, ToolDefinition> listed = new HashMap<>();
    listing.forEach(tool -> listed.put(tool.name(), tool));
    List<News> news = new ArrayList<>();
    for (ToolPin pin : known.values()) {
      ToolDefinition tool = listed.get(pin.tool().name());
      if (pin.isNews(Optional.ofNullable(tool).map(ToolDefinition::digest), now)) {
        news.add(new News(pin, tool));
      }
    }
    news.sort(Comparator.comparing(one -> one.pin().tool().name().value()));
    return news;
  }

  private void note(List<News> news, Instant now) {
    inParts(
        news,
        one -> one.tool() == null ? 0 : one.tool().canonical().length(),
        part -> {
          var _ =
              inDatabase(sql ->
                  sql.transactionResult(transaction -> {
                    part.forEach(one -> note(transaction.dsl(), one, now));
                    return part.size();
                  }));
        });
  }

  private static void note(DSLContext sql, News one, Instant now) {
    ToolRef ref = one.pin().tool();
    ToolDefinition tool = one.tool();
    String digest = tool == null ? null : tool.digest().hex();
    sql.update(TOOL_PINS)
        .set(TOOL_PINS.LISTED_DIGEST, digest)
        .set(TOOL_PINS.LISTED_AT, utc(now))
        .where(is(ref), TOOL_PINS.LISTED_DIGEST.isDistinctFrom(digest))
        .execute();
    if (tool != null && one.pin().isUnseen(tool.digest(), now)) {
      sql.update(TOOL_PINS)
          .set(TOOL_PINS.SEEN_DIGEST, digest)
          .set(TOOL_PINS.SEEN_DEFINITION, tool.canonical())
          .set(
              TOOL_PINS.SEEN_FIRST_AT,
              DSL.when(TOOL_PINS.SEEN_DIGEST.eq(digest), TOOL_PINS.SEEN_FIRST_AT)
                  .otherwise(utc(now)))
          .set(TOOL_PINS.SEEN_LAST_AT, utc(now))
          .where(is(ref), TOOL_PINS.DIGEST.isDistinctFrom(digest))
          .execute();
    }
  }

  /// Statements of a size that PostgreSQL answers within the bound of a pool.
  private static <T> void inParts(List<T> all, ToIntFunction<T> length, Consumer<List<T>> work) {
    int start = 0;
    long chars = 0;
    for (int i = 0; i < all.size(); i++) {
      chars += length.applyAsInt(all.get(i));
      if (i + 1 == all.size() || i + 1 - start == ROWS_AT_ONCE || chars >= CHARS_AT_ONCE) {
        work.accept(all.subList(start, i + 1));
        start = i + 1;
        chars = 0;
      }
    }
  }

  @Override
  public Approved approve(ToolRef tool, Sha256 reviewed, String by) {
    PinStore.requireName(by);
    OffsetDateTime now = utc(clock.instant().truncatedTo(ChronoUnit.MICROS));
    int changed = inTransaction(sql -> approve(sql, tool, reviewed, by, now));
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
        .where(is(tool), TOOL_PINS.SEEN_DIGEST.eq(reviewed.hex()))
        .execute();
  }

  private static int confirmFirstSight(
      DSLContext sql, ToolRef tool, Sha256 reviewed, String by, OffsetDateTime now) {
    return sql.update(TOOL_PINS)
        .set(TOOL_PINS.PINNED_AT, now)
        .set(TOOL_PINS.PINNED_BY, by)
        .where(is(tool), TOOL_PINS.DIGEST.eq(reviewed.hex()), TOOL_PINS.PINNED_BY.isNull())
        .execute();
  }

  private static Condition is(ToolRef tool) {
    return TOOL_PINS
        .UPSTREAM
        .eq(tool.upstream().value())
        .and(TOOL_PINS.TOOL.eq(tool.name().value()));
  }

  private static ToolPin pin(Record row) {
    return new ToolPin(
        new ToolRef(
            new UpstreamName(row.get(TOOL_PINS.UPSTREAM)), new ToolName(row.get(TOOL_PINS.TOOL))),
        digest(row, TOOL_PINS.DIGEST)
            .map(digest ->
                new ToolPin.Pinned(
                    digest,
                    row.get(TOOL_PINS.PINNED_AT).toInstant(),
                    Optional.ofNullable(row.get(TOOL_PINS.PINNED_BY)))),
        digest(row, TOOL_PINS.SEEN_DIGEST)
            .map(digest ->
                new ToolPin.Seen(
                    digest,
                    row.get(TOOL_PINS.SEEN_FIRST_AT).toInstant(),
                    row.get(TOOL_PINS.SEEN_LAST_AT).toInstant())),
        new ToolPin.Listed(
            digest(row, TOOL_PINS.LISTED_DIGEST), row.get(TOOL_PINS.LISTED_AT).toInstant()));
  }

  private static Optional<Sha256> digest(Record row, Field<String> field) {
    return Optional.ofNullable(row.get(field)).map(Sha256::ofHex);
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private <T> T inTransaction(Function<DSLContext, T> work) {
    return inDatabase(sql -> sql.transactionResult(transaction -> work.apply(transaction.dsl())));
  }

  private <T> T inDatabase(Function<DSLContext, T> work) {
    try {
      return work.apply(database);
    } catch (DataAccessException e) {
      throw InterceptorException.of(
          ErrorCode.STATE_UNAVAILABLE, "the pinned tools in PostgreSQL cannot be reached", e);
    }
  }
}
