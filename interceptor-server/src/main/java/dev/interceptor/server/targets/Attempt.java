package dev.interceptor.server.targets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.targets.Model.PoolMember;
import dev.interceptor.server.targets.ModelRequest.Delivery;
import java.net.URI;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/// Makes the HTTP request for one provider: headers from nothing, the model by the provider's name.
final class Attempt {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ContentType JSON_TYPE = ContentType.create("application/json");
  private static final String VERSION = "/v1";

  private Attempt() {}

  static HttpPost message(PoolMember member, ModelRequest request) {
    Provider provider = member.provider();
    HttpPost message = new HttpPost(address(provider, request.dialect().path()));
    boolean stream = request.delivery() == Delivery.STREAM && !request.dialect().isOllama();
    message.addHeader("Accept", stream ? "text/event-stream" : "application/json");
    message.addHeader("Accept-Encoding", "identity");
    provider
        .key()
        .ifPresent(key ->
            message.addHeader(provider.authHeader(), provider.authPrefix() + key.insecureText()));
    request.trace().ifPresent(trace -> message.addHeader("traceparent", trace.traceparent()));
    message.setEntity(new ByteArrayEntity(body(member, request), JSON_TYPE));
    return message;
  }

  static void authorize(HttpUriRequestBase message, Provider provider) {
    provider
        .key()
        .ifPresent(key ->
            message.addHeader(provider.authHeader(), provider.authPrefix() + key.insecureText()));
  }

  private static byte[] body(PoolMember member, ModelRequest request) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.setAll(request.body());
    body.put("model", member.model());
    try {
      return JSON.writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree cannot fail to be written", e);
    }
  }

  /// The provider's URL may end with `/v1`: it is not doubled, and not part of Ollama's own paths.
  ///
  /// @param path such as `/v1/embeddings` or `/api/tags`
  static URI address(Provider provider, String path) {
    String base = provider.url().toString();
    while (base.endsWith("/")) {
      base = base.substring(0, base.length() - 1);
    }
    if (base.endsWith(VERSION)) {
      base = base.substring(0, base.length() - VERSION.length());
    }
    return URI.create(base + path);
  }
}
