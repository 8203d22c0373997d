package dev.interceptor.server.targets;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// An answer with embeddings reduced to `object`, `data`, `model` and `usage`. The numbers are
/// copied byte for byte, never read and printed again.
public final class EmbeddingSplice {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final byte[] NO_USAGE = ascii("{\"prompt_tokens\":0,\"total_tokens\":0}");

  private EmbeddingSplice() {}

  /// A part of the answer's bytes.
  private record Part(int from, int to) {}

  /// @param answer in UTF-8
  /// @param alias what it shall say in `model`
  /// @throws ModelFault PROTOCOL if it is not JSON, or has no data
  public static byte[] spliced(byte[] answer, String alias) throws ModelFault {
    Part data = null;
    Part usage = null;
    try (JsonParser parser = JSON.createParser(answer)) {
      require(parser.nextToken() == JsonToken.START_OBJECT, "is no object");
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        int to = (int) parser.currentLocation().getByteOffset();
        if (name.equals("data") && value == JsonToken.START_ARRAY) {
          data = new Part(from, to);
        } else if (name.equals("usage") && value == JsonToken.START_OBJECT) {
          usage = new Part(from, to);
        }
      }
      require(parser.nextToken() == null, "has something after its end");
    } catch (ModelFault fault) {
      throw fault;
    } catch (IOException e) {
      throw ModelFault.protocol("the answer is not JSON: " + e.getClass().getSimpleName());
    }
    if (data == null) {
      throw ModelFault.protocol("the answer has no `data`");
    }
    return joined(answer, data, usage, alias);
  }

  private static byte[] joined(byte[] answer, Part data, @Nullable Part usage, String alias) {
    var out = new ByteArrayOutputStream(data.to() - data.from() + 256);
    out.writeBytes(ascii("{\"object\":\"list\",\"data\":"));
    out.write(answer, data.from(), data.to() - data.from());
    out.writeBytes(ascii(",\"model\":\""));
    out.writeBytes(JsonStringEncoder.getInstance().quoteAsUTF8(alias));
    out.writeBytes(ascii("\",\"usage\":"));
    if (usage == null) {
      out.writeBytes(NO_USAGE);
    } else {
      out.write(answer, usage.from(), usage.to() - usage.from());
    }
    out.write('}');
    return out.toByteArray();
  }

  private static void require(boolean holds, String otherwise) throws ModelFault {
    if (!holds) {
      throw ModelFault.protocol("the answer " + otherwise);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
