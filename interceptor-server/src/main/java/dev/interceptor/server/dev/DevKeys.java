package dev.interceptor.server.dev;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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

/// The demo customer's two keys. `dev` alone keeps them readable, beside its data, so that they
/// survive a restart.
record DevKeys(String agent, String admin) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Migrates the database and makes sure that both keys exist and are good.
  static DevKeys prepare(DatabaseConfig config, Path state) {
    try (Database database = Database.open(config)) {
      Schema.migrate(Database.patient(config));
      var keys = ApiKeyStore.postgres(database, InstantSource.system());
      keys.createCustomer(DevStack.CUSTOMER, "Demo customer");
      return kept(state, keys).orElseGet(() -> create(state, keys));
    }
  }

  private static Optional<DevKeys> kept(Path state, ApiKeyStore keys) {
    Path file = file(state);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      JsonNode json = JSON.readTree(Files.readString(file));
      var kept = new DevKeys(json.path("api_key").asText(), json.path("admin_key").asText());
      return isGood(kept.agent(), keys) && isGood(kept.admin(), keys)
          ? Optional.of(kept)
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("the development keys cannot be read", e);
    }
  }

  private static boolean isGood(String text, ApiKeyStore keys) {
    return ApiKey.parse(text)
        .flatMap(key -> keys.find(key.hash()))
        .filter(stored -> stored.revokedAt().isEmpty())
        .isPresent();
  }

  private static DevKeys create(Path state, ApiKeyStore keys) {
    var created = new DevKeys(create(keys, KeyRole.AGENT), create(keys, KeyRole.ADMIN));
    try {
      Path file = file(state);
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(
          file,
          JSON.createObjectNode()
              .put("api_key", created.agent())
              .put("admin_key", created.admin())
              .toString());
    } catch (IOException e) {
      throw new UncheckedIOException("the development keys cannot be kept", e);
    }
    return created;
  }

  private static String create(ApiKeyStore keys, KeyRole role) {
    ApiKey key = keys.create(new NewKey(DevStack.CUSTOMER, role, "demo", Optional.empty()));
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
