package dev.interceptor.server.identity;

import static dev.interceptor.migrations.tables.Tables.API_KEYS;
import static dev.interceptor.migrations.tables.Tables.CUSTOMERS;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.migrations.tables.tables.records.ApiKeysRecord;
import dev.interceptor.server.audit.JooqAuditLog;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.Query;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

final class JooqApiKeyStore implements ApiKeyStore {
  private static final int ATTEMPTS_AT_A_FREE_ID = 3;

  private final DSLContext database;
  private final InstantSource clock;
  private final RandomGenerator random;

  JooqApiKeyStore(DataSource database, InstantSource clock, RandomGenerator random) {
    this.database = DSL.using(database, SQLDialect.POSTGRES);
    this.clock = clock;
    this.random = random;
  }

  @Override
  public void createCustomer(CustomerId id, String name, String by) {
    inTransaction(sql -> {
      insertCustomer(sql, id, name, by);
      return id;
    });
  }

  @Override
  public ApiKey create(NewKey request, String by) {
    Instant now = clock.instant();
    return withFreeId(sql -> {
      insertCustomer(sql, request.customer(), request.customer().value(), by);
      ApiKey key = insertKey(sql, request, now);
      record(sql, "key.create", by, key.id(), request, Optional.empty());
      return key;
    });
  }

  @Override
  public List<StoredKey> list() {
    return inDatabase(sql ->
        sql.selectFrom(API_KEYS)
            .orderBy(API_KEYS.CUSTOMER_ID, API_KEYS.CREATED_AT, API_KEYS.ID)
            .fetch(JooqApiKeyStore::stored));
  }

  @Override
  public Revocation revoke(ApiKeyId id, String by) {
    return inTransaction(sql -> {
      Instant now = clock.instant();
      int changed =
          sql.update(API_KEYS)
              .set(API_KEYS.REVOKED_AT, utc(now))
              .where(API_KEYS.ID.eq(id.value()), API_KEYS.REVOKED_AT.isNull())
              .execute();
      if (changed == 1) {
        JooqAuditLog.append(
            sql, List.of(LogEntry.admin("key.revoke", by, id.value(), now).build()));
        return Revocation.REVOKED;
      }
      return sql.fetchExists(API_KEYS, API_KEYS.ID.eq(id.value()))
          ? Revocation.ALREADY_REVOKED
          : Revocation.UNKNOWN_KEY;
    });
  }

  @Override
  public Optional<ApiKey> rotate(ApiKeyId id, Duration overlap, String by) {
    Instant now = clock.instant();
    return withFreeId(sql -> replace(sql, id, now, now.plus(overlap), by));
  }

  @Override
  public Optional<StoredKey> find(Sha256 hash) {
    return inDatabase(sql ->
        sql.selectFrom(API_KEYS)
            .where(API_KEYS.SECRET_HASH.eq(hash.hex()))
            .fetchOptional(JooqApiKeyStore::stored));
  }

  /// In the order of the ids, so that two instances that write the same keys cannot deadlock.
  @Override
  public void touch(Map<ApiKeyId, Instant> lastUses) {
    var _ =
        inDatabase(sql ->
            sql.batch(
                    lastUses.entrySet().stream()
                        .sorted(Comparator.comparing(use -> use.getKey().value()))
                        .map(use -> touch(sql, use.getKey(), utc(use.getValue())))
                        .toList())
                .execute());
  }

  private static Query touch(DSLContext sql, ApiKeyId id, OffsetDateTime at) {
    return sql.update(API_KEYS)
        .set(API_KEYS.LAST_USED_AT, at)
        .where(
            API_KEYS.ID.eq(id.value()),
            API_KEYS.LAST_USED_AT.isNull().or(API_KEYS.LAST_USED_AT.lt(at)));
  }

