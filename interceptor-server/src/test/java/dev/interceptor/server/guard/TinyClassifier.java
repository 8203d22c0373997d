package dev.interceptor.server.guard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A classifier of three files that is small enough to be written by hand: every token has a score,
/// the largest one in a window counts. It fails for windows of more than 512 tokens.
final class TinyClassifier {
  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final int LARGEST_WINDOW = 512;
  private static final String[] WORDS = {
    "[UNK]", "[CLS]", "[SEP]", "attack", "bad", "odd", "endless"
  };
  private static final float[] SCORES = {0, 0, 0, 9, 5.5f, 4, Float.POSITIVE_INFINITY};
  private static final float BENIGN = 3;

  private TinyClassifier() {}

  static void write(Path folder) throws IOException {
    Files.write(folder.resolve("model.onnx"), model("input_ids"));
    Files.writeString(folder.resolve("tokenizer.json"), tokenizer());
    Files.writeString(
        folder.resolve("config.json"), "{\"id2label\":{\"0\":\"BENIGN\",\"1\":\"MALICIOUS\"}}");
  }

  private static String tokenizer() {
    StringBuilder vocabulary = new StringBuilder();
    for (int i = 0; i < WORDS.length; i++) {
      vocabulary.append(i == 0 ? "" : ",").append("\"%s\":%d".formatted(WORDS[i], i));
    }
    return """
    {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],
     "normalizer":{"type":"Lowercase"},"pre_tokenizer":{"type":"Whitespace"},
     "post_processor":{"type":"TemplateProcessing",
      "single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
                {"SpecialToken":{"id":"[SEP]","type_id":0}}],
      "pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],
      "special_tokens":{"[CLS]":{"id":"[CLS]","ids":[1],"tokens":["[CLS]"]},
                        "[SEP]":{"id":"[SEP]","ids":[2],"tokens":["[SEP]"]}}},
     "decoder":null,
     "model":{"type":"WordLevel","vocab":{%s},"unk_token":"[UNK]"}}\
    """
        .formatted(vocabulary);
  }

  /// @param input the name under which it wants the tokens' numbers
  static byte[] model(String input) {
    float[] weights = new float[SCORES.length * 2];
    for (int i = 0; i < SCORES.length; i++) {
      weights[2 * i] = BENIGN;
      weights[2 * i + 1] = SCORES[i];
    }
    Message graph =
        new Message()
            .message(1, node("Gather", "scores", "weights", input))
            .message(
                1, node("ReduceMax", "largest", "scores").message(5, axes()).message(5, dropped()))
            .message(1, node("Shape", "shape", input))
            .message(1, node("Gather", "length", "shape", "one"))
            .message(1, node("Gather", "zero", "limits", "length"))
            .message(1, node("Add", "logits", "largest", "zero"))
            .text(2, "tiny")
            .message(5, tensor("weights", FLOAT, floats(weights), SCORES.length, 2))
            .message(
                5,
                tensor("limits", FLOAT, floats(new float[LARGEST_WINDOW + 1]), LARGEST_WINDOW + 1))
            .message(5, tensor("one", INT64, longs(1)))
            .message(11, value(input, INT64, 1, -1))
            .message(11, value("attention_mask", INT64, 1, -1))
            .message(12, value("logits", FLOAT, 1, 2));
    return new Message()
        .number(1, 8)
        .message(7, graph)
        .message(8, new Message().number(2, 13))
        .bytes();
  }

  private static Message node(String operator, String output, String... inputs) {
    Message node = new Message();
    for (String input : inputs) {
      node.text(1, input);
    }
    return node.text(2, output).text(4, operator);
  }

  /// Over the tokens of a window.
  private static Message axes() {
    return new Message().text(1, "axes").number(8, 1).number(20, 7);
  }

  private static Message dropped() {
    return new Message().text(1, "keepdims").number(3, 0).number(20, 2);
  }

  private static Message tensor(String name, int type, byte[] data, long... dimensions) {
    Message tensor = new Message();
    for (long dimension : dimensions) {
      tensor.number(1, dimension);
    }
    return tensor.number(2, type).text(8, name).raw(9, data);
  }

  private static Message value(String name, int type, long... dimensions) {
    Message shape = new Message();
    for (long dimension : dimensions) {
      Message size = new Message();
      shape.message(1, dimension < 0 ? size.text(2, "length") : size.number(1, dimension));
    }
    Message tensorType = new Message().number(1, type).message(2, shape);
    return new Message().text(1, name).message(2, new Message().message(1, tensorType));
  }

  private static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  private static byte[] longs(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }

  /// A protocol buffers message under construction.
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message number(int field, long value) {
      varint((long) field << 3);
      varint(value);
      return this;
    }

    Message text(int field, String value) {
      return raw(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message message(int field, Message value) {
      return raw(field, value.bytes());
    }

    Message raw(int field, byte[] value) {
      varint(((long) field << 3) | 2);
      varint(value.length);
      out.writeBytes(value);
      return this;
    }

    byte[] bytes() {
      return out.toByteArray();
    }

    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7FL) != 0) {
        out.write((int) ((rest & 0x7F) | 0x80));
        rest >>>= 7;
      }
      out.write((int) rest);
    }
  }
}
