package dev.interceptor.core.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.interceptor.core.token.ScriptedProvider.Flaw;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class Ed25519ProviderTest {
  private static final byte[] SEED = new byte[32];

  @ParameterizedTest
  @EnumSource
  void eachPassesTheSelfTest(TestedProvider choice) {
    Ed25519Provider provider = choice.get();
    assertThatCode(provider::selfTest).doesNotThrowAnyException();
    assertThat(provider.name()).isNotBlank();
  }

  @Test
  void theScriptedOnePassesWhenItHasNoFlaw() {
    assertThatCode(() -> Ed25519Provider.jca(new ScriptedProvider(Flaw.NONE)))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "NOT_THERE, cannot sign",
    "FAILS_TO_SIGN, cannot sign",
    "SIGNS_WRONGLY, does not sign RFC 8032",
    "ACCEPTS_NOTHING, does not accept",
    "FAILS_TO_VERIFY, does not accept",
    "ACCEPTS_ALL, does not refuse bit",
    "MULTIPLIES_BY_THE_COFACTOR, does not refuse component of small order in R",
    "REFUSES_MIXED_KEYS, 'does not accept component of small order in the key, case 3'"
  })
  void oneThatDiffersIsRefusedAndToldWhere(Flaw flaw, String where) {
    assertThatExceptionOfType(UnfitProviderException.class)
        .isThrownBy(() -> Ed25519Provider.jca(new ScriptedProvider(flaw)))
        .withMessageContaining("scripted")
        .withMessageContaining(where);
  }

  @Test
  void theFormIsCheckedBeforeTheProviderIsAsked() {
    SigningKey key = SigningKey.ofSeed(SEED);
    VerificationKey credulous =
        VerificationKey.of(
            key.publicKey().encoded(), new JcaEd25519(new ScriptedProvider(Flaw.ACCEPTS_ALL)));
    byte[] message = {1};
    byte[] signature = key.sign(message);
    byte[] aboveThePrime = signature.clone();
    Arrays.fill(aboveThePrime, 1, 31, (byte) 0xff);
    aboveThePrime[0] = (byte) 0xf0;
    aboveThePrime[31] = (byte) 0xff;
    byte[] order = signature.clone();
    System.arraycopy(Ed25519.ORDER, 0, order, 32, 32);
    byte[] belowTheOrder = order.clone();
    belowTheOrder[32]--;

    assertThat(credulous.verifies(message, signature)).isTrue();
    assertThat(credulous.verifies(message, belowTheOrder)).isTrue();
    assertThat(credulous.verifies(message, order)).isFalse();
    assertThat(credulous.verifies(message, CrookedSigner.plusOrder(signature))).isFalse();
    assertThat(credulous.verifies(message, aboveThePrime)).isFalse();
    assertThat(credulous.verifies(message, new CrookedSigner(SEED, 0).signWithNeutral(message)))
        .isFalse();
    assertThat(credulous.verifies(message, Arrays.copyOf(signature, 63))).isFalse();
    assertThat(credulous.verifies(message, Arrays.copyOf(signature, 65))).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void manyVirtualThreadsShareAKey(TestedProvider choice)
      throws ExecutionException, InterruptedException {
    SigningKey key = SigningKey.ofSeed(SEED, choice.get());
    SigningKey reference = SigningKey.ofSeed(SEED);
    int calls = choice == TestedProvider.JDK ? 2 : 40;
    List<Future<Integer>> wrong = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int thread = 0; thread < 100; thread++) {
        int number = thread;
        wrong.add(threads.submit(() -> wrongAnswers(key, reference, number, calls)));
      }
    }
    int sum = 0;
    for (Future<Integer> each : wrong) {
      sum += each.get();
    }
    assertThat(sum).isZero();
  }

  private static int wrongAnswers(SigningKey key, SigningKey reference, int thread, int calls) {
    int wrong = 0;
    for (int call = 0; call < calls; call++) {
      byte[] message = ByteBuffer.allocate(8 + call).putInt(thread).putInt(call).array();
      byte[] signature = key.sign(message);
      wrong += key.publicKey().verifies(message, signature) ? 0 : 1;
      wrong += reference.publicKey().verifies(message, signature) ? 0 : 1;
      signature[call % 64] ^= 1;
      wrong += key.publicKey().verifies(message, signature) ? 1 : 0;
    }
    return wrong;
  }

  @Test
  void anObjectThatThrewIsNotUsedAgain() throws UnfitProviderException {
    ScriptedProvider scripted = new ScriptedProvider(Flaw.NONE);
    SigningKey key = SigningKey.ofSeed(SEED, Ed25519Provider.jca(scripted));
    byte[] message = {1};
    byte[] signature = key.sign(message);
    assertThat(key.publicKey().verifies(message, signature)).isTrue();
    int made = scripted.made();
    assertThat(key.sign(message)).isEqualTo(signature);
    assertThat(key.publicKey().verifies(message, signature)).isTrue();
    assertThat(scripted.made()).as("objects are used again").isEqualTo(made);

    assertThatIllegalStateException().isThrownBy(() -> key.sign(ScriptedProvider.POISON));
    assertThat(key.publicKey().verifies(ScriptedProvider.POISON, signature)).isFalse();
    assertThat(key.sign(message)).isEqualTo(signature);
    assertThat(key.publicKey().verifies(message, signature)).isTrue();
    assertThat(scripted.made()).isEqualTo(made + 2);
  }

  @ParameterizedTest
  @EnumSource(names = "JDK", mode = EnumSource.Mode.EXCLUDE)
  void aMessageMayHaveOneMebibyteAndNoMore(TestedProvider choice) {
    SigningKey key = SigningKey.ofSeed(SEED, choice.get());
    byte[] message = new byte[1 << 20];
    byte[] signature = key.sign(message);
    assertThat(signature).isEqualTo(SigningKey.ofSeed(SEED).sign(message));
    assertThat(key.publicKey().verifies(message, signature)).isTrue();
    byte[] longer = new byte[message.length + 1];
    assertThatIllegalArgumentException().isThrownBy(() -> key.sign(longer));
    assertThat(key.publicKey().verifies(longer, signature)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void keysAndSetsAreEqualWhateverTheProvider(TestedProvider choice) throws MalformedKeyException {
    Ed25519Provider provider = choice.get();
    SigningKey key = SigningKey.generate(new Random(1), provider);
    SigningKey same = SigningKey.generate(new Random(1));
    JwkSet set = KeyRing.of(key).published();
    byte[] json = set.toJson().getBytes(StandardCharsets.UTF_8);
    assertThat(key.publicKey()).isEqualTo(same.publicKey()).hasSameHashCodeAs(same.publicKey());
    assertThat(JwkSet.parse(json, provider)).isEqualTo(set).isEqualTo(JwkSet.parse(json));
    assertThat(Pkcs8.ofPem(Pkcs8.toPem(key), provider).kid()).isEqualTo(same.kid());
  }
}
