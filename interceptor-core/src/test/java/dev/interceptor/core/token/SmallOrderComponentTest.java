package dev.interceptor.core.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// The holder of a key can sign with the point of order 2 added to `R`. The equation without the
/// cofactor does not hold for such a signature; one that is multiplied by an even number does.
class SmallOrderComponentTest {
  private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
  private static final BigInteger L =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

  @Test
  void itIsRefusedForEveryMessage() throws NoSuchAlgorithmException {
    byte[] seed = new byte[32];
    SigningKey key = SigningKey.ofSeed(seed);
    for (int i = 0; i < 200; i++) {
      byte[] message = {(byte) i};
      assertThat(key.publicKey().verifies(message, key.sign(message))).isTrue();
      assertThat(key.publicKey().verifies(message, signCrookedly(seed, message)))
          .as("message %s", i)
          .isFalse();
    }
  }

  private static byte[] signCrookedly(byte[] seed, byte[] message) throws NoSuchAlgorithmException {
    SigningKey key = SigningKey.ofSeed(seed);
    byte[] pub = key.publicKey().encoded();
    byte[] honest = key.sign(message);
    byte[] r = Arrays.copyOf(honest, 32);
    byte[] crooked = plusOrderTwo(r);
    BigInteger difference =
        challenge(crooked, pub, message)
            .subtract(challenge(r, pub, message))
            .multiply(scalar(seed));
    BigInteger s = number(Arrays.copyOfRange(honest, 32, 64)).add(difference).mod(L);
    byte[] signature = Arrays.copyOf(crooked, 64);
    System.arraycopy(bytes(s), 0, signature, 32, 32);
    return signature;
  }

  /// (x, y) + (0, -1) = (-x, -y).
  private static byte[] plusOrderTwo(byte[] point) {
    byte[] y = point.clone();
    y[31] &= 0x7f;
    byte[] sum = bytes(P.subtract(number(y)));
    sum[31] |= (byte) (~point[31] & 0x80);
    return sum;
  }

  private static BigInteger challenge(byte[] r, byte[] pub, byte[] message)
      throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-512");
    digest.update(r);
    digest.update(pub);
    return number(digest.digest(message)).mod(L);
  }

  private static BigInteger scalar(byte[] seed) throws NoSuchAlgorithmException {
    byte[] scalar = Arrays.copyOf(MessageDigest.getInstance("SHA-512").digest(seed), 32);
    scalar[0] &= (byte) 0xf8;
    scalar[31] &= 0x7f;
    scalar[31] |= 0x40;
    return number(scalar);
  }

  private static BigInteger number(byte[] littleEndian) {
    return new BigInteger(1, reversed(littleEndian));
  }

  private static byte[] bytes(BigInteger number) {
    byte[] bigEndian = new byte[32];
    byte[] magnitude = number.toByteArray();
    int count = Math.min(32, magnitude.length);
    System.arraycopy(magnitude, magnitude.length - count, bigEndian, 32 - count, count);
    return reversed(bigEndian);
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }
}
