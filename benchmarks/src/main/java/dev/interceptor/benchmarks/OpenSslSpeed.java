package dev.interceptor.benchmarks;

import dev.interceptor.benchmarks.JmhTable.Line;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `openssl speed ed25519` of the machine, where it has one: bare signatures in C, one thread.
final class OpenSslSpeed {
  /// Operations a second, to sign and to verify.
  private static final Pattern RESULT =
      Pattern.compile("\\+F\\d+:\\d+:253:[^:]*Ed25519[^:]*:([0-9.]+):([0-9.]+)");

  private OpenSslSpeed() {}

  /// @param seconds for each of the two
  /// @return one line each with a mean only; none, and a word about it, where there is no OpenSSL
  static Map<String, Line> measure(int seconds) {
    try {
      String version = output("openssl", "version").strip();
      String speed =
          output(
              "openssl",
              "speed",
              "-elapsed",
              "-mr",
              "-seconds",
              String.valueOf(seconds),
              "ed25519");
      Matcher result = RESULT.matcher(speed);
      if (!result.find()) {
        throw new IOException("`openssl speed ed25519` of " + version + " gives no result");
      }
      String name = version.replaceAll("^(\\S+ \\S+).*", "$1");
      return Map.of(
          name + " speed: sign",
          mean(result.group(1)),
          name + " speed: verify",
          mean(result.group(2)));
    } catch (IOException e) {
      System.out.println("openssl is left out: " + e.getMessage());
      return Map.of();
    }
  }

  private static Line mean(String perSecond) {
    double micros = 1_000_000 / Double.parseDouble(perSecond);
    return new Line(Double.NaN, Double.NaN, micros, Double.NaN);
  }

  private static String output(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try {
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException("`" + String.join(" ", command) + "` failed");
      }
      return text;
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
