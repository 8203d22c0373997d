package dev.interceptor.server.guard;

import static dev.interceptor.core.policy.Detection.INJECTION;

import java.util.List;

/// Text that talks to the model: orders to drop its instructions, to hide something from the user,
/// to give its prompt away; chat templates' role tags; text that people do not see; links that wait
/// for data. A paragraph with such words is reported whole, because where an instruction ends
/// cannot be told.
///
/// A hint: a paraphrase, another language or a plain request passes. Taint by origin does not.
final class InjectionDetector implements Detector {
  private static final List<String> ROLE_TAGS =
      List.of(
          "<|im_start|>",
          "<|im_end|>",
          "<|system|>",
          "<|user|>",
          "<|assistant|>",
          "<|endoftext|>",
          "<|start_header_id|>",
          "<|eot_id|>",
          "[inst]",
          "[/inst]",
          "<<sys>>",
          "<</sys>>",
          "<system>",
          "</system>",
          "<system_prompt>",
          "<system-reminder>",
          "### instruction",
          "### system",
          "### human:",
          "### assistant:",
          "[system]",
          "\"role\": \"system\"",
          "\"role\":\"system\"");
  private static final String TAG_STARTS = "<[#\"";
  private static final List<String> LINE_ROLES =
      List.of("system prompt:", "system message:", "system instruction:", "system instructions:");
  private static final int LONGEST_LINK = 2048;

  private final Sensitivity sensitivity;

  InjectionDetector() {
    this(Sensitivity.MEDIUM);
  }

  /// @param sensitivity LOW reports direct orders and hidden text alone, HIGH also what is often
  ///   ordinary text
  InjectionDetector(Sensitivity sensitivity) {
    this.sensitivity = sensitivity;
  }

  @Override
  public void scan(PlainText text, Findings findings) {
    HiddenText.scan(text.original(), findings);
    Phrases phrases = new Phrases();
    int start = 0;
    while (start < text.length()) {
      int end = paragraphEnd(text, start);
      if (isSuspicious(text, start, end, phrases)) {
        findings.add(INJECTION, start, end);
      }
      start = afterBreak(text, end);
    }
  }

  /// A paragraph ends at an empty line, also one that is written `\n\n` in JSON.
  private static int paragraphEnd(PlainText text, int from) {
    int i = from;
    while (i < text.length() && !isBreak(text, i)) {
      i++;
    }
    return i;
  }

  private static boolean isBreak(PlainText text, int i) {
    char c = text.at(i);
    if (c == '\n') {
      char next = text.at(i + 1);
      return next == '\n' || (next == '\r' && text.at(i + 2) == '\n');
    }
    return c == '\\' && text.startsWith("\\n\\n", i);
  }

  private static int afterBreak(PlainText text, int end) {
    if (text.at(end) == '\\') {
      return end + 4;
    }
    int i = end;
    while (i < text.length() && (text.at(i) == '\n' || text.at(i) == '\r')) {
      i++;
    }
    return i;
  }

  private boolean isSuspicious(PlainText text, int start, int end, Phrases phrases) {
    boolean marks = sensitivity != Sensitivity.LOW;
    phrases.clear();
    int i = start;
    boolean lineStart = true;
    while (i < end) {
      char c = text.at(i);
      if (isLetter(c)) {
        int from = i;
        if (marks && lineStart && startsWithAny(text, LINE_ROLES, from)) {
          return true;
        }
        while (i < end && isLetter(text.at(i))) {
          i++;
        }
        phrases.add(Lexicon.parts(text, from, i), text.at(i));
        lineStart = false;
      } else {
        if (marks && TAG_STARTS.indexOf(c) >= 0 && startsWithAny(text, ROLE_TAGS, i)) {
          return true;
        }
        if (marks && c == '?' && isWaitingLink(text, i)) {
          return true;
        }
        lineStart = c == '\n' || (lineStart && (c == ' ' || c == '*' || c == '#' || c == '>'));
        i++;
      }
    }
    return switch (sensitivity) {
      case LOW -> phrases.areDirectOrders();
      case MEDIUM -> phrases.areInstructions();
      case HIGH -> phrases.areInstructions() || phrases.areSuspect();
    };
  }

  private static boolean isLetter(char c) {
    return Ascii.isLetter(c) || (c >= 0x80 && Character.isLetter(c));
  }

  private static boolean startsWithAny(PlainText text, List<String> prefixes, int i) {
    for (int p = 0; p < prefixes.size(); p++) {
      if (text.startsWithIgnoringCase(prefixes.get(p), i)) {
        return true;
      }
    }
    return false;
  }

  /// Whether the query of a link has a place for data: `https://…?q={…}`, `=[…]`, `=<…>`, `=$…`.
  ///
  /// @param mark index of `?`
  private static boolean isWaitingLink(PlainText text, int mark) {
    if (!Ascii.isAlnum(text.at(mark - 1)) && text.at(mark - 1) != '/') {
      return false;
    }
    boolean waiting = false;
    int i = mark + 1;
    while (i - mark < LONGEST_LINK && text.at(i) > ' ' && text.at(i) != '"' && text.at(i) != '?') {
      char next = text.at(i + 1);
      waiting |= text.at(i) == '=' && (next == '{' || next == '[' || next == '<' || next == '$');
      i++;
    }
    return waiting && isWebLink(text, mark);
  }

  private static boolean isWebLink(PlainText text, int mark) {
    int i = mark;
    while (mark - i < LONGEST_LINK && text.at(i - 1) > ' ') {
      i--;
      if (text.startsWith("://", i)) {
        return true;
      }
    }
    return false;
  }
}
