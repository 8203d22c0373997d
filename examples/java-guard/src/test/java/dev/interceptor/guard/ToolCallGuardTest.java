package dev.interceptor.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.ReplayGuard;
import dev.interceptor.core.token.TokenClaims;
import dev.interceptor.core.tool.ProtocolMethod;
import dev.interceptor.guard.Decision.Pass;
import dev.interceptor.guard.Decision.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ToolCallGuardTest {
  private static final Audience HERE = new Audience("https://mail.example/mcp");
  private static final String PARAMS = "{\"name\":\"send\",\"arguments\":{\"to\":\"a\",\"n\":1}}";

  private final Issuer issuer = Issuer.create();
  private final List<Refusal> refusals = new ArrayList<>();
  private final ToolCallGuard guard =
      new ToolCallGuard(HERE, issuer.verifier(), new JsonLimits(64, 10_000), refusals::add);

  private static String call(String params) {
    return request("tools/call", params);
  }

  private static String request(String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"%s\",\"params\":%s}"
        .formatted(method, params);
  }

  /// For a method whose parameters are the arguments.
  private String bearer(String method, String params) {
    return "Bearer " + issuer.token(HERE, method, "{\"arguments\":" + params + "}");
  }

  private Decision decide(String body, String... authorization) {
    return guard.decide(body.getBytes(StandardCharsets.UTF_8), List.of(authorization));
  }

  private void assertRefused(Decision decision, int status, String reason) {
    assertThat(decision)
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> {
              assertThat(refusal.reason()).isEqualTo(reason);
              assertThat(refusal.status()).isEqualTo(status);
              assertThat(refusal.body()).doesNotContain(reason);
              assertThat(refusal.challenge().isPresent()).isEqualTo(status == 401);
            });
    assertThat(refusals).containsExactly((Refusal) decision);
  }

  @Test
  void aCallWithItsTokenPassesOnceWithTheClaims() {
    String bearer = "Bearer " + issuer.token(HERE, "send", PARAMS);
    assertThat(decide(call(PARAMS), bearer))
        .isInstanceOfSatisfying(
            Pass.class,
            pass ->
                assertThat(pass.claims().map(TokenClaims::decision).orElseThrow()).contains("d-1"));
    assertRefused(decide(call(PARAMS), bearer), 401, "REPLAYED");
  }

  @Test
  void whatVerifiesIsWhatWasMintedHoweverItIsSpelt() {
    String spelt =
        "{ \"arguments\" : {\"n\":1.0e0, \"to\":\"\\u0061\"}, \"_meta\":{\"a\":1}, \"name\":\"send\" }";
    String bearer = "bEaReR " + issuer.token(HERE, "send", PARAMS);
    assertThat(decide(call(spelt), bearer)).isInstanceOf(Pass.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"name\":\"send\"}", "{\"name\":\"send\",\"arguments\":null}"})
  void absentArgumentsAreNone(String params) {
    String bearer = "Bearer " + issuer.token(HERE, "send", "{\"arguments\":{}}");
    assertThat(decide(call(params), bearer)).isInstanceOf(Pass.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'name':'send','arguments':{'to':'a','n':2}} | WRONG_ARGUMENTS",
        "{'name':'send','arguments':{'to':'a','n':'1'}} | WRONG_ARGUMENTS",
        "{'name':'send'} | WRONG_ARGUMENTS",
        "{'name':'sent','arguments':{'to':'a','n':1}} | WRONG_TOOL",
        "{'name':'send','arguments':{'to':'a','n':1},'requestState':'s'} | WRONG_REQUEST",
        "{'name':'send','arguments':{'to':'a','n':1},'inputResponses':null} | WRONG_REQUEST",
      },
      quoteCharacter = '`')
  void anotherCallThanTheTokensIsRefused(String params, String reason) {
    String bearer = "Bearer " + issuer.token(HERE, "send", PARAMS);
    assertRefused(decide(call(params.replace('\'', '"')), bearer), 401, reason);
  }

  @Test
  void answersAreBoundToo() {
    String params = "{\"name\":\"send\",\"inputResponses\":{\"q\":1},\"requestState\":\"s\"}";
    String bearer = "Bearer " + issuer.token(HERE, "send", params);
    assertThat(decide(call(params), bearer)).isInstanceOf(Pass.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":[],\"result\":{}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"result\":{\"action\":\"accept\"}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\",\"error\":{\"code\":1}}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":null}"
      })
  void whatCouldBeTakenForAnAnswerIsRefused(String message) {
    assertRefused(decide(message), 400, "NOT_A_REQUEST");
  }

  @Test
  void argumentsAsDeepAsTheInterceptorTakesThemAreRead() {
    var keyless =
        ToolCallGuard.of(
            HERE, kid -> Optional.empty(), ReplayGuard.inMemory(1, InstantSource.system()));
    String deep = "{\"a\":".repeat(63) + "{}" + "}".repeat(63);
    byte[] body =
        call("{\"name\":\"send\",\"arguments\":" + deep + "}").getBytes(StandardCharsets.UTF_8);
    assertThat(keyless.decide(body, List.of()))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.reason()).isEqualTo("MISSING"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "resources/read | {'uri':'file:///a'}",
        "prompts/get | {'name':'greet','arguments':{'who':'ann'}}",
        "completion/complete | {'ref':{'type':'ref/prompt','name':'greet'},'argument':{'name':'who','value':'a'}}",
      },
      quoteCharacter = '`')
  void aMethodPassesOnceWithTheTokenForItsParameters(String method, String quoted) {
    String params = quoted.replace('\'', '"');
    String bearer = bearer(method, params);
    String withMeta = params.replaceFirst("}$", ",\"_meta\":{\"progressToken\":1}}");
    assertThat(decide(request(method, withMeta), bearer)).isInstanceOf(Pass.class);
    assertRefused(decide(request(method, withMeta), bearer), 401, "REPLAYED");
  }

  @Test
  void theAnswersThatAMethodGoesOnWithAreBoundToo() {
    String token =
        issuer.token(
            HERE, "resources/read", "{\"arguments\":{\"uri\":\"a:b\"},\"requestState\":\"s\"}");
    String good = "{\"uri\":\"a:b\",\"requestState\":\"s\"}";
    assertThat(decide(request("resources/read", good), "Bearer " + token)).isInstanceOf(Pass.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "resources/read | {'uri':'a:c'} | WRONG_ARGUMENTS",
        "resources/read | {'uri':'a:b','more':1} | WRONG_ARGUMENTS",
        "resources/read | {'arguments':{'uri':'a:b'}} | WRONG_ARGUMENTS",
        "resources/read | {} | WRONG_ARGUMENTS",
        "resources/read | {'uri':'a:b','requestState':null} | WRONG_REQUEST",
        "prompts/get | {'uri':'a:b'} | WRONG_TOOL",
        "completion/complete | {'uri':'a:b'} | WRONG_TOOL",
        "tools/call | {'name':'read','arguments':{'uri':'a:b'}} | WRONG_TOOL",
      },
      quoteCharacter = '`')
  void anotherRequestThanTheTokensIsRefused(String method, String params, String reason) {
    String bearer = bearer("resources/read", "{\"uri\":\"a:b\"}");
    assertRefused(decide(request(method, params.replace('\'', '"')), bearer), 401, reason);
    assertThat(decide(request("resources/read", "{\"uri\":\"a:b\"}"), bearer))
        .isInstanceOf(Pass.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"resources/read", "prompts/get", "completion/complete"})
  void aMethodWithoutATokenIsRefused(String method) {
    assertRefused(decide(request(method, "{\"uri\":\"a:b\"}")), 401, "MISSING");
  }

  @ParameterizedTest
  @EnumSource
  void aToolThatIsNamedLikeAMethodIsRefusedWithTheTokenOfThatMethod(ProtocolMethod method) {
    String params = "{\"name\":\"%s\",\"arguments\":{\"uri\":\"a:b\"}}".formatted(method.method());
    String bearer = bearer(method.method(), "{\"uri\":\"a:b\"}");
    assertRefused(decide(call(params), bearer), 400, "NAME_OR_ARGUMENTS_NOT_VALID");
  }

  @Test
  void aTokenForAnotherServerIsRefused() {
    String bearer = "Bearer " + issuer.token(new Audience("https://other.example"), "send", PARAMS);
    assertRefused(decide(call(PARAMS), bearer), 401, "WRONG_AUDIENCE");
  }

  @Test
  void aCallWithoutATokenIsRefused() {
    Decision decision = decide(call(PARAMS));
    assertRefused(decision, 401, "MISSING");
    Refusal refusal = (Refusal) decision;
    assertThat(refusal.body())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":1401,\"message\":\"token refused\"}}");
    assertThat(refusal.challenge()).contains("Bearer");
  }

  @ParameterizedTest
  @CsvSource({"Basic abc, MISSING", "Bearer, MISSING", "Bearer x, MALFORMED", "'', MISSING"})
  void otherCredentialsAreRefused(String header, String reason) {
    assertRefused(decide(call(PARAMS), header), 401, reason);
  }

  @Test
  void severalCredentialsAreRefusedWhicheverIsGood() {
    String bearer = "Bearer " + issuer.token(HERE, "send", PARAMS);
    assertRefused(decide(call(PARAMS), bearer, bearer), 401, "SEVERAL_CREDENTIALS");
    refusals.clear();
    assertRefused(decide(call(PARAMS), bearer + ", " + bearer), 401, "MALFORMED");
    assertThat(decide(call(PARAMS), bearer)).isInstanceOf(Pass.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "initialize",
        "ping",
        "tools/list",
        "server/discover",
        "resources/list",
        "resources/templates/list",
        "prompts/list",
        "subscriptions/listen",
        "logging/setLevel",
        "notifications/initialized"
      })
  void whatRunsNothingPassesWithoutAToken(String method) {
    assertThat(decide("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\"}"))
        .isEqualTo(new Pass(Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'method':'resources/subscribe','params':{'uri':'a:b'}}",
        "{'method':'resources/unsubscribe'}",
        "{'method':'resources/read '}",
        "{'method':'Prompts/get'}",
        "{'method':'tasks/result'}",
        "{'method':'tools/call '}",
        "{'method':'Tools/Call'}",
        "{'method':'Initialize'}",
        "{'method':'notifications'}",
        "{'method':['initialize']}",
        "{'id':1,'result':{}}",
        "{}"
      })
  void everythingElseIsRefused(String message) {
    assertRefused(decide(message.replace('\'', '"')), 401, "METHOD_NEEDS_A_TOKEN");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{'method':'initialize'}] | NOT_ONE_MESSAGE",
        "'initialize' | NOT_ONE_MESSAGE",
        "{'method':'tools/call','method':'initialize'} | UNREADABLE_MESSAGE",
        "{'method':'initialize','m\\u0065thod':'tools/call'} | UNREADABLE_MESSAGE",
        "{'method':'initialize'}{'method':'tools/call'} | UNREADABLE_MESSAGE",
        "[{'method':'resources/read','params':{'uri':'a:b'}}] | NOT_ONE_MESSAGE",
        "{'method':'tools/call'} | CALL_WITHOUT_PARAMETERS",
        "{'method':'resources/read'} | CALL_WITHOUT_PARAMETERS",
        "{'method':'prompts/get','params':[1]} | NOT_A_REQUEST",
        "{'method':'tools/call','params':[1]} | NOT_A_REQUEST",
        "{'method':'tools/call','params':{'name':1}} | NAME_OR_ARGUMENTS_NOT_VALID",
        "{'method':'tools/call','params':{'name':'a b'}} | NAME_OR_ARGUMENTS_NOT_VALID",
        "{'method':'tools/call','params':{'name':'a','arguments':[]}} | NAME_OR_ARGUMENTS_NOT_VALID",
        "{'method':'tools/call','params':{'name':'a','task':{}}} | PARAMETER_NOT_COVERED",
      },
      quoteCharacter = '`')
  void whatCannotBeOneCallIsRefused(String message, String reason) {
    assertRefused(decide(message.replace('\'', '"')), 400, reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"'a\"b' | 'a\\\"b'", "1.5 | 1.5", "{} | null", "null | null"},
      quoteCharacter = '`')
  void theIdComesBackIfItCanBeOne(String id, String echoed) {
    String text =
        call(PARAMS).replace(":7,", ":" + id.replace("a\"b", "a\\\"b").replace('\'', '"') + ",");
    assertThat(((Refusal) decide(text)).id()).isEqualTo(echoed.replace('\'', '"'));
  }

  @Test
  void verifyingNeedsNeitherCelNorYaml() {
    for (String absent :
        List.of("dev.cel.runtime.CelRuntime", "org.snakeyaml.engine.v2.api.Load")) {
      assertThatThrownBy(() -> Class.forName(absent)).isInstanceOf(ClassNotFoundException.class);
    }
  }
}
