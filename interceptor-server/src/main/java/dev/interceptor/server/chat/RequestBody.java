package dev.interceptor.server.chat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.server.failure.InterceptorException;
import java.io.IOException;

/// Reads the bodies of model requests: the strict parser says whether all readers would read one
/// alike, and what it accepts becomes a tree that can be changed and written.
final class RequestBody {
  private static final int LONGEST_STRING = 64 * 1024 * 1024;

  /// Numbers keep their digits. Threads share its buffers, and names that clients choose are not
  /// kept.
  static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(LONGEST_STRING).build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private RequestBody() {}

  /// @throws InterceptorException MALFORMED_REQUEST saying where and what to write instead
  static ObjectNode read(byte[] body, JsonLimits limits) {
    try {
      StrictJson.parseObject(body, limits);
    } catch (MalformedJsonException e) {
      throw InterceptorException.malformed("the body is not acceptable JSON: " + e.getMessage());
    }
    try {
      return (ObjectNode) MAPPER.readTree(body);
    } catch (IOException e) {
      throw InterceptorException.malformed(
          "the body is not acceptable JSON: a number or a name is too long");
    }
  }
}
