package dev.interceptor.server.targets;

import dev.interceptor.core.json.JsonLimits;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Where models are configured, and how large and how many requests to them may be.
public final class ModelSettings {
  /// Without a file: there are no models.
  public static final ModelSettings NONE =
      new ModelSettings(Optional.empty(), new JsonLimits(64, 10 * 1024 * 1024), 2048, Map.of());

  private final Optional<Path> file;
  private final JsonLimits json;
  private final int underWay;
  private final Map<String, String> environment;

  /// @param json limits of a request's body
  /// @param underWay requests to models that may be under way at once
  /// @param environment where the file may name variables that hold providers' keys
  public ModelSettings(
      Optional<Path> file, JsonLimits json, int underWay, Map<String, String> environment) {
    this.file = file;
    this.json = json;
    this.underWay = underWay;
    this.environment = Map.copyOf(environment);
  }

  /// The same with another file.
  public ModelSettings withFile(Path other) {
    return new ModelSettings(Optional.of(other), json, underWay, environment);
  }

  /// The same with room for another number of requests.
  public ModelSettings withUnderWay(int requests) {
    return new ModelSettings(file, json, requests, environment);
  }

  public Optional<Path> file() {
    return file;
  }

  public JsonLimits json() {
    return json;
  }

  public int underWay() {
    return underWay;
  }

  /// Holds secrets: not to be printed.
  Map<String, String> environment() {
    return environment;
  }
}
