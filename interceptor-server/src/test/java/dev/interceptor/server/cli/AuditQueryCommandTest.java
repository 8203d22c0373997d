package dev.interceptor.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AuditQueryCommandTest {
  @ParameterizedTest
  @CsvSource({
    "2026-11-21T10:00:00.500000Z,2026-11-21T10:00:00.500Z",
    "10000-01-01T00:00:00.000000Z,10000-01-01T00:00:00.000000Z",
    "infinity,infinity",
  })
  void aMomentThatIsNoneIsShownAsItStands(String at, String shown) {
    assertThat(AuditQueryCommand.moment(at)).isEqualTo(shown);
  }
}
