package dev.interceptor.core.token;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The holder of a key can sign with a point of small order added to `R`. The equation without the
/// cofactor does not hold for such a signature; one that is multiplied by an even number does.
class SmallOrderComponentTest {
  private static final byte[] SEED = new byte[32];

  @ParameterizedTest
  @EnumSource
  void itIsRefusedForEveryMessage(TestedProvider provider) {
    SigningKey key = SigningKey.ofSeed(SEED, provider.get());
    CrookedSigner holder = new CrookedSigner(SEED, 0);
    for (int i = 0; i < 200; i++) {
      byte[] message = {(byte) i};
      assertThat(key.publicKey().verifies(message, key.sign(message))).isTrue();
      assertThat(key.publicKey().verifies(message, holder.sign(message, 1 + i % 7)))
          .as("message %s", i)
          .isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNeutralRIsRefusedAlthoughTheEquationHolds(TestedProvider provider) {
    SigningKey key = SigningKey.ofSeed(SEED, provider.get());
    CrookedSigner holder = new CrookedSigner(SEED, 0);
    for (int i = 0; i < 20; i++) {
      byte[] message = {(byte) i};
      assertThat(key.publicKey().verifies(message, holder.signWithNeutral(message))).isFalse();
    }
  }
}
