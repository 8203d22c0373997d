package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.regex.Pattern;

/// Which strings of a request stand for something that is not text.
final class RequestMediaKinds {
  private static final String DATA_URL = "data:";
  private static final String BASE64 = ";base64";
  private static final int LONGEST_TYPE = 128;
  private static final Pattern MEDIA_TYPE =
      Pattern.compile("([a-z]+/[a-zA-Z0-9.+-]+)?(;[a-z]+=[a-zA-Z0-9.-]+)*");

  private RequestMediaKinds() {}

  /// @param name of the member that holds the string
  /// @param part the content part or item that it is in
  static boolean isMedia(String name, String text, JsonNode part) {
    return switch (name) {
      case "encrypted_content", "file_data", "file_id", "file_url", "images", "image_url" -> true;
      case "data" -> part.has("input_audio");
      case "url" -> part.has("image_url") || isType(part, "image") || isDataUrl(text);
      case "result" -> isType(part, "image_generation_call");
      default -> isDataUrl(text);
    };
  }

  static Unscanned.Kind of(String name, String text, JsonNode part) {
    return switch (name) {
      case "encrypted_content" -> Unscanned.Kind.ENCRYPTED;
      case "images", "image_url", "result" -> Unscanned.Kind.IMAGE;
      case "data" -> Unscanned.Kind.AUDIO;
      case "url" ->
          isDataUrl(text) && !text.startsWith("data:image/") ? ofType(text) : Unscanned.Kind.IMAGE;
      case "file_id" ->
          isType(part, "input_image") || isType(part, "computer_screenshot")
              ? Unscanned.Kind.IMAGE
              : Unscanned.Kind.FILE;
      case "file_data", "file_url" -> Unscanned.Kind.FILE;
      default -> ofType(text);
    };
  }

  /// Whether the string is a text besides: whatever no reader is bound to take for a file's bytes,
  /// such as the URL of something, an id that is not a word, or a `data:` URL where a text may be.
  static boolean isReadable(String name, String text) {
    return switch (name) {
      case "encrypted_content" -> false;
      case "data", "file_data", "images", "result" -> !isBase64(text, 0) && !isWholeDataUrl(text);
      case "file_url", "image_url", "url" -> !isWholeDataUrl(text);
      default -> true;
    };
  }

  private static Unscanned.Kind ofType(String url) {
    if (url.startsWith("image/", DATA_URL.length())) {
      return Unscanned.Kind.IMAGE;
    }
    return url.startsWith("audio/", DATA_URL.length()) ? Unscanned.Kind.AUDIO : Unscanned.Kind.FILE;
  }

  /// A text that begins as a base64 `data:` URL does; one that stands in a text is text.
  private static boolean isDataUrl(String text) {
    if (!text.regionMatches(true, 0, DATA_URL, 0, DATA_URL.length()) || text.indexOf(' ') >= 0) {
      return false;
    }
    int comma = text.indexOf(',');
    return comma > 0
        && comma < LONGEST_TYPE
        && text.substring(0, comma).toLowerCase(Locale.ROOT).endsWith(BASE64);
  }

  private static boolean isWholeDataUrl(String text) {
    if (!isDataUrl(text)) {
      return false;
    }
    int comma = text.indexOf(',');
    return MEDIA_TYPE.matcher(text).region(DATA_URL.length(), comma - BASE64.length()).matches()
        && isBase64(text, comma + 1);
  }

  private static boolean isBase64(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letter && !(c >= '0' && c <= '9') && "+/=".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isType(JsonNode part, String type) {
    return part.path("type").asText().equals(type);
  }
}
