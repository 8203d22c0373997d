package dev.interceptor.core.reference;

import static dev.interceptor.core.reference.ReferenceNames.names;

import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonBoolean;
import dev.interceptor.core.json.JsonNull;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.reference.ReferencePolicy.Condition;
import dev.interceptor.core.reference.ReferencePolicy.Expression;
import dev.interceptor.core.reference.ReferencePolicy.Semantics;
import dev.interceptor.core.reference.Story.Call;
import dev.interceptor.core.reference.Story.Past;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/// Conditions about one call that comes after others.
///
/// @param classes of the call's tool
/// @param taints of the session before the call
/// @param history the session's permitted calls
record ReferenceConditions(
    ReferencePolicy policy,
    Call call,
    SortedSet<String> classes,
    SortedSet<String> taints,
    List<Past> history) {

  static final String CUSTOMER = "acme";

  Truth truth(Condition condition) {
    return switch (condition) {
      case ReferencePolicy.And and -> Truth.all(and.parts(), this::truth);
      case ReferencePolicy.Or or -> Truth.any(or.parts(), this::truth);
      case ReferencePolicy.Not not -> truth(not.part()).negated();
      case ReferencePolicy.CurrentTool tool -> Truth.of(names(policy, tool.name(), call));
      case ReferencePolicy.CurrentClass current -> Truth.of(classes.contains(current.name()));
      case ReferencePolicy.SessionHasTool tool ->
          Truth.of(history.stream().anyMatch(past -> names(policy, tool.name(), past.call())));
      case ReferencePolicy.SessionHasClass earlier ->
          Truth.of(history.stream().anyMatch(past -> past.classes().contains(earlier.name())));
      case ReferencePolicy.SessionHasTaint taint -> Truth.of(taints.contains(taint.tag()));
      case ReferencePolicy.ArgsMatch match ->
          Truth.of(
              match.wanted().entrySet().stream()
                  .allMatch(entry -> matches(entry.getKey(), entry.getValue())));
      case ReferencePolicy.Cel cel -> truth(cel.expression());
    };
  }

  private boolean matches(String key, JsonValue wanted) {
    List<String> path =
        policy.semantics() == Semantics.SENTINEL_V1
            ? List.of(key)
            : Arrays.asList(key.split("\\.", -1));
    Optional<JsonValue> given = argument(call, path);
    if (wanted instanceof JsonString pattern
        && given.isPresent()
        && given.get() instanceof JsonString text) {
      return ReferenceNames.glob(pattern.value(), text.value());
    }
    return given.isPresent() && same(given.get(), wanted);
  }

  private Truth truth(Expression expression) {
    return switch (expression) {
      case ReferencePolicy.Both both -> Truth.all(List.of(both.left(), both.right()), this::truth);
      case ReferencePolicy.Either either ->
          Truth.any(List.of(either.left(), either.right()), this::truth);
      case ReferencePolicy.Negated negated -> truth(negated.part()).negated();
      case ReferencePolicy.Compared compared ->
          argument(call, compared.path())
              .map(value -> compare(value, compared.operator(), compared.literal()))
              .orElse(Truth.FAULT);
      case ReferencePolicy.Among among ->
          argument(call, among.path())
              .map(value -> Truth.of(among.literals().stream().anyMatch(one -> same(one, value))))
              .orElse(Truth.FAULT);
      case ReferencePolicy.Contained contained ->
          argument(call, contained.path())
              .map(value -> contains(value, contained.literal()))
              .orElse(Truth.FAULT);
      case ReferencePolicy.Given given -> given(given.path());
      case ReferencePolicy.Flag flag ->
          argument(call, flag.path())
              .map(it -> it instanceof JsonBoolean is ? Truth.of(is.value()) : Truth.FAULT)
              .orElse(Truth.FAULT);
      case ReferencePolicy.Sized sized ->
          argument(call, sized.path())
              .flatMap(ReferenceConditions::size)
              .map(size -> compare(size, sized.operator(), new JsonNumber(sized.size())))
              .orElse(Truth.FAULT);
      case ReferencePolicy.Begins begins ->
          argument(call, begins.path())
              .map(it ->
                  it instanceof JsonString text
                      ? Truth.of(text.value().startsWith(begins.prefix()))
                      : Truth.FAULT)
              .orElse(Truth.FAULT);
      case ReferencePolicy.Tainted tainted -> Truth.of(taints.contains(tainted.tag()));
      case ReferencePolicy.OfClass ofClass -> Truth.of(classes.contains(ofClass.name()));
      case ReferencePolicy.ToolNamed named -> Truth.of(call.tool().equals(named.name()));
      case ReferencePolicy.Calls calls -> ordered(history.size() - calls.count(), calls.operator());
      case ReferencePolicy.Now now -> ordered(call.at().compareTo(now.instant()), now.operator());
      case ReferencePolicy.EvenMinute minute -> Truth.of(call.at().getEpochSecond() / 60 % 2 == 0);
      case ReferencePolicy.From from ->
          call.ip().isEmpty() ? Truth.FAULT : Truth.of(call.ip().equals(from.address()));
      case ReferencePolicy.OfCustomer customer -> Truth.of(customer.name().equals(CUSTOMER));
    };
  }

  static Optional<JsonValue> argument(Call call, List<String> path) {
    Optional<JsonValue> value = Optional.of(call.args());
    for (String key : path) {
      value = value.flatMap(it -> it instanceof JsonObject in ? in.member(key) : Optional.empty());
    }
    return value;
  }

  /// `has` asks about the last key only: what it is looked up in has to be there.
  private Truth given(List<String> path) {
    Optional<JsonValue> owner = argument(call, path.subList(0, path.size() - 1));
    return owner.isPresent() && owner.get() instanceof JsonObject object
        ? Truth.of(object.member(path.getLast()).isPresent())
        : Truth.FAULT;
  }

  static boolean same(JsonValue one, JsonValue other) {
    return one.getClass() == other.getClass()
        && Arrays.equals(CanonicalJson.bytes(one), CanonicalJson.bytes(other));
  }

  private static Truth compare(JsonValue left, String operator, JsonValue right) {
    if (operator.equals("==") || operator.equals("!=")) {
      return Truth.of(same(left, right) == operator.equals("=="));
    }
    int order;
    if (left instanceof JsonNumber a && right instanceof JsonNumber b) {
      order = Double.compare(a.value() + 0.0, b.value() + 0.0);
    } else if (left instanceof JsonString a && right instanceof JsonString b) {
      order = a.value().compareTo(b.value());
    } else if (left instanceof JsonBoolean a && right instanceof JsonBoolean b) {
      order = Boolean.compare(a.value(), b.value());
    } else {
      return Truth.FAULT;
    }
    return ordered(order, operator);
  }

  private static Truth ordered(int order, String operator) {
    return switch (operator) {
      case "<" -> Truth.of(order < 0);
      case "<=" -> Truth.of(order <= 0);
      case ">" -> Truth.of(order > 0);
      case ">=" -> Truth.of(order >= 0);
      default -> throw new IllegalArgumentException(operator);
    };
  }

  private static Truth contains(JsonValue container, JsonValue literal) {
    return switch (container) {
      case JsonArray list ->
          Truth.of(list.elements().stream().anyMatch(element -> same(element, literal)));
      case JsonObject object ->
          Truth.of(literal instanceof JsonString key && object.member(key.value()).isPresent());
      case JsonString text -> Truth.FAULT;
      case JsonNumber number -> Truth.FAULT;
      case JsonBoolean bool -> Truth.FAULT;
      case JsonNull nothing -> Truth.FAULT;
    };
  }

  private static Optional<JsonValue> size(JsonValue value) {
    return switch (value) {
      case JsonString text ->
          Optional.of(new JsonNumber(text.value().codePointCount(0, text.value().length())));
      case JsonArray list -> Optional.of(new JsonNumber(list.elements().size()));
      case JsonObject object -> Optional.of(new JsonNumber(object.members().size()));
      case JsonNumber number -> Optional.empty();
      case JsonBoolean bool -> Optional.empty();
      case JsonNull nothing -> Optional.empty();
    };
  }
}
