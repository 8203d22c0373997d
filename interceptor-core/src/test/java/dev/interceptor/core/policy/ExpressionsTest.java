package dev.interceptor.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.CallContext;
import dev.interceptor.core.tool.InputSchema;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ExpressionsTest {
  private static final int LARGEST = 2 * 1024 * 1024;

  private static final InputSchema PAYMENT =
      InputSchema.of(
          json(
              """
              {"type": "object", "additionalProperties": false, "required": ["amount"],
               "properties": {
                 "amount": {"type": "number"},
                 "to": {"type": "array", "items": {"type": "string"}},
                 "flag": {"type": "boolean"},
                 "note": {"type": ["string", "null"]},
                 "payee": {"type": "object", "properties": {"name": {"type": "string"}}},
                 "lines": {"type": "array", "items": {"type": "object",
                   "additionalProperties": false, "properties": {"sku": {"type": "string"}}}},
                 "extra": {"anyOf": [{"type": "string"}]}}}
              """));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "args.amount > 1000 && args.amount == 5 && args.amount in [1, 2.5]",
        "args['amount'] >= 10",
        "args.to.all(a, a.endsWith('x')) && args.to[0] == 'x' && 'x' in args.to",
        "args.flag || !args.flag",
        "args.note == null || args.note.contains('x')",
        "args.payee.name == 'x' && args.payee.other == 3 && has(args.payee.age)",
        "args.lines.exists(l, l.sku.startsWith('x'))",
        "args.extra == 1 || args.extra.deep.deeper < 'x'",
        "args.all(k, k != 'x') && size(args) < 3",
        "host(args.note) == 'x' && size(args.note) < args.amount",
      })
  void whatFitsTheSchemaCompiles(String text) {
    assertThat(Expressions.compile(text, PAYMENT)).isInstanceOf(Expressions.Compiled.Program.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "args.amuont > 5 | no `amuont`; did you mean `amount`?",
        "args['total'] > 5 | has no `total`",
        "has(args.total) | has no `total`",
        "args.lines.exists(l, l.sq == 'x') | has no `sq`",
        "args.amount > 'x' | never holds between `args.amount` (number) and",
        "args.amount == 'x' | never holds",
        "args.amount in ['x', 'y'] | `in` never holds",
        "1.0 in args.to | `in` never holds",
        "args.amount.startsWith('x') | needs string, but `args.amount` is number",
        "args.to.matches('x') | needs string",
        "args.amount.all(a, a == 1) | needs array or object",
        "args.to.all(a, a > 5) | never holds",
        "args.to.name == 'x' | needs object, but `args.to` is array",
        "args.note && args.flag | needs boolean, but `args.note` is string or null",
        "host(args.amount) == 'x' | needs string",
        "size(args.amount) > 1 | needs string or array or object",
        "args.payee.name == 1 | never holds",
      })
  void whatTheSchemaExcludesIsRefused(String text, String because) {
    assertThat(Expressions.compile(text, PAYMENT))
        .isInstanceOfSatisfying(
            Expressions.Compiled.Refused.class,
            refused ->
                assertThat(refused.message().replace("`", "")).contains(because.replace("`", "")));
    assertThat(Expressions.compile(text)).isInstanceOf(Expressions.Compiled.Program.class);
  }

  @Test
  void aSchemaTellsWhatItDeclaresAndWhatMayBe() {
    assertThat(PAYMENT.at(List.of("payee", "name")).orElseThrow().kinds())
        .containsExactly(InputSchema.Kind.STRING);
    assertThat(PAYMENT.at(List.of("payee", "age"))).isEmpty();
    assertThat(PAYMENT.mayHave(List.of("payee", "age"))).isTrue();
    assertThat(PAYMENT.mayHave(List.of("total"))).isFalse();
    assertThat(PAYMENT.mayHave(List.of("amount", "cents"))).isFalse();
    assertThat(PAYMENT.mayHave(List.of("extra", "deep"))).isTrue();
    assertThat(PAYMENT.requires("amount")).isTrue();
    assertThat(InputSchema.of(json("{\"$ref\": \"#/x\"}")).mayHave(List.of("a", "b"))).isTrue();
    assertThat(
            InputSchema.of(json("{\"additionalProperties\": {\"type\": \"string\"}}"))
                .at(List.of("a")))
        .isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "args.a.matches(args.b)",
        "args.a.matches('(')",
        "args.a.matches('(a)\\\\1')",
        "args.a.matches('(?=a)')",
        "args.a.matches('(?<=a)b')",
        "args.a.matches('((a{100}){10}){10}')",
        "args.a.matches('a{2000}')",
        "inCidr(args.a, '10.0.0.1/8')",
        "inCidr(args.a, '10.0.0.0')",
        "within(args.a, 'home')",
        "within(args.a, '/home%2fx')",
        "args.a",
        "args['a']",
        "nothing == 1",
        "args.a ==",
        "'x'",
      })
  void whatCanOnlyFailIsRefused(String text) {
    assertThat(Expressions.compile(text)).isInstanceOf(Expressions.Compiled.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "['aaaaaaaa'].map(a,a+a).map(a,a+a).map(a,a+a).map(a,a+a).map(a,a+a).map(a,a+a).map(a,a+a)"
            + ".map(a,a+a).map(a,a+a).map(a,a+a).exists(a, a == 'x')",
        "args.l.map(a, args.l).map(a, a + args.l).exists(a, size(a) > 3)",
        "args.l.all(a, args.l.all(b, args.s.matches('(x+x+)+y([a-z]{1,30}){1,9}')))",
        "args.l.all(a, args.s.contains(args.t) && args.t.contains(args.s))",
      })
  void whatCanTakeTooLongIsRefused(String text) {
    assertThat(Expressions.compile(text))
        .isInstanceOfSatisfying(
            Expressions.Compiled.Refused.class,
            refused -> assertThat(refused.message()).contains("can take too long"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "args.s.matches('(x+x+)+y')",
        "args.s.matches('^(([a-z])+.)+[A-Z]([a-z])+$')",
        "args.s.matches('(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)=')",
        "args.s.matches('([a-z]{1,30}){1,9}$')",
        "args.s.contains(args.t)",
        "args.s.contains('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab')",
        "args.l.all(a, args.l.all(b, a != b + 'x'))",
        "args.l.exists(a, args.l.exists(b, a == b + 'x' || args.s == b))",
        "args.l.all(a, args.s.startsWith(a) || true)",
        "args.l.all(a, a in args.l)",
        "['/a', '/b', '/c', '/d', '/e', '/f'].exists(r, within(args.s, r))",
        "args.l.all(a, size(args.s) > 3)",
        "args.l.map(a, a + 'x') == args.l",
        "args.l == args.m",
        "args.l.all(a, within(a, '/home'))",
        "within(args.s, '/home')",
        "host(args.s) == 'x' || isPrivate(args.s)",
        "domain(args.s) == 'x'",
        "inCidr(args.s, '10.0.0.0/8')",
        "int(args.s) == 1 || double(args.s) == 1.0",
        "timestamp(args.s) == now",
        "duration(args.s) == duration('1s')",
        "args.s + args.s == args.t",
        "string(bytes(args.s)) == args.t",
        "now.getHours(args.s) == 1",
      })
  void theWorstArgumentsEndSoon(String text) {
    assertThat(Expressions.compile(text))
        .isInstanceOfSatisfying(
            Expressions.Compiled.Program.class,
            compiled -> {
              int fitting = Math.min(LARGEST, compiled.program().maxArguments());
              for (int size : new int[] {fitting, LARGEST}) {
                for (Situation situation : List.of(longTexts(size), manyTexts(size))) {
                  Assertions.assertTimeout(
                      Duration.ofSeconds(5), () -> compiled.program().test(situation));
                }
              }
            });
  }

  @Test
  void argumentsBeyondTheBoundAreAFault() {
    var compiled = program("args.s.matches('(x+x+)+y([a-z]{1,9}){1,9}') || true");
    assertThat(compiled.maxArguments()).isBetween(ExpressionCost.LEAST_ARGUMENTS, LARGEST / 2);
    assertThat(compiled.test(longTexts(compiled.maxArguments() / 2))).isEqualTo(Truth.TRUE);
    assertThat(compiled.test(longTexts(LARGEST))).isEqualTo(Truth.FAULT);
  }

  @Test
  void moreIterationsThanAllowedAreAFault() {
    for (String text :
        List.of(
            "args.l.all(a, args.l.all(b, true))",
            "args.l.all(a, true) && args.l.all(a, true)",
            "args.l.exists_one(a, args.l.all(b, b == a))")) {
      var compiled = program(text);
      assertThat(compiled.test(elements(30))).as(text).isNotEqualTo(Truth.FAULT);
      assertThat(compiled.test(elements(600))).as(text).isEqualTo(Truth.FAULT);
    }
  }

  @Test
  void anExpressionTellsWhatItReads() {
    var compiled =
        program(
            "args.a.b > 1 && has(args.c) && args['d'].e == 1 && args.l.all(x, x.y == args.z[0].w)");
    assertThat(compiled.argumentPaths())
        .containsExactlyInAnyOrder(
            List.of("a", "b"), List.of("c"), List.of("d", "e"), List.of("l"), List.of("z"));
    assertThat(compiled.usesSessionCalls()).isFalse();
    assertThat(program("size(args) > 1 && session.calls > 3").usesSessionCalls()).isTrue();
    assertThat(program("size(args) > 1").argumentPaths()).containsExactly(List.of());
  }

  @Test
  void anElementOfUnknownKindComparesWithAnyNumber() {
    var compiled = program("args.l[0] < 5 && args['l'][1] == 2");
    assertThat(compiled.test(situation("{\"l\": [1, 2]}"))).isEqualTo(Truth.TRUE);
    assertThat(compiled.testByRuntime(situation("{\"l\": [1, 2]}"))).isEqualTo(Truth.TRUE);
  }

  private static CompiledExpression program(String text) {
    return switch (Expressions.compile(text)) {
      case Expressions.Compiled.Program compiled -> compiled.program();
      case Expressions.Compiled.Refused refused ->
          throw new IllegalArgumentException(refused.message());
    };
  }

  private static Situation longTexts(int size) {
    int half = Math.max(1, size / 2 - 40);
    return situation(
        "{\"s\": \"%s\", \"t\": \"%sb\", \"l\": [\"x\"], \"m\": []}"
            .formatted("a".repeat(half), "a".repeat(half)));
  }

  private static Situation manyTexts(int size) {
    int each = Math.max(1, size / 2_000 - 4);
    String texts = String.join(",", Collections.nCopies(700, "\"" + "x".repeat(each) + "\""));
    return situation(
        "{\"s\": \"%s\", \"t\": \"%sy\", \"l\": [%s], \"m\": [%s]}"
            .formatted("x".repeat(each * 200), "x".repeat(each * 100), texts, texts));
  }

  private static Situation elements(int count) {
    return situation("{\"l\": [" + String.join(",", Collections.nCopies(count, "1")) + "]}");
  }

  private static Situation situation(String arguments) {
    var tool = new ToolRef(new UpstreamName("u"), new ToolName("t"));
    return new Situation(
        new ToolCall(tool, Arguments.of(json(arguments))),
        RandomExpressions.POLICY.plan(tool),
        new Principal(new CustomerId("x"), new ApiKeyId("alice001")),
        SessionState.NEW,
        new CallContext(Instant.EPOCH, Optional.empty()));
  }

  private static JsonObject json(String text) {
    try {
      return StrictJson.parseObject(
          text.getBytes(StandardCharsets.UTF_8), new JsonLimits(64, 2 * LARGEST));
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
