package dev.interceptor.server.audit;

import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tlog.Frontier;
import java.util.List;
import java.util.Random;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/// Changes a log as somebody does who owns its database: carelessly, or recomputing what stands
/// around the change.
final class LogVandal {
  private static final int TILE = 256;

  private final LogOnDisk log;
  private final Random random;
  private final int at;

  LogVandal(LogOnDisk log, Random random) {
    this.log = log;
    this.random = random;
    this.at = random.nextInt(log.size());
  }

  /// What is done.
  enum Change {
    EDIT_A_COLUMN,
    EDIT_A_TIME,
    EDIT_A_LIST,
    EDIT_A_HASH,
    CLEAR_A_HASH,
    EDIT_AND_HASH,
    EDIT_HASH_AND_TILES,
    EDIT_HASH_AND_HEAD,
    EDIT_ALL,
    DELETE,
    DELETE_SOME,
    DELETE_AND_RENUMBER,
    DELETE_RENUMBER_ALL,
    INSERT_TWICE,
    INSERT_BEYOND,
    INSERT_AND_RENUMBER,
    SWAP_PLACES,
    SWAP_PLACES_ALL,
    TRUNCATE,
    TRUNCATE_WITH_HEAD
  }

  /// Where it begins.
  ///
  /// @param exact whether what is left in the database tells that row from all others
  record Expected(long first, boolean exact) {}

  Expected make(Change change, DSLContext sql) {
    return switch (change) {
      case EDIT_A_COLUMN -> edited(sql, "customer_id = 'mallory'", true);
      case EDIT_A_TIME -> edited(sql, "at = at + interval '1 microsecond'", true);
      case EDIT_A_LIST -> edited(sql, "rules = array_append(rules, 'more')", true);
      case EDIT_A_HASH -> edited(sql, "leaf_hash = sha256(leaf_hash)", true);
      case CLEAR_A_HASH -> edited(sql, "leaf_hash = NULL", true);
      case EDIT_AND_HASH -> {
        forge(sql);
        yield new Expected(at, isInTile());
      }
      case EDIT_HASH_AND_TILES -> {
        forge(sql);
        tilesOnly(sql);
        yield new Expected(at, false);
      }
      case EDIT_HASH_AND_HEAD -> {
        forge(sql);
        log.settleHead(sql, tree(sql));
        yield new Expected(at, false);
      }
      case EDIT_ALL -> {
        forge(sql);
        log.settle(sql);
        yield new Expected(at, false);
      }
      case DELETE -> deleted(sql, at, at);
      case DELETE_SOME -> deleted(sql, at, at + random.nextInt(20));
      case DELETE_AND_RENUMBER -> renumbered(sql, false);
      case DELETE_RENUMBER_ALL -> renumbered(sql, true);
      case INSERT_TWICE -> {
        insert(sql, at, at);
        yield new Expected(at, true);
      }
      case INSERT_BEYOND -> {
        int place = log.size() + random.nextInt(3);
        insert(sql, at, place);
        yield new Expected(place, true);
      }
      case INSERT_AND_RENUMBER -> {
        sql.execute("UPDATE audit_log SET idx = idx + 1 WHERE idx >= {0}", DSL.val(at));
        insert(sql, Math.min(at + 1, log.size()), at);
        sql.execute("UPDATE audit_log SET target = 'more' WHERE idx = {0}", DSL.val(at));
        log.rehash(sql, at);
        yield new Expected(at, isInTile());
      }
      case SWAP_PLACES -> swapped(sql, false);
      case SWAP_PLACES_ALL -> swapped(sql, true);
      case TRUNCATE -> {
        sql.execute("DELETE FROM audit_log WHERE idx >= {0}", DSL.val(at));
        yield new Expected(at, true);
      }
      case TRUNCATE_WITH_HEAD -> {
        sql.execute("DELETE FROM audit_log WHERE idx >= {0}", DSL.val(at));
        log.settleHead(sql, tree(sql));
        yield new Expected(at, true);
      }
    };
  }

  private boolean isInTile() {
    return at < log.size() / TILE * TILE;
  }

  private Expected edited(DSLContext sql, String assignment, boolean exact) {
    sql.execute("UPDATE audit_log SET " + assignment + " WHERE idx = {0}", DSL.val(at));
    return new Expected(at, exact);
  }

  private void forge(DSLContext sql) {
    sql.execute("UPDATE audit_log SET target = 'forged' WHERE idx = {0}", DSL.val(at));
    log.rehash(sql, at);
  }

  private void tilesOnly(DSLContext sql) {
    Frontier head = tree(sql);
    var before = new JooqLogReader(sql).head();
    log.settle(sql);
    log.settleHead(sql, before.frontier().orElse(head));
  }

  private static Frontier tree(DSLContext sql) {
    Frontier tree = Frontier.EMPTY;
    List<Sha256> leaves = new JooqLogReader(sql).rowHashes(0, 100_000);
    for (Sha256 leaf : leaves) {
      tree = tree.append(leaf);
    }
    return tree;
  }

  private static Expected deleted(DSLContext sql, int from, int to) {
    sql.execute("DELETE FROM audit_log WHERE idx BETWEEN {0} AND {1}", DSL.val(from), DSL.val(to));
    return new Expected(from, true);
  }

  private Expected renumbered(DSLContext sql, boolean all) {
    sql.execute("DELETE FROM audit_log WHERE idx = {0}", DSL.val(at));
    sql.execute("UPDATE audit_log SET idx = idx - 1 WHERE idx > {0}", DSL.val(at));
    if (all) {
      log.settle(sql);
    }
    return new Expected(at, !all && isInTile());
  }

  private static void insert(DSLContext sql, int from, int place) {
    sql.execute(
        """
        INSERT INTO audit_log
        SELECT (json_populate_record(l, json_build_object(
          'idx', {1}, 'at', l.at + interval '1 second', 'decision_id', gen_random_uuid()))).*
        FROM audit_log l WHERE idx = {0}
        """,
        DSL.val(from), DSL.val(place));
  }

  private Expected swapped(DSLContext sql, boolean all) {
    int other = (at + 1 + random.nextInt(log.size() - 1)) % log.size();
    sql.execute(
        "UPDATE audit_log SET idx = {0} + {1} - idx WHERE idx IN ({0}, {1})",
        DSL.val(at), DSL.val(other));
    if (all) {
      log.settle(sql);
    }
    int first = Math.min(at, other);
    return new Expected(first, !all && first < log.size() / TILE * TILE);
  }
}
