package dev.interceptor.core.json;

/// A JSON value that passed the gate: unique member names, valid Unicode, numbers that are exactly
/// a double.
public sealed interface JsonValue
    permits JsonObject, JsonArray, JsonString, JsonNumber, JsonBoolean, JsonNull {}
