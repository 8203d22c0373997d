package dev.interceptor.server.pinning;

import static dev.interceptor.migrations.tables.Tables.TOOL_PINS;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.migrations.tables.tables.records.ToolPinsRecord;
import dev.interceptor.server.audit.JooqAuditLog;
import dev.interceptor.server.upstream.Pinning;
import dev.interceptor.server.upstream.ToolDefinition;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/// Puts on record what servers list: tools that were never seen, and what is new about the others.
///
/// Rows are always changed in the order of the tools' names, so that two instances never wait for
/// each other.
final class JooqListings {
  /// Who pins what is seen first, for the log.
  private static final String FIRST_SIGHT = "first sight";

  private static final int ROWS_AT_ONCE = 500;
  private static final int CHARS_AT_ONCE = 1024 * 1024;

  private final JooqPins pins;
  private final InstantSource clock;

  JooqListings(JooqPins pins, InstantSource clock) {
    this.pins = pins;
    this.clock = clock;
  }

  // INVARIANT (FirstSightsCannotBothWin): a row that another instance has written meanwhile stays
  // as it is, and is what this one reads afterwards.
  void see(UpstreamName upstream, Pinning how, List<ToolDefinition> listing) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Map<ToolName, ToolPin> known = known(upstream);
    List<ToolDefinition> unknown =
        listing.stream()
            .filter(tool -> !known.containsKey(tool.name()))
            .sorted(Comparator.comparing(tool -> tool.name().value()))
            .limit(Math.max(0, PinStore.MAX_PINS - known.size()))
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
        pins.inDatabase(sql ->
            sql.select(JooqPins.WITHOUT_TEXTS)
                .from(TOOL_PINS)
                .where(TOOL_PINS.UPSTREAM.eq(upstream.value()))
                .fetchMap(row -> new ToolName(row.get(TOOL_PINS.TOOL)), JooqPins::pin)));
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
        row.setPinnedAt(JooqPins.utc(now));
      }
      case OPERATOR -> {
        row.setSeenDigest(tool.digest().hex());
        row.setSeenDefinition(tool.canonical());
        row.setSeenFirstAt(JooqPins.utc(now));
        row.setSeenLastAt(JooqPins.utc(now));
      }
    }
    row.setListedDigest(tool.digest().hex());
    row.setListedAt(JooqPins.utc(now));
    return row;
  }

  private void insert(List<ToolPinsRecord> rows) {
    var _ =
        pins.inTransaction(sql -> {
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
              pins.inDatabase(sql ->
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
        .set(TOOL_PINS.LISTED_AT, JooqPins.utc(now))
        .where(JooqPins.is(ref), TOOL_PINS.LISTED_DIGEST.isDistinctFrom(digest))
        .execute();
    if (tool != null && one.pin().isUnseen(tool.digest(), now)) {
      sql.update(TOOL_PINS)
          .set(TOOL_PINS.SEEN_DIGEST, digest)
          .set(TOOL_PINS.SEEN_DEFINITION, tool.canonical())
          .set(
              TOOL_PINS.SEEN_FIRST_AT,
              DSL.when(TOOL_PINS.SEEN_DIGEST.eq(digest), TOOL_PINS.SEEN_FIRST_AT)
                  .otherwise(JooqPins.utc(now)))
          .set(TOOL_PINS.SEEN_LAST_AT, JooqPins.utc(now))
          .where(JooqPins.is(ref), TOOL_PINS.DIGEST.isDistinctFrom(digest))
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
}
