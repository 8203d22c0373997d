package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.interceptor.core.tool.UpstreamName;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ErrorLinesTest {
  private static List<String> logged(String text, String... secrets) {
    Logger logger = (Logger) LoggerFactory.getLogger(ErrorLines.class);
    ListAppender<ILoggingEvent> seen = new ListAppender<>();
    seen.start();
    logger.addAppender(seen);
    try {
      new ErrorLines(new UpstreamName("up"), List.of(secrets))
          .drain(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    } finally {
      logger.detachAppender(seen);
    }
    return seen.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void aLineIsCutAndCannotPassForAnother() {
    String prefix = "upstream `up` wrote to its standard error: ";
    assertThat(logged("a\u001b[2J\rb\u202ec\u2028d\n\n" + "y".repeat(5_000)))
        .containsExactly(prefix + "a\uFFFD[2J\uFFFDb\uFFFDc\uFFFDd", prefix + "y".repeat(1_024));
  }

  @Test
  void secretsAndTokensAreNotLogged() {
    assertThat(logged("key k-12345678 and eyJhbGciOi.eyJpc3M.c2ln_-x!\n", "k-12345678", "3"))
        .singleElement()
        .asString()
        .endsWith("key [redacted] and [redacted]!");
  }

  @Test
  void ofAFloodThereIsLittleInTheLog() {
    assertThat(logged("noise\n".repeat(100_000))).hasSizeBetween(20, 40);
  }
}
