package dev.interceptor.core.json;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/// The ECMAScript number format against the sequence published with RFC 8785: 168 chosen values,
/// 2000 around the smallest normal double, then doubles drawn from a SHA-256 chain.
///
/// The build checks 1,000,000 lines. All 100,000,000 that have a published digest take minutes:
///
/// ```
/// mvn -pl interceptor-core test -Dtest=Es6NumbersTest -Des6.lines=100000000
/// ```
class Es6NumbersTest {
  private static final int CHOSEN_VALUES = 168;

  /// SHA-256 of the first so many lines.
  private static final Map<Integer, String> PUBLISHED =
      Map.of(
          1_000, "be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687",
          10_000, "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892",
          100_000, "22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7",
          1_000_000, "49415fee2c56c77864931bd3624faad425c3c577d6d74e89a83bc725506dad16",
          10_000_000, "b9f8a44a91d46813b21b9602e72f112613c91408db0b8341fb94603d9db135e0",
          100_000_000, "0f7dda6b0837dde083c5d6b896f7d62340c8a2415b0c7121d83145e08a755272");

  @Test
  void theSequenceHasItsPublishedDigest() throws Exception {
    int lines = Integer.getInteger("es6.lines", 1_000_000);
    assertThat(PUBLISHED).containsKey(lines);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    byte[] line = new byte[17 + EcmaNumber.MOST_BYTES];
    sequence(
        lines,
        bits -> {
          byte[] hex = Long.toHexString(bits).getBytes(US_ASCII);
          System.arraycopy(hex, 0, line, 0, hex.length);
          line[hex.length] = ',';
          int end = EcmaNumber.write(Double.longBitsToDouble(bits), line, hex.length + 1);
          line[end] = '\n';
          digest.update(line, 0, end + 1);
        });
    assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(PUBLISHED.get(lines));
  }

  @Test
  void everyStoredLineIsReproduced() throws Exception {
    List<String> stored = storedLines();
    assertThat(stored).hasSize(100_000);
    for (String line : stored) {
      int comma = line.indexOf(',');
      long bits = Long.parseUnsignedLong(line, 0, comma, 16);
      assertThat(written(Double.longBitsToDouble(bits))).isEqualTo(line.substring(comma + 1));
    }
  }

  /// Near zero a double is wide, and one digit may do where Java writes two.
  @Test
  void theSmallestDoublesAreWrittenWithTheFewestDigits() {
    for (long bits = 1; bits <= 1_000; bits++) {
      double value = Double.longBitsToDouble(bits);
      BigDecimal shortest = shortestByTrying(value);
      ShortestDecimal found = ShortestDecimal.of(value);
      assertThat(BigDecimal.valueOf(found.significand(), -found.exponent()))
          .as("%s", value)
          .isEqualTo(shortest);
    }
    assertThat(written(Double.MIN_VALUE)).isEqualTo("5e-324");
    assertThat(written(-Double.MIN_VALUE)).isEqualTo("-5e-324");
    assertThat(written(2 * Double.MIN_VALUE)).isEqualTo("1e-323");
  }

  private static BigDecimal shortestByTrying(double value) {
    BigDecimal exact = new BigDecimal(value);
    for (int digits = 1; digits <= 17; digits++) {
      BigDecimal candidate = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (candidate.doubleValue() == value) {
        return candidate.stripTrailingZeros();
      }
    }
    throw new AssertionError("seventeen digits always do");
  }

  private static String written(double value) {
    byte[] out = new byte[EcmaNumber.MOST_BYTES];
    return new String(out, 0, EcmaNumber.write(value, out, 0), US_ASCII);
  }

  private static void sequence(int lines, LongConsumer each) throws Exception {
    int left = lines;
    for (String line : storedLines().subList(0, CHOSEN_VALUES)) {
      each.accept(Long.parseUnsignedLong(line, 0, line.indexOf(','), 16));
      left--;
    }
    for (int i = 0; i < 2_000 && left > 0; i++, left--) {
      each.accept(0x0010_0000_0000_0000L + i);
    }
    MessageDigest chain = MessageDigest.getInstance("SHA-256");
    byte[] block = new byte[32];
    while (left > 0) {
      block = chain.digest(block);
      ByteBuffer doubles = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
      while (doubles.hasRemaining() && left > 0) {
        long bits = doubles.getLong();
        double value = Double.longBitsToDouble(bits);
        if (value != 0 && Double.isFinite(value)) {
          each.accept(bits);
          left--;
        }
      }
    }
  }

  private static List<String> storedLines() throws IOException {
    var file = Vectors.path("jcs/es6_first_100000.txt.gz");
    assumeTrue(Files.exists(file), "the stored lines are not here");
    try (var lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), US_ASCII))) {
      return lines.lines().toList();
    }
  }
}