  private Optional<ApiKey> replace(
      DSLContext sql, ApiKeyId id, Instant now, Instant end, String by) {
    Optional<StoredKey> found =
        sql.selectFrom(API_KEYS)
            .where(API_KEYS.ID.eq(id.value()))
            .forUpdate()
            .fetchOptional(JooqApiKeyStore::stored)
            .filter(key -> key.revokedAt().isEmpty() && !key.expiredAt(now));
    return found.map(old -> {
      Instant sooner = old.expiresAt().filter(end::isAfter).orElse(end);
      sql.update(API_KEYS)
          .set(API_KEYS.EXPIRES_AT, utc(sooner))
          .where(API_KEYS.ID.eq(id.value()))
          .execute();
      var lifetime = old.expiresAt().map(expiry -> Duration.between(old.createdAt(), expiry));
      var request = new NewKey(old.customer(), old.role(), old.label(), lifetime);
      ApiKey key = insertKey(sql, request, now);
      record(sql, "key.rotate", by, key.id(), request, Optional.of(id));
      return key;
    });
  }

  private void insertCustomer(DSLContext sql, CustomerId id, String name, String by) {
    Instant now = clock.instant();
    int created =
        sql.insertInto(CUSTOMERS)
            .set(CUSTOMERS.ID, id.value())
            .set(CUSTOMERS.NAME, name)
            .set(CUSTOMERS.CREATED_AT, utc(now))
            .onConflictDoNothing()
            .execute();
    if (created == 1) {
      JooqAuditLog.append(
          sql,
          List.of(
              LogEntry.admin("customer.create", by, id.value(), now)
                  .text("customer_id", id.value())
                  .build()));
    }
  }

  private void record(
      DSLContext sql,
      String action,
      String by,
      ApiKeyId id,
      NewKey request,
      Optional<ApiKeyId> predecessor) {
    JooqAuditLog.append(
        sql,
        List.of(
            LogEntry.admin(action, by, id.value(), clock.instant())
                .text("customer_id", request.customer().value())
                .text("detail", "role " + request.role().word())
                .text("key_id", predecessor)
                .build()));
  }

  private ApiKey insertKey(DSLContext sql, NewKey request, Instant now) {
    ApiKey key = ApiKey.generate(random);
    @Nullable OffsetDateTime expiry =
        request.lifetime().map(lifetime -> utc(now.plus(lifetime))).orElse(null);
    sql.insertInto(API_KEYS)
        .set(API_KEYS.ID, key.id().value())
        .set(API_KEYS.CUSTOMER_ID, request.customer().value())
        .set(API_KEYS.SECRET_HASH, key.hash().hex())
        .set(API_KEYS.ROLE, request.role().word())
        .set(API_KEYS.LABEL, request.label())
        .set(API_KEYS.CREATED_AT, utc(now))
        .set(API_KEYS.EXPIRES_AT, expiry)
        .execute();
    return key;
  }

  /// Runs the work in a transaction, again with another random id if its id was taken.
  private <T> T withFreeId(Function<DSLContext, T> work) {
    for (int attempt = 1; ; attempt++) {
      try {
        return database.transactionResult(transaction -> work.apply(transaction.dsl()));
      } catch (IntegrityConstraintViolationException e) {
        if (attempt == ATTEMPTS_AT_A_FREE_ID) {
          throw unavailable(e);
        }
      } catch (DataAccessException e) {
        throw unavailable(e);
      }
    }
  }

  private <T> T inTransaction(Function<DSLContext, T> work) {
    return inDatabase(sql -> sql.transactionResult(transaction -> work.apply(transaction.dsl())));
  }

  private <T> T inDatabase(Function<DSLContext, T> work) {
    try {
      return work.apply(database);
    } catch (DataAccessException e) {
      throw unavailable(e);
    }
  }

  private static InterceptorException unavailable(DataAccessException cause) {
    return InterceptorException.of(
        ErrorCode.STATE_UNAVAILABLE, "the API keys in PostgreSQL cannot be reached", cause);
  }

  private static StoredKey stored(ApiKeysRecord row) {
    return new StoredKey(
        new ApiKeyId(row.getId()),
        new CustomerId(row.getCustomerId()),
        Sha256.ofHex(row.getSecretHash()),
        KeyRole.ofWord(row.getRole()).orElseThrow(),
        row.getLabel(),
        row.getCreatedAt().toInstant(),
        Optional.ofNullable(row.getExpiresAt()).map(OffsetDateTime::toInstant),
        Optional.ofNullable(row.getRevokedAt()).map(OffsetDateTime::toInstant),
        Optional.ofNullable(row.getLastUsedAt()).map(OffsetDateTime::toInstant));
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
