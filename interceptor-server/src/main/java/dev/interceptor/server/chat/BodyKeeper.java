package dev.interceptor.server.chat;

import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.policy.Detection;
import dev.interceptor.server.guard.Detectors;
import dev.interceptor.server.guard.JsonScreen;
import dev.interceptor.server.guard.VisibleText;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;

/// What the audit log keeps of the bodies of model requests: credentials and personal data
/// replaced, whatever the guards let pass, and cut.
final class BodyKeeper {
  private static final JsonLimits LIMITS = new JsonLimits(512, 64 * 1024 * 1024);

  private final JsonScreen screen;
  private final int longest;

  /// @param longest of one body, in characters
  BodyKeeper(Detectors detectors, int longest) {
    this.screen = new JsonScreen(detectors, EnumSet.of(Detection.SECRETS, Detection.PII));
    this.longest = longest;
  }

  String shown(byte[] json) {
    try {
      byte[] screened = CanonicalJson.bytes(screen.screened(StrictJson.parseObject(json, LIMITS)));
      String text = VisibleText.of(new String(screened, StandardCharsets.UTF_8));
      return text.length() <= longest ? text : text.substring(0, longest);
    } catch (MalformedJsonException _) {
      return "[NOT_SHOWN]";
    }
  }
}
