package dev.interceptor.server.upstream;

import dev.interceptor.core.tool.UpstreamName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a process writes to its standard error, in the log: text of somebody else, cut to 1 KiB a
/// line and to a few lines a second, without control characters, without the values of the
/// variables that it was given and without tokens.
final class ErrorLines {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorLines.class);
  private static final int LONGEST = 1024;
  private static final int AT_ONCE = 20;
  private static final int PER_SECOND = 2;
  private static final int SHORTEST_SECRET = 6;
  private static final String REDACTED = "[redacted]";
  private static final Pattern TOKEN = Pattern.compile("eyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_.-]+");
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\u2028\\u2029]");

  private final UpstreamName upstream;
  private final List<String> secrets;
  private final Allowance allowance = new Allowance(AT_ONCE, PER_SECOND);
  private final byte[] line = new byte[LONGEST];
  private int length;
  private long suppressed;

  /// @param secrets what must not be logged; short ones are too common to be found
  ErrorLines(UpstreamName upstream, Collection<String> secrets) {
    this.upstream = upstream;
    this.secrets =
        secrets.stream().filter(secret -> secret.length() >= SHORTEST_SECRET).distinct().toList();
  }

  /// Reads to the end.
  void drain(InputStream in) {
    byte[] chunk = new byte[8 * 1024];
    try {
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        for (int i = 0; i < read; i++) {
          take(chunk[i]);
        }
      }
    } catch (IOException _) {
      // Closed with the process.
    }
    finish();
  }

  private void take(byte b) {
    if (b == '\n') {
      finish();
    } else if (length < LONGEST) {
      line[length++] = b;
    }
  }

  private void finish() {
    if (length == 0) {
      return;
    }
    if (allowance.take()) {
      LOG.info(
          "upstream `{}` wrote to its standard error: {}{}",
          upstream,
          printable(new String(line, 0, length, StandardCharsets.UTF_8)),
          suppressed == 0 ? "" : " (" + suppressed + " lines before it were left out)");
      suppressed = 0;
    } else {
      suppressed++;
    }
    length = 0;
  }

  private String printable(String text) {
    String shown = text;
    for (String secret : secrets) {
      shown = shown.replace(secret, REDACTED);
    }
    shown = TOKEN.matcher(shown).replaceAll(REDACTED);
    return UNPRINTABLE.matcher(shown).replaceAll("\uFFFD");
  }
}
