package dev.interceptor.server.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.server.upstream.LogLevel;
import dev.interceptor.server.upstream.TraceContext;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InboundTest {
  private static final String ANY = "{\"path\":\"/a\"}";
  private static final Lines LEGACY =
      Lines.modernCall().without("MCP-Protocol-Version").without("Mcp-Method").without("Mcp-Name");
  private static final Lines BARE = Lines.modernCall().without("Mcp-Name").without("Mcp-Method");

  @Test
  void aModernRequestArrivesWithWhatItSaysAboutItself() throws Exception {
    String body =
        """
        {"jsonrpc":"2.0","id":"c7","method":"tools/call","params":{"name":"read_file","_meta":{
          "io.modelcontextprotocol/protocolVersion":"2026-07-28",
          "io.modelcontextprotocol/clientCapabilities":{"roots":{}},
          "io.modelcontextprotocol/logLevel":"warning",
          "progressToken":5,
          "traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
          "tracestate":"a=b"}}}\
        """;
    ModernRequest request = modern(body, Lines.modernCall());
    assertThat(request.id()).isEqualTo(new RequestId(new TextOrInteger.Text("c7")));
    assertThat(request.method()).isEqualTo("tools/call");
    assertThat(request.params().member("name")).contains(new JsonString("read_file"));
    assertThat(request.meta().clientCapabilities())
        .isEqualTo(new JsonObject(Map.of("roots", JsonObject.EMPTY)));
    assertThat(request.meta().logLevel()).contains(LogLevel.WARNING);
    assertThat(request.meta().progressToken())
        .contains(new ProgressToken(new TextOrInteger.Whole(5)));
    assertThat(request.meta().trace())
        .contains(new TraceContext("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
      })
  void aTraceThatIsNotWellFormedIsLeftBehind(String traceparent) throws Exception {
    String body =
        Posts.call(ANY)
            .replace("\"_meta\":{", "\"_meta\":{\"traceparent\":\"" + traceparent + "\",");
    assertThat(modern(body, Lines.modernCall()).meta().trace()).isEmpty();
  }

  /// Each fault is added to the one of the row above, which has to win nevertheless.
  @Test
  void faultsAreFoundInTheOrderOfTheProtocol() {
    String unknownMethod = Posts.call(ANY).replace("tools/call", "foo/bar");
    Lines headers = Lines.modernCall().with("Mcp-Param-A", "1").with("Mcp-Param-A", "2");
    assertThat(code(Posts.call(ANY), headers)).isEqualTo(-32020);
    headers = headers.without("Mcp-Name").replacing("Mcp-Method", "foo/bar");
    assertThat(code(unknownMethod, headers)).isEqualTo(-32601);
    headers = headers.without("Mcp-Method");
    assertThat(code(unknownMethod, headers)).isEqualTo(-32020);
    String unknownVersion = unknownMethod.replace("2026-07-28", "2027-01-01");
    Lines sameUnknown = headers.replacing("MCP-Protocol-Version", "2027-01-01");
    assertThat(code(unknownVersion, sameUnknown)).isEqualTo(-32022);
    assertThat(code(unknownVersion, headers)).isEqualTo(-32020);
    assertThat(code(unknownVersion, headers.without("MCP-Protocol-Version"))).isEqualTo(-32020);
    String withoutCapabilities =
        unknownVersion.replace(",\"io.modelcontextprotocol/clientCapabilities\":{}", "");
    assertThat(code(withoutCapabilities, headers)).isEqualTo(-32602);
    String noMessage = withoutCapabilities.replace("\"2.0\"", "2");
    assertThat(code(noMessage, headers)).isEqualTo(-32600);
    assertThat(code(noMessage + "}", headers)).isEqualTo(-32700);
  }

  @Test
  void anUnsupportedVersionIsAnsweredWithTheSupportedOnes() {
    RefusedMessage refused =
        Posts.refusal(
            Posts.call(ANY).replace("2026-07-28", "2027-01-01"),
            Lines.modernCall().replacing("MCP-Protocol-Version", "2027-01-01"));
    assertThat(refused.body().path("id").asInt()).isEqualTo(7);
    assertThat(refused.body().path("error").path("data"))
        .isEqualTo(Posts.json("{\"supported\":[\"2026-07-28\"],\"requested\":\"2027-01-01\"}"));
  }

  @Test
  void aVersionThatLooksLikeNoneIsNotRepeated() {
    String version = "<script>";
    RefusedMessage refused =
        Posts.refusal(
            Posts.call(ANY).replace("2026-07-28", version),
            Lines.modernCall().replacing("MCP-Protocol-Version", version));
    assertThat(refused.error().code()).isEqualTo(-32022);
    assertThat(refused.body().toString()).doesNotContain("script");
  }

  @Test
  void aModernHeaderWithoutAnEnvelopeNamesWhatIsMissing() {
    RefusedMessage refused =
        Posts.refusal(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}",
            BARE.with("Mcp-Method", "tools/list"));
    assertThat(refused.error().status()).isEqualTo(400);
    assertThat(refused.error().code()).isEqualTo(-32602);
    assertThat(refused.error().message()).contains(Era.PROTOCOL_VERSION, Era.CLIENT_CAPABILITIES);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"2026-07-28\"|7",
        "\"2026-07-28\"|{},\"progressToken\":1.5",
        "\"2026-07-28\"|{},\"progressToken\":null",
        "\"2026-07-28\"|{},\"io.modelcontextprotocol/logLevel\":\"loud\"",
        "7|{}",
        "null|{}"
      })
  void anIllTypedEnvelopeIsRefused(String version, String capabilities) {
    String body =
        Posts.call(ANY)
            .replace("\"2026-07-28\"", version)
            .replace("clientCapabilities\":{}", "clientCapabilities\":" + capabilities);
    assertThat(code(body, Lines.modernCall())).isEqualTo(-32602);
  }

  @ParameterizedTest
  @ValueSource(strings = {"initialize", "ping", "logging/setLevel", "resources/subscribe"})
  void whatOnlyLegacyClientsHaveIsUnknownToModernOnes(String method) {
    String body = Posts.call(ANY).replace("tools/call", method);
    RefusedMessage refused = Posts.refusal(body, BARE.with("Mcp-Method", method));
    assertThat(refused.error().status()).isEqualTo(404);
    assertThat(refused.error().code()).isEqualTo(-32601);
  }

  @Test
  void initializeWithoutAWholeEnvelopeIsLegacy() throws Exception {
    assertThat(Posts.accept(initialize("{}"), LEGACY)).isInstanceOf(Inbound.Legacy.class);
    assertThat(Posts.accept(initialize("{" + Posts.ENVELOPE.replace(":{}", ":7") + "}"), LEGACY))
        .isInstanceOf(Inbound.Legacy.class);
    assertThat(
            Posts.accept(
                initialize("{" + Posts.ENVELOPE.replace("2026-07-28", "2025-11-25") + "}"), LEGACY))
        .isInstanceOf(Inbound.Legacy.class);
    assertThat(code(initialize("{}"), BARE)).isEqualTo(-32020);
    assertThat(code(initialize("{" + Posts.ENVELOPE + "}"), BARE)).isEqualTo(-32020);
  }

  @Test
  void aClaimIsNeverTakenForALegacyRequest() {
    assertThat(code(Posts.call(ANY), LEGACY)).isEqualTo(-32020);
    assertThat(code(Posts.call(ANY), LEGACY.with("MCP-Protocol-Version", "2025-11-25")))
        .isEqualTo(-32020);
    assertThat(
            code(
                Posts.call(ANY).replace("2026-07-28", "2025-11-25"),
                LEGACY.with("MCP-Protocol-Version", "2025-11-25")))
        .isEqualTo(-32022);
  }

  @Test
  void withoutAnyClaimARequestIsLegacyAndItsRoutingHeadersMeanNothing() throws Exception {
    String body = Posts.call(ANY).replace("," + Posts.ENVELOPE, "");
    Inbound inbound =
        Posts.accept(
            body,
            LEGACY
                .with("Mcp-Method", "x")
                .with("Mcp-Name", "y")
                .with("Mcp-Param-Z", "z")
                .with("Mcp-Param-Z", "z"));
    assertThat(inbound).isInstanceOf(Inbound.Legacy.class);
  }

  @Test
  void aModernRequestMayCarryASessionHeaderWhichMeansNothing() throws Exception {
    assertThat(
            Posts.accept(
                Posts.call(ANY),
                Lines.modernCall().with("Mcp-Session-Id", "a b").with("Last-Event-ID", "1")))
        .isInstanceOf(Inbound.Modern.class);
  }

  @Test
  void responsesAndBatchesAreLegacyOnly() throws Exception {
    String response = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}";
    assertThat(Posts.accept(response, LEGACY)).isInstanceOf(Inbound.Legacy.class);
    assertThat(code(response, BARE)).isEqualTo(-32600);
    assertThat(Posts.accept("[" + response + "]", LEGACY)).isInstanceOf(Inbound.Legacy.class);
    assertThat(code("[" + response + "]", BARE)).isEqualTo(-32600);
    assertThat(code("[" + Posts.call(ANY) + "]", LEGACY)).isEqualTo(-32600);
  }

  @Test
  void modernNotificationsNeedNoRoutingHeadersButMayNotContradictThem() throws Exception {
    String note = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{%s}}";
    assertThat(Posts.accept(note.formatted(""), BARE))
        .isInstanceOf(Inbound.ModernNotification.class);
    assertThat(Posts.accept(note.formatted(Posts.ENVELOPE), BARE))
        .isInstanceOf(Inbound.ModernNotification.class);
    assertThat(Posts.accept(note.formatted(""), LEGACY)).isInstanceOf(Inbound.Legacy.class);
    assertThat(code(note.formatted(""), BARE.with("Mcp-Method", "x"))).isEqualTo(-32020);
    assertThat(code(note.formatted(Posts.ENVELOPE), LEGACY)).isEqualTo(-32020);
    assertThat(code(note.formatted(""), BARE.replacing("MCP-Protocol-Version", "2027-01-01")))
        .isEqualTo(-32022);
  }

  @Test
  void aCallWithoutAUsableNameOrArgumentsIsRefused() {
    assertThat(code(Posts.call("[1]"), Lines.modernCall())).isEqualTo(-32602);
    assertThat(code(Posts.call("null"), Lines.modernCall())).isEqualTo(-32602);
    assertThat(code(Posts.call(ANY).replace("\"read_file\"", "7"), Lines.modernCall()))
        .isEqualTo(-32602);
  }

  @Test
  void aResourceIsNamedByItsUri() throws Exception {
    String body =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"resources/read\",\"params\":{\"uri\":\"a:ü\","
            + Posts.ENVELOPE
            + "}}";
    Lines headers = BARE.with("Mcp-Method", "resources/read");
    assertThat(Posts.accept(body, headers.with("Mcp-Name", "=?base64?YTrDvA==?=")))
        .isInstanceOf(Inbound.Modern.class);
    assertThat(code(body, headers)).isEqualTo(-32020);
    assertThat(code(body, headers.with("Mcp-Name", "a:ü"))).isEqualTo(-32020);
  }

  private static String initialize(String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":" + params + "}";
  }

  private static ModernRequest modern(String body, Lines headers) throws RefusedMessage {
    return ((Inbound.Modern) Posts.accept(body, headers)).request();
  }

  private static int code(String body, Lines headers) {
    return Posts.refusal(body, headers).error().code();
  }
}
