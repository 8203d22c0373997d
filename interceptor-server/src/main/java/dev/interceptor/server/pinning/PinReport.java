package dev.interceptor.server.pinning;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.server.pinning.DefinitionDiff.Added;
import dev.interceptor.server.pinning.DefinitionDiff.Change;
import dev.interceptor.server.pinning.DefinitionDiff.Removed;
import dev.interceptor.server.pinning.DefinitionDiff.Replaced;
import dev.interceptor.server.pinning.PinStore.Texts;
import dev.interceptor.server.upstream.Pinning;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a person reads about pinned tools, as JSON and as text.
public final class PinReport {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private PinReport() {}

  /// A tool without its texts.
  public static ObjectNode json(ToolPin pin, Pinning how) {
    ObjectNode json =
        JSON.objectNode()
            .put("upstream", pin.tool().upstream().value())
            .put("tool", pin.tool().name().value())
            .put("state", word(pin.state(how)))
            .put("since", since(pin, how).toString());
    pin.pinned().ifPresent(pinned -> json.set("pinned", json(pinned)));
    pin.seen()
        .ifPresent(seen ->
            json.putObject("seen")
                .put("digest", seen.digest().hex())
                .put("first", seen.first().toString())
                .put("last", seen.last().toString()));
    return json;
  }

  private static ObjectNode json(ToolPin.Pinned pinned) {
    ObjectNode json =
        JSON.objectNode().put("digest", pinned.digest().hex()).put("at", pinned.at().toString());
    pinned.by().ifPresent(by -> json.put("by", by));
    return json;
  }

  /// Everything about a tool: the canonical texts of its definitions, in what they differ, and what
  /// was trusted before.
  public static ObjectNode json(Texts texts, List<ToolPin.Pinned> history, Pinning how) {
    ObjectNode json = json(texts.pin(), how);
    texts.pinned().ifPresent(text -> json.put("pinned_definition", text));
    texts.seen().ifPresent(text -> json.put("seen_definition", text));
    ArrayNode changes = json.putArray("difference");
    for (Change change : difference(texts)) {
      changes
          .addObject()
          .put("pointer", change.pointer())
          .put("change", word(change))
          .put("line", change.line());
    }
    ArrayNode trusted = json.putArray("history");
    history.forEach(pinned -> trusted.add(json(pinned)));
    return json;
  }

  private static String word(Change change) {
    return switch (change) {
      case Added _ -> "added";
      case Removed _ -> "removed";
      case Replaced _ -> "replaced";
    };
  }

  /// The same as lines of text, in which every character is visible.
  public static List<String> lines(Texts texts, List<ToolPin.Pinned> history, Pinning how) {
    ToolPin pin = texts.pin();
    var lines = new ArrayList<String>();
    lines.add(row("tool", pin.tool().qualified()));
    lines.add(row("state", word(pin.state(how)) + " since " + since(pin, how)));
    lines.add(row("pinned", pin.pinned().map(PinReport::sentence).orElse("nothing yet")));
    pin.seen()
        .ifPresent(seen ->
            lines.add(
                row(
                    "seen",
                    seen.digest()
                        + " from "
                        + second(seen.first())
                        + " to "
                        + second(seen.last()))));
    history.stream().skip(1).forEach(old -> lines.add(row("before", sentence(old))));
    texts.pinned().ifPresent(text -> lines.add(row("definition", VisibleText.of(text))));
    List<Change> difference = difference(texts);
    if (!difference.isEmpty()) {
      lines.add("difference, from pinned to seen:");
      difference.forEach(change -> lines.add("  " + change.line()));
    } else {
      texts.seen().ifPresent(text -> lines.add(row("waiting", VisibleText.of(text))));
    }
    return lines;
  }

  private static List<Change> difference(Texts texts) {
    return texts.pinned().isPresent() && texts.seen().isPresent()
        ? DefinitionDiff.between(texts.pinned().get(), texts.seen().get())
        : List.of();
  }

  private static String sentence(ToolPin.Pinned pinned) {
    return pinned.digest() + " at " + second(pinned.at()) + " by " + by(pinned);
  }

  private static String row(String name, String value) {
    return "%-10s %s".formatted(name, value);
  }

  /// `pinned`, `changed`, `awaiting` or `gone`.
  public static String word(ToolPin.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  /// Who pinned it.
  public static String by(ToolPin.Pinned pinned) {
    return pinned.by().orElse("first sight");
  }

  /// Since when the tool stands as it does, to the second.
  public static Instant since(ToolPin pin, Pinning how) {
    return second(
        switch (pin.state(how)) {
          case PINNED -> pin.pinned().map(ToolPin.Pinned::at).orElse(pin.listed().since());
          case CHANGED, AWAITING, GONE -> pin.listed().since();
        });
  }

  /// The definition that an operator would approve now.
  public static Sha256 reviewable(ToolPin pin) {
    return pin.seen()
        .map(ToolPin.Seen::digest)
        .or(() -> pin.pinned().map(ToolPin.Pinned::digest))
        .orElseThrow();
  }

  private static Instant second(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS);
  }
}
