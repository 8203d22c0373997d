package dev.interceptor.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CidrTest {
  @ParameterizedTest
  @CsvSource({
    "10.255.0.1, 10.0.0.0/8, true",
    "11.0.0.0, 10.0.0.0/8, false",
    "9.255.255.255, 10.0.0.0/8, false",
    "10.1.2.3, 10.1.2.3/32, true",
    "10.1.2.4, 10.1.2.3/32, false",
    "255.1.2.3, 0.0.0.0/0, true",
    "::ffff:10.0.0.1, 10.0.0.0/8, true",
    "::1, 0.0.0.0/0, false",
    "10.0.0.1, ::/0, false",
    "2001:db8::1, ::/0, true",
    "2001:DB8:0:0::1, 2001:db8::/32, true",
    "2001:db9::1, 2001:db8::/32, false",
    "fe80::1, fe80::/10, true",
    "2001:db8:0:0:8000::1, 2001:db8:0:0:8000::/65, true",
    "2001:db8:0:0:7fff::1, 2001:db8:0:0:8000::/65, false",
  })
  void anAddressIsInItsRangesOnly(String ip, String range, boolean inside) {
    assertThat(ExpressionFunctions.inCidr(ip, range)).isEqualTo(inside);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.0.0.0",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/08",
        "10.0.0.0/-1",
        "10.0.0.1/8",
        "10.0.0/8",
        "10/8",
        "2001:db8::/129",
        "2001:db8::1/32",
        "::ffff:10.0.0.0/104",
        "::/96/1",
        "::ffff:0:0/96",
        "good.example/8",
        "[::]/0",
        "10.0.0.0 /8",
      })
  void aRangeIsWrittenOneWay(String range) {
    assertThat(Cidr.parse(range)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.1",
        "010.0.0.1",
        "10.0.0.01",
        "0xa.0.0.1",
        "167772161",
        "10.0.0.1:80",
        "10.0.0.1/8",
        "[::1]",
        "::1%eth0",
        "10.0.0.1 ",
        "good.example",
        "::ffff:10.0.0.256",
        "10.0.0.1\u0661",
        "::fffff",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::1::",
        ":1",
      })
  void anUnusualAddressIsAnError(String ip) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ExpressionFunctions.inCidr(ip, "10.0.0.0/8"));
  }

  @Test
  void everyAddressReadsBackFromItsText() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      var address = new IpAddress(sparse(random), sparse(random));
      assertThat(IpAddress.parse(address.text())).contains(address);
    }
  }

  /// Random with runs of zero groups.
  private static long sparse(Random random) {
    long bits = 0;
    for (int i = 0; i < 4; i++) {
      bits = bits << 16 | (random.nextBoolean() ? 0 : random.nextInt(0x10000));
    }
    return bits;
  }
}
