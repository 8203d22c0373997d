package dev.interceptor.core.token;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The textual encoding of one kind of key (RFC 7468).
///
/// @param type what stands after `BEGIN`
record Pem(String type) {
  /// One block with a line break at the end.
  String write(byte[] der) {
    return begin() + '\n' + Base64.getEncoder().encodeToString(der) + '\n' + end() + '\n';
  }

  /// @throws MalformedKeyException unless the text is one such block and white space around
  byte[] read(String text) throws MalformedKeyException {
    Matcher block =
        Pattern.compile("\\s*" + begin() + "\\s*([A-Za-z0-9+/=\\s]{1,400}?)\\s*" + end() + "\\s*")
            .matcher(text);
    if (!block.matches()) {
      throw new MalformedKeyException("not one PEM block of type " + type);
    }
    String digits = block.group(1).replaceAll("\\s", "");
    try {
      return Base64.getDecoder().decode(digits.getBytes(StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      throw new MalformedKeyException("the PEM block is not base64");
    }
  }

  private String begin() {
    return "-----BEGIN " + type + "-----";
  }

  private String end() {
    return "-----END " + type + "-----";
  }
}
