package dev.interceptor.server.demo;

import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.server.demo.DemoTool.ToolFailure;
import java.util.ArrayList;
import java.util.List;

/// Reads the arguments of demo tools and says what is wrong with them.
final class DemoArguments {
  private DemoArguments() {}

  static String text(JsonObject arguments, String name) throws ToolFailure {
    if (arguments.member(name).orElse(null) instanceof JsonString string) {
      return string.value();
    }
    throw new ToolFailure("argument `" + name + "` must be a string");
  }

  static double number(JsonObject arguments, String name) throws ToolFailure {
    if (arguments.member(name).orElse(null) instanceof JsonNumber number) {
      return number.value();
    }
    throw new ToolFailure("argument `" + name + "` must be a number");
  }

  static List<String> texts(JsonObject arguments, String name) throws ToolFailure {
    List<String> texts = new ArrayList<>();
    if (arguments.member(name).orElse(null) instanceof JsonArray array) {
      for (JsonValue element : array.elements()) {
        if (element instanceof JsonString string) {
          texts.add(string.value());
        }
      }
      if (texts.size() == array.elements().size()) {
        return texts;
      }
    }
    throw new ToolFailure("argument `" + name + "` must be an array of strings");
  }
}
