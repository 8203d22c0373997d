package dev.interceptor.server.policy;

import static dev.interceptor.migrations.tables.Tables.CUSTOMERS;
import static dev.interceptor.migrations.tables.Tables.POLICIES;
import static dev.interceptor.migrations.tables.Tables.POLICY_VERSIONS;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.server.audit.JooqAuditLog;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.JSON;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;

final class JooqPolicyVersions implements PolicyVersions {
  private static final List<Field<?>> WITHOUT_TEXT =
      List.of(
          POLICY_VERSIONS.NAME,
          POLICY_VERSIONS.VERSION,
          POLICY_VERSIONS.DIGEST,
          POLICY_VERSIONS.APPLIED_AT,
          POLICY_VERSIONS.APPLIED_BY,
          POLICY_VERSIONS.NOTE);

  private final DSLContext database;
  private final InstantSource clock;

  JooqPolicyVersions(DataSource database, InstantSource clock) {
    this.database = DSL.using(database, SQLDialect.POSTGRES);
    this.clock = clock;
  }

  @Override
  public List<PolicyVersion> heads() {
    return inDatabase(JooqPolicyVersions::heads);
  }

  @Override
  public List<PolicyVersion> history(String name) {
    return inDatabase(sql ->
        sql.select(WITHOUT_TEXT)
            .from(POLICY_VERSIONS)
            .where(POLICY_VERSIONS.NAME.eq(name))
            .orderBy(POLICY_VERSIONS.VERSION.desc())
            .fetch(JooqPolicyVersions::version));
  }

  @Override
  public Optional<String> source(String name, int version) {
    return inDatabase(sql ->
        sql.select(POLICY_VERSIONS.SOURCE)
            .from(POLICY_VERSIONS)
            .where(POLICY_VERSIONS.NAME.eq(name), POLICY_VERSIONS.VERSION.eq(version))
            .fetchOptional(POLICY_VERSIONS.SOURCE));
  }

  @Override
  public InForce inForce() {
    return inTransaction(sql -> {
      sql.execute("set transaction isolation level repeatable read read only");
      Map<CustomerId, String> named =
          sql.select(CUSTOMERS.ID, CUSTOMERS.POLICY_NAME)
              .from(CUSTOMERS)
              .where(CUSTOMERS.POLICY_NAME.isNotNull())
              .fetchMap(row -> new CustomerId(row.value1()), row -> row.value2());
      return new InForce(heads(sql), named);
    });
  }

  // INVARIANT (APolicyIsAppliedWhole): one transaction for all policies of a text, and one writer
  // at a time; readers do not wait for it.
  @Override
  public Applied apply(PolicyText text, PolicyChange change) {
    if (change.meansOne() && text.policies().size() != 1) {
      throw new IllegalArgumentException("the text holds several policies");
    }
    String document = text.json();
    return inTransaction(sql -> {
      sql.execute("lock table policies in share row exclusive mode");
      List<CustomerId> unknown = unknown(sql, change.customers());
      if (!unknown.isEmpty()) {
        return new Applied.UnknownCustomers(unknown);
      }
      List<Entry> entries = new ArrayList<>();
      for (PolicySet policy : text.policies()) {
        Optional<PolicyVersion> head = head(sql, policy.name());
        int inForce = head.map(PolicyVersion::version).orElse(0);
        if (change.expected().orElse(inForce) != inForce) {
          return new Applied.OtherVersion(policy.name(), inForce);
        }
        boolean same = head.filter(h -> h.digest().equals(policy.digest())).isPresent();
        entries.add(
            same
                ? new Entry(head.orElseThrow(), Effect.UNCHANGED)
                : new Entry(
                    write(sql, policy, last(sql, policy.name()) + 1, text.text(), document, change),
                    Effect.APPLIED));
        give(sql, policy.name(), change.customers());
      }
      record(sql, entries, change);
      return new Applied.Done(entries);
    });
  }

  /// The highest version there is, 0 for none; not always the one in force.
  private static int last(DSLContext sql, String name) {
    return sql.select(DSL.coalesce(DSL.max(POLICY_VERSIONS.VERSION), 0))
        .from(POLICY_VERSIONS)
        .where(POLICY_VERSIONS.NAME.eq(name))
        .fetchSingle()
        .value1();
  }

