package dev.interceptor.server.mcp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Sends bytes on a connection of its own, says that there are no more, and reads whatever comes
/// back until the server closes.
final class OneShot {
  private static final Pattern STATUS = Pattern.compile("(?:^|\n|})HTTP/1\\.[01] ([0-9]{3})");
  private static final int LONGEST_SILENCE_MILLIS = 20_000;

  private OneShot() {}

  /// @return the status of each answer
  static List<Integer> send(URI url, byte[] request) throws IOException {
    try (var socket = new Socket(url.getHost(), url.getPort())) {
      socket.setSoTimeout(LONGEST_SILENCE_MILLIS);
      var answer = new ByteArrayOutputStream();
      try {
        socket.getOutputStream().write(request);
        socket.shutdownOutput();
        copy(socket.getInputStream(), answer);
      } catch (SocketException e) {
        // A server that refuses the head need not read the rest, and may reset the connection.
      }
      return STATUS
          .matcher(answer.toString(StandardCharsets.ISO_8859_1))
          .results()
          .map((MatchResult found) -> Integer.valueOf(found.group(1)))
          .toList();
    }
  }

  private static void copy(InputStream in, ByteArrayOutputStream out) throws IOException {
    byte[] part = new byte[4096];
    for (int length = in.read(part); length >= 0; length = in.read(part)) {
      out.write(part, 0, length);
    }
  }
}
