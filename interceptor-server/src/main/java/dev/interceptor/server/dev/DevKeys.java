package dev.interceptor.server.dev;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.database.Schema;
import dev.interceptor.server.identity.ApiKey;
import dev.interceptor.server.identity.ApiKeyStore;
import dev.interceptor.server.identity.KeyRole;
import dev.interceptor.server.identity.NewKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Optional;

/// The demo customer's keys. `dev` alone keeps them readable, beside its data, so that they survive
/// a restart.
record DevKeys(String agent, String admin, String server) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Migrates the database and makes sure that the keys exist and are good.
  static DevKeys prepare(DatabaseConfig config, Path state) {
    try (Database database = Database.open(config)) {
      Schema.migrate(Database.patient(config));
      DecisionLog.adopt(Database.patient(config));
      var keys = ApiKeyStore.postgres(database, InstantSource.system());
      keys.createCustomer(DevStack.CUSTOMER, "Demo customer", "dev");
      return prepared(state, keys);
    }
  }

  /// The keys that are kept and good; a missing one is made anew.
  private static DevKeys prepared(Path state, ApiKeyStore keys) {
    JsonNode kept = kept(state);
    var all =
        new DevKeys(
            good(kept, "api_key", KeyRole.AGENT, keys),
            good(kept, "admin_key", KeyRole.ADMIN, keys),
            good(kept, "server_key", KeyRole.SERVER, keys));
    keep(state, all);
    return all;
  }

  private static JsonNode kept(Path state) {
    Path file = file(state);
    try {
      return Files.exists(file) ? JSON.readTree(Files.readString(file)) : JSON.createObjectNode();
    } catch (IOException e) {
      throw new UncheckedIOException("the development keys cannot be read", e);
    }
  }

  private static String good(JsonNode kept, String name, KeyRole role, ApiKeyStore keys) {
    String key = kept.path(name).asText();
    return isGood(key, keys) ? key : create(keys, role);
  }

  private static boolean isGood(String text, ApiKeyStore keys) {
    return ApiKey.parse(text)
        .flatMap(key -> keys.find(key.hash()))
        .filter(stored -> stored.revokedAt().isEmpty())
        .isPresent();
  }

  private static void keep(Path state, DevKeys all) {
    try {
      Path file = file(state);
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(
          file,
          JSON.createObjectNode()
              .put("api_key", all.agent())
              .put("admin_key", all.admin())
              .put("server_key", all.server())
              .toString());
    } catch (IOException e) {
      throw new UncheckedIOException("the development keys cannot be kept", e);
    }
  }

  private static String create(ApiKeyStore keys, KeyRole role) {
    ApiKey key = keys.create(new NewKey(DevStack.CUSTOMER, role, "demo", Optional.empty()), "dev");
    return new String(key.insecureBytes(), StandardCharsets.US_ASCII);
  }

  private static Path file(Path state) {
    return state.resolve("keys.json");
  }

  @Override
  public String toString() {
    return "DevKeys[redacted]";
  }
}
