package dev.interceptor.server.chat;

import static dev.interceptor.server.guard.PromptRedaction.Handling.REDACT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.guard.Detectors;
import dev.interceptor.server.guard.PromptRedaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Requests with texts in places that nobody thought of.
final class NothingIsOverlookedTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final List<String> NAMES =
      List.of(
          "content",
          "text",
          "name",
          "metadata",
          "arguments",
          "tools",
          "output",
          "outputs",
          "results",
          "function",
          "custom",
          "parameters",
          "description",
          "type",
          "role",
          "id",
          "call_id",
          "instructions",
          "prediction",
          "suffix",
          "stop",
          "user",
          "prompt",
          "input",
          "response_format",
          "schema",
          "properties",
          "required",
          "summary",
          "refusal",
          "file",
          "filename",
          "image_url",
          "url",
          "data",
          "result",
          "audio",
          "annotations",
          "title",
          "tool_calls",
          "conversation",
          "variables",
          "headers",
          "authorization",
          "error",
          "words",
          "x-new",
          "logit_bias",
          "extra_content",
          "reasoning_content",
          "documents",
          "thinking");

  private final List<String> marks = new ArrayList<>();
  private Random random = new Random(0);
  private Function<Integer, String> marked = number -> "mark number " + number;

  private JsonNode value(int depth) {
    int kind = depth == 0 ? 0 : random.nextInt(4);
    return switch (kind) {
      case 1 -> {
        ObjectNode object = JSON.objectNode();
        add(object, 3, depth - 1);
        yield object;
      }
      case 2 -> {
        ArrayNode array = JSON.arrayNode();
        for (int i = random.nextInt(3); i >= 0; i--) {
          array.add(value(depth - 1));
        }
        yield array;
      }
      default -> TextNode.valueOf(mark());
    };
  }

  private String mark() {
    String mark = marked.apply(marks.size());
    marks.add(mark);
    return mark;
  }

  private void add(ObjectNode object, int count, int depth) {
    for (int i = random.nextInt(count); i >= 0; i--) {
      String name = random.nextInt(8) == 0 ? mark() : NAMES.get(random.nextInt(NAMES.size()));
      if (!object.has(name)) {
        object.set(name, value(depth));
      }
    }
  }

  /// A request of one of the formats, mostly well-formed.
  private Optional<ModelCall> request(long seed) {
    random = new Random(seed);
    marks.clear();
    ObjectNode body = JSON.objectNode().put("model", "m");
    try {
      return Optional.of(
          switch (random.nextInt(4)) {
            case 0 -> new OllamaChatRequest(withMessages(body));
            case 1 -> new ResponsesRequest(withItems(body));
            case 2 -> new EmbeddingsRequest(extended(body.put("input", mark())));
            default -> new ChatRequest(withMessages(body));
          });
    } catch (InterceptorException e) {
      return Optional.empty();
    }
  }

  private ObjectNode extended(ObjectNode object) {
    add(object, 3, 4);
    return object;
  }

  private ObjectNode withMessages(ObjectNode body) {
    ArrayNode messages = body.putArray("messages");
    for (String role : List.of("user", "assistant")) {
      messages.add(extended(JSON.objectNode().put("role", role).put("content", mark())));
    }
    return extended(body);
  }

  private ObjectNode withItems(ObjectNode body) {
    ArrayNode items = body.putArray("input");
    for (String type : List.of("shell_call_output", "web_search_call", "novelty")) {
      items.add(extended(JSON.objectNode().put("type", type)));
    }
    return extended(body);
  }

  /// What is in the body still, where a text was replaced before in vain.
  private static boolean holds(ModelCall call, String mark) {
    return call.body().toString().contains(mark);
  }

  @Test
  void everyStringOfARequestIsAmongItsTexts() {
    assertEveryMarkIsAmongTheTexts();
  }

  private void assertEveryMarkIsAmongTheTexts() {
    int read = 0;
    for (long seed = 0; seed < 20_000; seed++) {
      Optional<ModelCall> call = request(seed);
      if (call.isEmpty()) {
        continue;
      }
      read++;
      List<String> texts = call.get().walk().texts().stream().map(RequestText::text).toList();
      for (String mark : marks) {
        boolean seen = texts.stream().anyMatch(text -> text.contains(mark));
        assertThat(seen || !holds(call.get(), mark)).as("%s of the seed %d", mark, seed).isTrue();
      }
    }
    assertThat(read).isGreaterThan(5_000);
  }

  @Test
  void aTextThatBeginsAsAFileDoesIsAmongTheTexts() {
    marked = number -> "data:;base64,mark-number-" + number + ".";
    assertEveryMarkIsAmongTheTexts();
  }

  @Test
  void noCredentialLeavesWhereverItStands() {
    marked =
        number ->
            "AKIA"
                + "Q3EGRXWTDJ7ZLP"
                + (char) ('A' + number / 26 % 26)
                + (char) ('A' + number % 26);
    PromptRedaction redaction = new PromptRedaction(Detectors.standard(), REDACT, REDACT);
    int read = 0;
    for (long seed = 0; seed < 3_000; seed++) {
      Optional<ModelCall> call = request(seed);
      if (call.isEmpty()) {
        continue;
      }
      read++;
      redaction.apply(call.get().walk().texts());
      assertThat(credentials("", call.get().body())).as("seed %d", seed).isEmpty();
    }
    assertThat(read).isGreaterThan(500);
  }

  /// The members in which a credential is left, but for ids and names that are words.
  private static List<String> credentials(String name, JsonNode node) {
    List<String> left = new ArrayList<>();
    node.properties()
        .forEach(member -> {
          if (member.getKey().contains("AKIA")) {
            left.add(member.getKey());
          }
          left.addAll(credentials(member.getKey(), member.getValue()));
        });
    if (node.isArray()) {
      node.forEach(element -> left.addAll(credentials(name, element)));
    }
    boolean word = Vocabulary.isProtocolWord(name, node.asText()) || Vocabulary.isSchemaWord(name);
    if (node.asText().contains("AKIA") && !word) {
      left.add(name);
    }
    return left;
  }
}
