package dev.interceptor.server.mcp;

import dev.interceptor.server.http.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Header lines without a server.
record Lines(List<Line> lines) implements Headers {
  record Line(String name, String value) {}

  /// @param namesAndValues in turn
  static Lines of(String... namesAndValues) {
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      lines.add(new Line(namesAndValues[i], namesAndValues[i + 1]));
    }
    return new Lines(lines);
  }

  /// Those of a modern call of the tool `read_file`.
  static Lines modernCall() {
    return of(
        "Content-Type",
        "application/json",
        "Accept",
        "application/json, text/event-stream",
        "MCP-Protocol-Version",
        "2026-07-28",
        "Mcp-Method",
        "tools/call",
        "Mcp-Name",
        "read_file");
  }

  Lines with(String name, String value) {
    List<Line> more = new ArrayList<>(lines);
    more.add(new Line(name, value));
    return new Lines(more);
  }

  Lines without(String name) {
    return new Lines(lines.stream().filter(line -> !line.name().equalsIgnoreCase(name)).toList());
  }

  Lines replacing(String name, String value) {
    return without(name).with(name, value);
  }

  @Override
  public List<String> all(String name) {
    return lines.stream()
        .filter(line -> line.name().equalsIgnoreCase(name))
        .map(Line::value)
        .toList();
  }

  @Override
  public List<String> names() {
    var names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    lines.forEach(line -> names.add(line.name()));
    return List.copyOf(names);
  }
}
