package dev.interceptor.server.pinning;

import static dev.interceptor.migrations.tables.Tables.TOOL_PINS;

import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;

/// The table of pins: its rows as pins, and what failing to reach it means.
final class JooqPins {
  static final List<Field<?>> WITHOUT_TEXTS =
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

  private final DSLContext database;

  JooqPins(DataSource database) {
    this.database = DSL.using(database, SQLDialect.POSTGRES);
  }

  /// @throws InterceptorException STATE_UNAVAILABLE
  <T> T inTransaction(Function<DSLContext, T> work) {
    return inDatabase(sql -> sql.transactionResult(transaction -> work.apply(transaction.dsl())));
  }

  /// @throws InterceptorException STATE_UNAVAILABLE
  <T> T inDatabase(Function<DSLContext, T> work) {
    try {
      return work.apply(database);
    } catch (DataAccessException e) {
      throw InterceptorException.of(
          ErrorCode.STATE_UNAVAILABLE, "the pinned tools in PostgreSQL cannot be reached", e);
    }
  }

  static Condition is(ToolRef tool) {
    return TOOL_PINS
        .UPSTREAM
        .eq(tool.upstream().value())
        .and(TOOL_PINS.TOOL.eq(tool.name().value()));
  }

  static ToolPin pin(Record row) {
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

  static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
