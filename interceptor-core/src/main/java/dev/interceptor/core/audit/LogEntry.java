package dev.interceptor.core.audit;

import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonNull;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One entry of the audit log in the form that is hashed: an object with one member a column that
/// has a value. SPEC §9.
///
/// *Guarantees*: an entry and the row that a store made of it have the same canonical bytes (RFC
/// 8785). Times have microseconds, no more; empty lists are left out.
public final class LogEntry {
  /// What an entry is about.
  public enum Kind {
    DECISION,
    OUTCOME,
    AUTHENTICATION,
    ADMIN,
    POLICY,
    EXECUTION,
    MODEL_CALL;

    /// As in the entry.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final DateTimeFormatter MICROSECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /// What a row has besides its entry.
  private static final Set<String> PLACE = Set.of("idx", "leaf_hash");

  private final JsonObject members;
  private final byte[] canonical;

  private LogEntry(JsonObject members) {
    this.members = members;
    this.canonical = CanonicalJson.bytes(members);
  }

  /// Begins an entry.
  ///
  /// @param at rounded down to a microsecond
  public static Builder of(Kind kind, Instant at) {
    return new Builder(kind, at);
  }

  /// Begins the entry of what an operator did.
  ///
  /// @param action such as `key.revoke`
  /// @param actor the key's id, or the account that ran the command
  /// @param target what was changed
  public static Builder admin(String action, String actor, String target, Instant at) {
    return of(Kind.ADMIN, at).text("action", action).text("actor", actor).text("target", target);
  }

  /// The entry that a stored row is, whatever it says.
  ///
  /// @param row all columns of the row, null ones too
  /// @param at the row's `at` as an entry writes it
  public static LogEntry ofRow(JsonObject row, String at) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    row.members()
        .forEach((name, value) -> {
          if (!(value instanceof JsonNull) && !PLACE.contains(name)) {
            members.put(name, value);
          }
        });
    members.put("at", new JsonString(at));
    return new LogEntry(new JsonObject(members));
  }

  public JsonObject members() {
    return members;
  }

  /// The text of a member; empty if it is missing or no text.
  public Optional<String> text(String name) {
    return members
        .member(name)
        .filter(JsonString.class::isInstance)
        .map(value -> ((JsonString) value).value());
  }

  /// The bytes that are hashed.
  public byte[] canonical() {
    return canonical.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LogEntry that && members.equals(that.members);
  }

  @Override
  public int hashCode() {
    return members.hashCode();
  }

  /// Collects an entry's members. What has no value is left out.
  public static final class Builder {
    private final Map<String, JsonValue> members = new LinkedHashMap<>();

    private Builder(Kind kind, Instant at) {
      text("kind", kind.word());
      text("at", MICROSECONDS.format(at.truncatedTo(ChronoUnit.MICROS)));
    }

    public Builder text(String name, String value) {
      members.put(name, new JsonString(value));
      return this;
    }

    public Builder text(String name, Optional<?> value) {
      value.ifPresent(present -> text(name, present.toString()));
      return this;
    }

    public Builder texts(String name, Collection<?> values) {
      if (!values.isEmpty()) {
        members.put(
            name,
            new JsonArray(
                values.stream()
                    .map(value -> (JsonValue) new JsonString(value.toString()))
                    .toList()));
      }
      return this;
    }

    /// @throws IllegalArgumentException of 2^53 and more, which a double does not hold for sure
    public Builder number(String name, long value) {
      if (Math.abs(value) >= 1L << 53) {
        throw new IllegalArgumentException("`" + name + "` is 2^53 or more");
      }
      members.put(name, new JsonNumber(value));
      return this;
    }

    public LogEntry build() {
      return new LogEntry(new JsonObject(members));
    }
  }
}
