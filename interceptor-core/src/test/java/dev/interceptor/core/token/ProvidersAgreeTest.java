package dev.interceptor.core.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Random signatures, good and bad, against what the mathematics says of each.
class ProvidersAgreeTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final int ROUNDS = 1600;

  private final Random random = new Random(20_260_101);

  /// One signature, in hex, and whether it is to be accepted.
  private record Case(
      String name, String publicKey, String message, String signature, boolean holds) {
    static Case of(String name, byte[] key, byte[] message, byte[] signature, boolean holds) {
      return new Case(
          name, HEX.formatHex(key), HEX.formatHex(message), HEX.formatHex(signature), holds);
    }

    boolean isAcceptedBy(Ed25519Provider provider) {
      return VerificationKey.named("key", HEX.parseHex(publicKey), provider)
          .verifies(HEX.parseHex(message), HEX.parseHex(signature));
    }
  }

  @ParameterizedTest
  @EnumSource(names = "JDK", mode = EnumSource.Mode.EXCLUDE)
  void everyVerdictIsTheExpectedOne(TestedProvider choice) {
    Ed25519Provider provider = choice.get();
    Map<String, Integer> accepted = new HashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      Case each = next(round);
      assertThat(each.isAcceptedBy(provider)).as(each.toString()).isEqualTo(each.holds());
      if (each.holds()) {
        accepted.merge(each.name(), 1, Integer::sum);
      }
    }
    assertThat(accepted)
        .containsOnlyKeys("honest", "small order in the key", "small order in both");
  }

  private Case next(int round) {
    byte[] seed = randomBytes(32);
    byte[] message = randomBytes(random.nextInt(300));
    SigningKey key = SigningKey.ofSeed(seed);
    byte[] publicKey = key.publicKey().encoded();
    byte[] signature = key.sign(message);
    return switch (round % 8) {
      case 0 -> Case.of("honest", publicKey, message, signature, true);
      case 1 -> Case.of("flipped", publicKey, message, flipped(signature), false);
      case 2 -> Case.of("S + L", publicKey, message, CrookedSigner.plusOrder(signature), false);
      case 3 -> crooked("small order in R", seed, message, 0, 1 + random.nextInt(7));
      case 4 -> crooked("small order in the key", seed, message, 1 + random.nextInt(7), 0);
      case 5 ->
          crooked("small order in both", seed, message, 1 + random.nextInt(7), random.nextInt(8));
      case 6 -> Case.of("noise", publicKey, message, randomBytes(64), false);
      default -> {
        byte[] neutral = new CrookedSigner(seed, 0).signWithNeutral(message);
        yield Case.of("neutral R", publicKey, message, neutral, false);
      }
    };
  }

  private static Case crooked(String name, byte[] seed, byte[] message, int inKey, int inR) {
    CrookedSigner holder = new CrookedSigner(seed, inKey);
    boolean holds = holder.holdsExactly(message, inR);
    return Case.of(name, holder.publicKey(), message, holder.sign(message, inR), holds);
  }

  private byte[] flipped(byte[] signature) {
    byte[] changed = signature.clone();
    int bit = random.nextInt(512);
    changed[bit / 8] ^= (byte) (1 << bit % 8);
    return changed;
  }

  private byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @EnumSource
  void signaturesAreEqualByteForByte(TestedProvider choice) {
    Ed25519Provider provider = choice.get();
    for (int round = 0; round < 200; round++) {
      byte[] seed = randomBytes(32);
      byte[] message = randomBytes(random.nextInt(2000));
      assertThat(SigningKey.ofSeed(seed, provider).sign(message))
          .isEqualTo(SigningKey.ofSeed(seed).sign(message));
    }
  }
}
