package dev.interceptor.server.pinning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.pinning.DefinitionDiff.Change;
import dev.interceptor.server.pinning.Mutations.Mutation;
import dev.interceptor.server.upstream.Pinning;
import dev.interceptor.server.upstream.ToolDefinition;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A thousand definitions, each changed at every place of it, one place at a time: blocked until an
/// operator approves exactly that change, and the difference names the place. Going back is a
/// change too.
///
/// More with `-Drugpull.batches=100`, of 100 definitions each.
final class RugPullTest {
  private static final int BATCH = 100;
  private static final int FEW = 10;
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z"));
  private static final Sha256 ANOTHER = Sha256.of(new byte[0]);
  private static final UpstreamName DEMO = new UpstreamName("demo");

  private final InMemoryPinStore store = new InMemoryPinStore(CLOCK);
  private final ListingServer server = new ListingServer(DEMO.value());
  private final PinnedTools tools =
      new PinnedTools(store, Map.of(DEMO, Pinning.FIRST_SIGHT), CLOCK, Runnable::run);
  private int changes;
  private int unnoticed;

  static LongStream batches() {
    return LongStream.range(0, Integer.getInteger("rugpull.batches", 10));
  }

  @ParameterizedTest(name = "batch {0}")
  @MethodSource("batches")
  void noChangeGoesUnnoticed(long batch) {
    pullRugs(definitions(batch), UnaryOperator.identity());
    assertThat(changes).isGreaterThan(30 * BATCH);
    assertThat(unnoticed).isZero();
  }

  /// The control: had the digest left this member out, its changes would pass.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "description",
        "title",
        "inputSchema",
        "outputSchema",
        "annotations",
        "icons",
        "_meta",
        "execution"
      })
  void aDigestWithoutAMemberMissesItsChanges(String member) {
    pullRugs(definitions(0).subList(0, FEW), definition -> without(definition, member));
    assertThat(unnoticed).isGreaterThan(FEW / 2);
  }

  @Test
  void orderAndWhiteSpaceAreNoChange() {
    List<JsonObject> definitions = definitions(0);
    lists(definitions.stream().map(RugPullTest::definition).toList());
    var random = new Random(1);
    lists(
        definitions.stream()
            .map(definition -> ListingServer.definition(loose(definition, random)))
            .toList());
    assertThat(tools.trusted(server)).hasSize(BATCH);
  }

  private void pullRugs(List<JsonObject> sound, UnaryOperator<JsonObject> looksAt) {
    List<ToolDefinition> trusted =
        sound.stream().map(looksAt).map(RugPullTest::definition).toList();
    List<List<Mutation>> mutations =
        sound.stream().map(one -> Mutations.of(one, new Random(one.hashCode()))).toList();
    lists(trusted);
    assertThat(tools.trusted(server)).hasSameSizeAs(sound);
    int most = mutations.stream().mapToInt(List::size).max().orElse(0);
    for (int place = 0; place < most; place++) {
      Map<Integer, String> pointers = new LinkedHashMap<>();
      List<ToolDefinition> pulled = new ArrayList<>(trusted);
      for (int i = 0; i < sound.size(); i++) {
        if (place < mutations.get(i).size()) {
          Mutation mutation = mutations.get(i).get(place);
          pointers.put(i, mutation.pointer());
          pulled.set(i, definition(looksAt.apply(mutation.changed())));
        }
      }
      change(pulled, pointers);
      change(trusted, pointers);
    }
  }

  /// Lists definitions of which some have changed, and approves those.
  ///
  /// @param pointers where, by the number of the tool
  private void change(List<ToolDefinition> listing, Map<Integer, String> pointers) {
    lists(listing);
    int blocked = 0;
    for (var changed : pointers.entrySet()) {
      changes++;
      ToolDefinition tool = listing.get(changed.getKey());
      var ref = new ToolRef(DEMO, tool.name());
      if (tools.verdict(server, tool.name()) instanceof Definition.Changed verdict) {
        blocked++;
        assertThat(verdict.seen()).isEqualTo(tool.digest());
        assertThat(difference(ref)).containsExactly(changed.getValue());
        assertThat(store.approve(ref, ANOTHER, "Ada"))
            .isInstanceOf(PinStore.Approved.OtherDefinition.class);
        store.approve(ref, verdict.seen(), "Ada");
      } else {
        unnoticed++;
      }
    }
    assertThat(tools.trusted(server)).hasSize(listing.size() - blocked);
    tools.refresh();
    assertThat(tools.trusted(server)).isEqualTo(listing);
    for (int number : pointers.keySet()) {
      ToolDefinition tool = listing.get(number);
      assertThat(tools.verdict(server, tool.name()))
          .isEqualTo(new Definition.Pinned(tool.digest()));
    }
  }

  private List<String> difference(ToolRef ref) {
    PinStore.Texts texts = store.find(ref).orElseThrow();
    return DefinitionDiff.between(texts.pinned().orElseThrow(), texts.seen().orElseThrow()).stream()
        .map(Change::pointer)
        .toList();
  }

  private void lists(List<ToolDefinition> definitions) {
    server.lists(List.copyOf(definitions));
  }

  private static List<JsonObject> definitions(long batch) {
    return IntStream.range(0, BATCH)
        .mapToObj(i ->
            GeneratedDefinitions.of(
                batch * BATCH + i, new ToolName("tool_%02d".formatted(i)).value()))
        .toList();
  }

  private static ToolDefinition definition(JsonObject json) {
    return ListingServer.definition(new String(CanonicalJson.bytes(json), StandardCharsets.UTF_8));
  }

  private static JsonObject without(JsonObject object, String name) {
    Map<String, JsonValue> members = new LinkedHashMap<>(object.members());
    members.remove(name);
    return new JsonObject(members);
  }

  /// The same JSON with its members in another order and white space between everything.
  private static String loose(JsonValue value, Random random) {
    return switch (value) {
      case JsonObject object -> {
        var names = new ArrayList<>(object.members().keySet());
        Collections.shuffle(names, random);
        List<String> members = new ArrayList<>();
        for (String name : names) {
          members.add(
              " \""
                  + DefinitionDiff.inner(name)
                  + "\" :\n"
                  + loose(object.member(name).orElseThrow(), random));
        }
        yield "{" + String.join("\t,", members) + "\r\n}";
      }
      case JsonArray array ->
          "[ "
              + String.join(
                  " , ", array.elements().stream().map(element -> loose(element, random)).toList())
              + " ]";
      default -> new String(CanonicalJson.bytes(value), StandardCharsets.UTF_8);
    };
  }
}
