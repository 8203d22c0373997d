package dev.interceptor.core.policy;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether a path surely lies inside a folder, however the tool will read it.
///
/// The path is read with and without percent-decoding (repeated up to {@value #MAX_DECODINGS}
/// times) and with `\` as a separator and as a plain character. Every one of these readings must
/// lie inside after `.` and `..` are resolved; links are not followed, so this is about names only.
/// It answers "surely inside": use it to permit, never to recognise what is forbidden.
final class Containment {
  private static final int MAX_DECODINGS = 8;

  private Containment() {}

  /// @throws IllegalArgumentException if `root` is not a plain absolute path
  static boolean within(String path, String root) {
    Optional<List<String>> folder = segments(root);
    if (folder.isEmpty() || !isRoot(root)) {
      throw new IllegalArgumentException("the root is not a plain absolute path");
    }
    String reading = path;
    for (int i = 0; i <= MAX_DECODINGS; i++) {
      if (!isInside(reading, folder.get()) || !isInside(reading.replace('\\', '/'), folder.get())) {
        return false;
      }
      Optional<String> decoded = decodeOnce(reading);
      if (decoded.isEmpty()) {
        return false;
      }
      if (decoded.get().equals(reading)) {
        return true;
      }
      reading = decoded.get();
    }
    return false;
  }

  static boolean isRoot(String root) {
    return root.indexOf('\\') < 0 && root.indexOf('%') < 0 && segments(root).isPresent();
  }

  private static boolean isInside(String path, List<String> folder) {
    Optional<List<String>> segments = segments(path);
    return segments.isPresent()
        && segments.get().size() >= folder.size()
        && segments.get().subList(0, folder.size()).equals(folder);
  }

  /// The names from the root down; empty unless the path is absolute, on this machine, and without
  /// NUL.
  private static Optional<List<String>> segments(String path) {
    if (!path.startsWith("/") || path.startsWith("//") || path.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    List<String> segments = new ArrayList<>();
    for (String name : path.split("/", -1)) {
      switch (name) {
        case "", "." -> {}
        case ".." -> {
          if (!segments.isEmpty()) {
            segments.removeLast();
          }
        }
        default -> segments.add(name);
      }
    }
    return Optional.of(segments);
  }

  /// Decodes every `%XX` once; empty if the result is not UTF-8.
  static Optional<String> decodeOnce(String text) {
    if (text.indexOf('%') < 0) {
      return Optional.of(text);
    }
    byte[] in = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(in.length);
    for (int i = 0; i < in.length; i++) {
      int high = i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
      int low = i + 2 < in.length ? Character.digit(in[i + 2], 16) : -1;
      if (in[i] == '%' && high >= 0 && low >= 0) {
        out.put((byte) (high * 16 + low));
        i += 2;
      } else {
        out.put(in[i]);
      }
    }
    try {
      var decoder =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT);
      return Optional.of(decoder.decode(out.flip()).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
