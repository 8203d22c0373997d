package dev.interceptor.server.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.http.Exchange;
import dev.interceptor.server.http.RequestGate;
import dev.interceptor.server.identity.ApiKey;
import dev.interceptor.server.identity.ApiKeyStore;
import dev.interceptor.server.identity.KeyRole;
import dev.interceptor.server.identity.NewKey;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// `/admin/api/v1/keys`: list, create, revoke. A revocation is in force on this instance when it is
/// acknowledged.
public final class KeysEndpoint {
  private static final List<String> MEMBERS = List.of("customer", "role", "label");

  private final RequestGate gate;
  private final ApiKeyStore keys;
  private final JsonLimits limits;

  public KeysEndpoint(RequestGate gate, ApiKeyStore keys, JsonLimits limits) {
    this.gate = gate;
    this.keys = keys;
    this.limits = limits;
  }

  public void list(Context context) {
    var exchange = new Exchange(context);
    gate.admit(
        exchange,
        _ -> {
          ObjectNode body = JsonNodeFactory.instance.objectNode();
          ArrayNode list = body.putArray("keys");
          keys.list().forEach(key -> list.add(key.toJson()));
          exchange.json(200, body);
        });
  }

  public void create(Context context) {
    var exchange = new Exchange(context);
    gate.admit(
        exchange,
        limits.maxBytes(),
        (principal, body) -> {
          ApiKey created = keys.create(newKey(body), "key " + principal.key());
          exchange.json(
              201,
              JsonNodeFactory.instance
                  .objectNode()
                  .put("id", created.id().value())
                  .put("key", new String(created.insecureBytes(), StandardCharsets.US_ASCII)));
        });
  }

  private NewKey newKey(byte[] body) {
    JsonBody json = JsonBody.parse(body, limits, MEMBERS);
    String customer =
        json.text("customer")
            .orElseThrow(
                () -> InterceptorException.malformed("`customer` is missing: write its id"));
    KeyRole role =
        KeyRole.ofWord(json.text("role").orElse(KeyRole.AGENT.word()))
            .orElseThrow(() ->
                InterceptorException.malformed(
                    "`role` is unknown: write agent, server, viewer, operator or admin"));
    try {
      return new NewKey(
          new CustomerId(customer), role, json.text("label").orElse(""), Optional.empty());
    } catch (IllegalArgumentException e) {
      throw InterceptorException.malformed(String.valueOf(e.getMessage()));
    }
  }

  public void revoke(Context context) {
    var exchange = new Exchange(context);
    gate.admit(
        exchange,
        principal -> {
          ApiKeyId id = id(context.pathParam("id"));
          ApiKeyStore.Revocation revocation = keys.revoke(id, "key " + principal.key());
          if (revocation == ApiKeyStore.Revocation.UNKNOWN_KEY) {
            throw InterceptorException.of(ErrorCode.NOT_FOUND, "no such key");
          }
          exchange.json(
              200,
              JsonNodeFactory.instance.objectNode().put("id", id.value()).put("revoked", true));
        });
  }

  private static ApiKeyId id(String text) {
    try {
      return new ApiKeyId(text);
    } catch (IllegalArgumentException e) {
      throw InterceptorException.malformed(String.valueOf(e.getMessage()));
    }
  }
}
