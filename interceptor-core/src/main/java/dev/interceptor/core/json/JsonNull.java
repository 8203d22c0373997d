package dev.interceptor.core.json;

/// `null`.
public enum JsonNull implements JsonValue {
  NULL
}
