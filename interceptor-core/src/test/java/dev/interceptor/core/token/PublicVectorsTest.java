package dev.interceptor.core.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.token.TokenRejection.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The public vectors, `examples/vectors/tokens.json`: this class makes them from fixed keys and
/// holds the core to them. `-Dvectors.write=true` writes the file.
class PublicVectorsTest {
  private static final String ISSUER = "sentinel-interceptor";
  private static final Map<String, VectorCase> TOKENS = tokens();

  @BeforeAll
  static void writesTheFileIfAskedTo() throws IOException {
    if (Boolean.getBoolean("vectors.write")) {
      Files.writeString(file(), text());
    }
  }

  @Test
  void theCommittedFileIsWhatThisClassMakes() throws IOException {
    assertThat(Files.readString(file())).isEqualTo(text());
  }

  @Test
  void everyReasonHasACase() {
    Set<Reason> shown =
        TOKENS.values().stream()
            .flatMap(one -> one.reason().stream())
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Reason.class)));
    assertThat(shown).containsExactlyInAnyOrder(Reason.values());
  }

  static Stream<String> tokenIds() {
    return TOKENS.keySet().stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tokenIds")
  void aTokenGetsItsVerdict(String id) throws MalformedKeyException {
    VectorCase last = one(id);
    Instant[] now = {Instant.EPOCH};
    ReplayGuard guard =
        ReplayGuard.inMemory(
            last.capacity(), Instant.ofEpochMilli(last.guardSinceMs()), () -> now[0]);
    JwkSet keys = JwkSet.parse(jwks().getBytes(StandardCharsets.UTF_8));
    TokenVerifier verifier =
        new TokenVerifier(
            ISSUER,
            kid -> keys(last, keys, kid),
            Duration.ofSeconds(last.leeway()),
            Duration.ofSeconds(last.maxLifetime()),
            () -> now[0],
            (jti, from, until) -> guarded(last, guard).use(jti, from, until));
    List<VectorCase> presented = new ArrayList<>(last.after().stream().map(this::one).toList());
    presented.add(last);
    for (VectorCase each : presented) {
      now[0] = Instant.ofEpochMilli(each.nowMs());
      Verification verdict = verifier.verify(each.token().orElse(null), each.call().expected());
      assertThat(reason(verdict)).as(each.id()).isEqualTo(each.reason());
    }
  }

  private VectorCase one(String id) {
    return Optional.ofNullable(TOKENS.get(id)).orElseThrow();
  }

  private static Optional<VerificationKey> keys(VectorCase of, JwkSet keys, String kid) {
    if (of.unavailable().equals(Optional.of("keys"))) {
      throw new IllegalStateException("no keys");
    }
    return keys.find(kid);
  }

  private static ReplayGuard guarded(VectorCase of, ReplayGuard guard) {
    if (of.unavailable().equals(Optional.of("guard"))) {
      throw new IllegalStateException("no guard");
    }
    return guard;
  }

  private static Optional<Reason> reason(Verification verdict) {
    return switch (verdict) {
      case VerifiedToken ignored -> Optional.empty();
      case TokenRejection rejection -> Optional.of(rejection.reason());
    };
  }

  static List<ArgumentCase> arguments() {
    return ArgumentCase.all();
  }

  @ParameterizedTest
  @MethodSource("arguments")
  void argumentsAreRefusedOrHaveACanonicalForm(ArgumentCase one) {
    assertThat(one.canonical().isEmpty()).as(one.id()).isEqualTo(one.refused());
  }

  static List<KeySetCase> keySets() {
    return KeySetCase.all();
  }

  @ParameterizedTest
  @MethodSource("keySets")
  void aKeySetIsReadOrRefused(KeySetCase one) {
    Optional<List<String>> kids;
    try {
      kids =
          Optional.of(JwkSet.parse(one.bytes()).keys().stream().map(VerificationKey::kid).toList());
    } catch (MalformedKeyException e) {
      kids = Optional.empty();
    }
    assertThat(kids)
        .as(one.id())
        .isEqualTo(one.refused() ? Optional.empty() : Optional.of(one.kids()));
  }

  private static Map<String, VectorCase> tokens() {
    var tokens = new LinkedHashMap<String, VectorCase>();
    Stream.of(
            EnvelopeCases.all(),
            HeaderCases.all(),
            SignatureCases.all(),
            PayloadCases.all(),
            ClaimCases.all(),
            TimeCases.all(),
            CallCases.all())
        .flatMap(List::stream)
        .forEach(one -> {
          if (tokens.put(one.id(), one) != null) {
            throw new IllegalStateException("two cases are named " + one.id());
          }
        });
    return tokens;
  }

  private static String jwks() {
    return JwkSet.of(
            List.of(
                SigningKey.ofSeed(CraftedToken.SEED).publicKey(),
                SigningKey.ofSeed(CraftedToken.OTHER_SEED).publicKey(),
                VerificationKey.named(
                    SignatureCases.CROOKED_KID, SignatureCases.CROOKED.publicKey())))
        .toJson();
  }

  private static Path file() {
    return Path.of(System.getProperty("repository", ".."))
        .resolve("examples")
        .resolve("vectors")
        .resolve("tokens.json");
  }

  private static String text() throws IOException {
    ObjectNode file = JsonNodeFactory.instance.objectNode();
    file.put("format", 1).put("profile", "docs/token.md").put("issuer", ISSUER);
    file.set("jwks", TokenVectors.JSON.readTree(jwks()));
    Arrays.stream(Reason.values()).forEach(reason -> file.withArray("reasons").add(reason.name()));
    TOKENS.values().forEach(one -> file.withArray("tokens").add(one.toJson()));
    ArgumentCase.all().forEach(one -> file.withArray("arguments").add(one.toJson()));
    KeySetCase.all().forEach(one -> file.withArray("key_sets").add(one.toJson()));
    return file.toPrettyString().replace("\r\n", "\n") + "\n";
  }
}
