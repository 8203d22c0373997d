package dev.interceptor.core.token;

import static dev.interceptor.core.token.Fixtures.ISSUER;
import static dev.interceptor.core.token.Fixtures.KEY;
import static dev.interceptor.core.token.Fixtures.KEYS;
import static dev.interceptor.core.token.Fixtures.MAIL;
import static dev.interceptor.core.token.Fixtures.NOW;
import static dev.interceptor.core.token.Fixtures.POLICY;
import static dev.interceptor.core.token.Fixtures.SEND;
import static dev.interceptor.core.token.Fixtures.call;
import static dev.interceptor.core.token.Fixtures.expected;
import static dev.interceptor.core.token.Fixtures.minter;
import static dev.interceptor.core.token.Fixtures.permit;
import static dev.interceptor.core.token.Fixtures.verifier;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.token.TokenRejection.Reason;
import dev.interceptor.core.tool.Continuation;
import dev.interceptor.core.tool.ToolCall;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenRoundTripTest {
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);

  @Test
  void whatIsMintedIsWhatIsVerified() {
    AuthorizedCall minted = minter(CLOCK).mint(permit(SEND), SEND, MAIL);
    Verification verification = verifier(CLOCK).verify(minted.token(), expected(SEND));
    assertThat(verification).isInstanceOf(VerifiedToken.class);
    TokenClaims claims = ((VerifiedToken) verification).claims();
    assertThat(claims)
        .isEqualTo(
            new TokenClaims(
                ISSUER,
                new SessionId("s-42"),
                Optional.of(new CustomerId("acme")),
                MAIL,
                NOW,
                NOW,
                NOW.plusSeconds(5),
                claims.id(),
                SEND.tool().name(),
                SEND.arguments().digest(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(POLICY),
                Optional.of("d-1")));
    assertThat(minted.expiresAt()).isEqualTo(NOW.plusSeconds(5));
    assertThat(minted.toString()).doesNotContain(minted.token());
  }

  @Test
  void theBytesOfATokenAreTheProfile() {
    CompactJws jws = CompactJws.parse(Fixtures.token()).orElseThrow();
    assertThat(new String(jws.header(), StandardCharsets.UTF_8))
        .isEqualTo("{\"alg\":\"EdDSA\",\"typ\":\"tool-call+jwt\",\"kid\":\"" + KEY.kid() + "\"}");
    assertThat(new String(jws.payload(), StandardCharsets.UTF_8))
        .matches(
            "\\{\"iss\":\"sentinel-interceptor\",\"sub\":\"s-42\",\"client_id\":\"acme\","
                + "\"aud\":\"https://mail.example/mcp\",\"iat\":1800000000,\"nbf\":1800000000,"
                + "\"exp\":1800000005,\"jti\":\"[A-Za-z0-9_-]{22}\",\"scope\":\"tool:send_email\","
                + "\"p_hash\":\""
                + SEND.arguments().digest().hex()
                + "\",\"policy\":\""
                + POLICY.hex()
                + "\",\"decision\":\"d-1\"\\}");
  }

  @Test
  void aTokenNamesThePinnedDefinitionThatIsOnRecord() {
    Sha256 definition = Sha256.of(new byte[] {1});
    var pinned = permit(SEND, new SessionId("s-42"), Optional.of(definition));
    String token = minter(CLOCK).mint(pinned, SEND, MAIL).token();
    assertThat(verifier(CLOCK).verify(token, expected(SEND)))
        .isInstanceOfSatisfying(
            VerifiedToken.class,
            verified -> assertThat(verified.claims().toolDefinition()).contains(definition));
  }

  @Test
  void aPermitForAnotherCallMintsNothing() {
    TokenMinter minter = minter(CLOCK);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> minter.mint(permit(call("read_mail", "hi")), SEND, MAIL));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> minter.mint(permit(call("send_email", "bye")), SEND, MAIL));
  }

  @Test
  void textThatJsonEscapesSurvives() {
    String odd = "s\"\\\u0000\u001f</é€😀";
    TokenMinter minter = new TokenMinter(() -> KEYS, odd, Duration.ofSeconds(5), CLOCK);
    TokenVerifier verifier =
        new TokenVerifier(odd, KEYS::find, Duration.ZERO, CLOCK, Fixtures.guard(CLOCK));
    SessionId session = new SessionId("!\"#$%&'()*+,-./\\");
    String token = minter.mint(permit(SEND, session), SEND, new Audience(odd)).token();
    assertThat(
            verifier.verify(
                token,
                new ExpectedCall(new Audience(odd), SEND.tool().name(), SEND.arguments().digest())))
        .isInstanceOfSatisfying(
            VerifiedToken.class,
            verified -> assertThat(verified.claims().session()).isEqualTo(session));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> minter.mint(permit(SEND), SEND, new Audience("\ud800")));
  }

  @Test
  void aTokenTooLongForVerifiersIsNotMinted() {
    Audience tooLong = new Audience("https://" + "a".repeat(8192));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> minter(CLOCK).mint(permit(SEND), SEND, tooLong));
  }

  @Test
  void everySingleFlippedBitIsRefused() {
    byte[] token = Fixtures.token().getBytes(StandardCharsets.ISO_8859_1);
    TokenVerifier verifier = verifier(CLOCK);
    for (int bit = 0; bit < token.length * 8; bit++) {
      byte[] flipped = token.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      String text = new String(flipped, StandardCharsets.ISO_8859_1);
      assertThat(verifier.verify(text, expected(SEND)))
          .as("bit %s", bit)
          .isInstanceOf(TokenRejection.class);
    }
    assertThat(verifier.verify(Fixtures.token(), expected(SEND))).isInstanceOf(VerifiedToken.class);
  }

  @ParameterizedTest
  @CsvSource({
    // clock against iat = nbf, leeway, verdict
    "-1, 0, NOT_YET_VALID",
    "0, 0, ACCEPTED",
    "4999, 0, ACCEPTED",
    "5000, 0, EXPIRED",
    "5001, 0, EXPIRED",
    "-2001, 2000, NOT_YET_VALID",
    "-2000, 2000, ACCEPTED",
    "6999, 2000, ACCEPTED",
    "7000, 2000, EXPIRED",
    "-500, 500, ACCEPTED",
    "5499, 500, ACCEPTED",
    "5500, 500, EXPIRED"
  })
  void theBoundaryInstantsAreExact(long offsetMillis, long leewayMillis, String verdict) {
    InstantSource clock = InstantSource.fixed(NOW.plusMillis(offsetMillis));
    TokenVerifier verifier = verifier(clock, Duration.ofMillis(leewayMillis));
    assertThat(word(verifier.verify(Fixtures.token(), expected(SEND)))).isEqualTo(verdict);
  }

  @Test
  void theLifetimeIsWholeSecondsFromTheSecondThatHasBegun() {
    InstantSource clock = InstantSource.fixed(NOW.plusMillis(999));
    AuthorizedCall minted = minter(clock).mint(permit(SEND), SEND, MAIL);
    assertThat(minted.expiresAt()).isEqualTo(NOW.plusSeconds(5));
  }

  @Test
  void aLifeLongerThanTheVerifierAllowsIsRefused() {
    assertThat(word(verifierOfLifetime(4).verify(Fixtures.token(), expected(SEND))))
        .isEqualTo("LIFETIME_TOO_LONG");
    assertThat(word(verifierOfLifetime(5).verify(Fixtures.token(), expected(SEND))))
        .isEqualTo("ACCEPTED");
  }

  private static TokenVerifier verifierOfLifetime(long seconds) {
    return new TokenVerifier(
        ISSUER,
        KEYS::find,
        Duration.ZERO,
        Duration.ofSeconds(seconds),
        CLOCK,
        Fixtures.guard(CLOCK));
  }

  @ParameterizedTest
  @CsvSource({
    "none, none, ACCEPTED",
    "a, a, ACCEPTED",
    "a, b, WRONG_REQUEST",
    "a, none, WRONG_REQUEST",
    "none, a, WRONG_REQUEST"
  })
  void theRequestDigestIsPresentExactlyWhenExpected(
      String inToken, String received, String verdict) {
    ToolCall call = new ToolCall(SEND.tool(), SEND.arguments(), continuation(inToken));
    String token = minter(CLOCK).mint(permit(call), call, MAIL).token();
    ExpectedCall expected =
        new ExpectedCall(
            MAIL,
            SEND.tool().name(),
            SEND.arguments().digest(),
            continuation(received).map(Continuation::digest));
    assertThat(word(verifier(CLOCK).verify(token, expected))).isEqualTo(verdict);
  }

  @Test
  void aPermitForTheArgumentsAloneIsNoneForACallThatGoesOn() {
    ToolCall call = new ToolCall(SEND.tool(), SEND.arguments(), continuation("a"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> minter(CLOCK).mint(permit(SEND), call, MAIL));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> minter(CLOCK).mint(permit(call), SEND, MAIL));
  }

  private static Optional<Continuation> continuation(String state) {
    return state.equals("none")
        ? Optional.empty()
        : Continuation.of(new JsonObject(Map.of("requestState", new JsonString(state))));
  }

  @Test
  void eachFaultHasItsReason() {
    String token = Fixtures.token();
    TokenVerifier verifier = verifier(CLOCK);
    assertThat(verifier.verify(null, expected(SEND))).isEqualTo(refused(Reason.MISSING));
    assertThat(verifier.verify("", expected(SEND))).isEqualTo(refused(Reason.MISSING));
    assertThat(verifier.verify("a.b", expected(SEND))).isEqualTo(refused(Reason.MALFORMED));
    assertThat(verifier.verify(token, expected(call("send_email", "ho"))))
        .isEqualTo(refused(Reason.WRONG_ARGUMENTS));
    assertThat(verifier.verify(token, expected(call("run_shell", "hi"))))
        .isEqualTo(refused(Reason.WRONG_TOOL));
    ExpectedCall elsewhere =
        new ExpectedCall(
            new Audience("https://other.example"), SEND.tool().name(), SEND.arguments().digest());
    assertThat(verifier.verify(token, elsewhere)).isEqualTo(refused(Reason.WRONG_AUDIENCE));
    assertThat(verifier.verify(token, expected(SEND))).isInstanceOf(VerifiedToken.class);
    assertThat(verifier.verify(token, expected(SEND))).isEqualTo(refused(Reason.REPLAYED));
  }

  @Test
  void aKeyThatIsNotPublishedOrThatIsAnotherIsRefused() {
    SigningKey other = SigningKey.ofSeed(filled(3));
    TokenMinter minter =
        new TokenMinter(() -> KeyRing.of(other), ISSUER, Duration.ofSeconds(5), CLOCK);
    String token = minter.mint(permit(SEND), SEND, MAIL).token();
    assertThat(verifier(CLOCK).verify(token, expected(SEND)))
        .isEqualTo(refused(Reason.UNKNOWN_KEY));
    TokenVerifier misled =
        new TokenVerifier(
            ISSUER,
            kid -> Optional.of(KEY.publicKey()),
            Duration.ZERO,
            CLOCK,
            Fixtures.guard(CLOCK));
    assertThat(misled.verify(token, expected(SEND))).isEqualTo(refused(Reason.BAD_SIGNATURE));
  }

  @Test
  void aCollaboratorThatFailsRefuses() {
    TokenVerifier noKeys =
        new TokenVerifier(
            ISSUER,
            kid -> {
              throw new IllegalStateException("no keys");
            },
            Duration.ZERO,
            CLOCK,
            Fixtures.guard(CLOCK));
    TokenVerifier noGuard =
        new TokenVerifier(
            ISSUER,
            KEYS::find,
            Duration.ZERO,
            CLOCK,
            (id, from, until) -> {
              throw new IllegalStateException("no guard");
            });
    assertThat(noKeys.verify(Fixtures.token(), expected(SEND)))
        .isEqualTo(refused(Reason.KEYS_UNAVAILABLE));
    assertThat(noGuard.verify(Fixtures.token(), expected(SEND)))
        .isEqualTo(refused(Reason.REPLAY_GUARD_UNAVAILABLE));
  }

  @Test
  void aRefusedTokenIsNotUsedUp() {
    TokenVerifier verifier = verifier(CLOCK);
    String token = Fixtures.token();
    assertThat(verifier.verify(token, expected(call("run_shell", "hi"))))
        .isInstanceOf(TokenRejection.class);
    assertThat(verifier.verify(token, expected(SEND))).isInstanceOf(VerifiedToken.class);
  }

  @Test
  void tokensOfTheOldKeyAreGoodUntilItIsRetired() {
    KeyRing rotated = KEYS.rotatedTo(SigningKey.ofSeed(filled(9)));
    assertThat(rotated.active().kid()).isNotEqualTo(KEY.kid());
    assertThat(rotated.find(KEY.kid())).contains(KEY.publicKey());
    assertThat(rotated.without(KEY.kid()).find(KEY.kid())).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> KEYS.without(KEY.kid()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT0.5S", "PT1.5S", "PT61S", "PT-5S"})
  void aLifetimeOutOfBoundsIsRefused(Duration lifetime) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TokenMinter(() -> KEYS, ISSUER, lifetime, CLOCK));
  }

  private static byte[] filled(int value) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static TokenRejection refused(Reason reason) {
    return new TokenRejection(reason);
  }

  private static String word(Verification verification) {
    return switch (verification) {
      case VerifiedToken verified -> "ACCEPTED";
      case TokenRejection rejection -> rejection.reason().name();
    };
  }
}