  private PolicyVersion write(
      DSLContext sql,
      PolicySet policy,
      int number,
      String source,
      String document,
      PolicyChange change) {
    var version =
        new PolicyVersion(
            policy.name(),
            number,
            policy.digest(),
            clock.instant().truncatedTo(ChronoUnit.MICROS),
            change.by(),
            change.note());
    sql.insertInto(POLICY_VERSIONS)
        .set(POLICY_VERSIONS.NAME, version.name())
        .set(POLICY_VERSIONS.VERSION, version.version())
        .set(POLICY_VERSIONS.DIGEST, version.digest().hex())
        .set(POLICY_VERSIONS.SOURCE, source)
        .set(POLICY_VERSIONS.DOCUMENT, JSON.json(document))
        .set(POLICY_VERSIONS.APPLIED_AT, version.appliedAt().atOffset(ZoneOffset.UTC))
        .set(POLICY_VERSIONS.APPLIED_BY, version.appliedBy())
        .set(POLICY_VERSIONS.NOTE, version.note())
        .execute();
    sql.insertInto(POLICIES)
        .set(POLICIES.NAME, version.name())
        .set(POLICIES.VERSION, version.version())
        .onDuplicateKeyUpdate()
        .set(POLICIES.VERSION, version.version())
        .execute();
    return version;
  }

  /// Nothing for a policy that stays as it is and is given to nobody.
  private void record(DSLContext sql, List<Entry> entries, PolicyChange change) {
    List<LogEntry> log = new ArrayList<>();
    for (Entry entry : entries) {
      PolicyVersion version = entry.version();
      if (entry.effect() == Effect.APPLIED) {
        log.add(
            LogEntry.of(LogEntry.Kind.POLICY, clock.instant())
                .text("action", "policy.apply")
                .text("actor", change.by())
                .text("target", version.name())
                .text("detail", "version " + version.version())
                .text("policy_digest", version.digest().hex())
                .build());
      }
      for (CustomerId customer : change.customers()) {
        log.add(
            LogEntry.of(LogEntry.Kind.POLICY, clock.instant())
                .text("action", "policy.give")
                .text("actor", change.by())
                .text("target", version.name())
                .text("customer_id", customer.value())
                .build());
      }
    }
    if (!log.isEmpty()) {
      JooqAuditLog.append(sql, log);
    }
  }

  private static void give(DSLContext sql, String policy, List<CustomerId> customers) {
    sql.update(CUSTOMERS)
        .set(CUSTOMERS.POLICY_NAME, policy)
        .where(CUSTOMERS.ID.in(customers.stream().map(CustomerId::value).toList()))
        .execute();
  }

  private static List<CustomerId> unknown(DSLContext sql, List<CustomerId> customers) {
    List<String> known =
        sql.select(CUSTOMERS.ID)
            .from(CUSTOMERS)
            .where(CUSTOMERS.ID.in(customers.stream().map(CustomerId::value).toList()))
            .fetch(CUSTOMERS.ID);
    return customers.stream().filter(id -> !known.contains(id.value())).toList();
  }

  private static List<PolicyVersion> heads(DSLContext sql) {
    return sql.select(WITHOUT_TEXT)
        .from(POLICIES)
        .join(POLICY_VERSIONS)
        .on(POLICY_VERSIONS.NAME.eq(POLICIES.NAME), POLICY_VERSIONS.VERSION.eq(POLICIES.VERSION))
        .orderBy(POLICIES.NAME)
        .fetch(JooqPolicyVersions::version);
  }

  private static Optional<PolicyVersion> head(DSLContext sql, String name) {
    return sql.select(WITHOUT_TEXT)
        .from(POLICIES)
        .join(POLICY_VERSIONS)
        .on(POLICY_VERSIONS.NAME.eq(POLICIES.NAME), POLICY_VERSIONS.VERSION.eq(POLICIES.VERSION))
        .where(POLICIES.NAME.eq(name))
        .fetchOptional(JooqPolicyVersions::version);
  }

  private static PolicyVersion version(Record row) {
    OffsetDateTime at = row.get(POLICY_VERSIONS.APPLIED_AT);
    return new PolicyVersion(
        row.get(POLICY_VERSIONS.NAME),
        row.get(POLICY_VERSIONS.VERSION),
        Sha256.ofHex(row.get(POLICY_VERSIONS.DIGEST)),
        at.toInstant(),
        row.get(POLICY_VERSIONS.APPLIED_BY),
        row.get(POLICY_VERSIONS.NOTE));
  }

  private <T> T inTransaction(Function<DSLContext, T> work) {
    return inDatabase(sql -> sql.transactionResult(transaction -> work.apply(transaction.dsl())));
  }

  private <T> T inDatabase(Function<DSLContext, T> work) {
    try {
      return work.apply(database);
    } catch (DataAccessException e) {
      throw InterceptorException.of(
          ErrorCode.STATE_UNAVAILABLE, "the policies in PostgreSQL cannot be reached", e);
    }
  }
}
