package dev.interceptor.server.guard;

import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Has every passage of a request judged by a model, in pieces that overlap.
///
/// Remembers digests of what was clear, the newest {@value #REMEMBERED}: a conversation that is
/// sent again with every turn costs only what is new in it.
final class ModelGuard implements PromptGuard {
  /// New pieces of one request; more are refused.
  static final int MOST_PIECES = 64;

  private static final int REMEMBERED = 16_384;
  private static final int OVERLAP = 8;

  private final TextJudge judge;
  private final Sensitivity sensitivity;
  private final Set<String> clear =
      Collections.synchronizedSet(Collections.newSetFromMap(new Newest()));

  ModelGuard(TextJudge judge, Sensitivity sensitivity) {
    this.judge = judge;
    this.sensitivity = sensitivity;
  }

  private static final class Newest extends LinkedHashMap<String, Boolean> {
    private static final long serialVersionUID = 1L;

    Newest() {
      super(64, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
      return size() > REMEMBERED;
    }
  }

  private record Piece(PromptRole role, Sensitivity level, String text, String digest) {}

  @Override
  public PromptVerdict judge(List<? extends PromptText> texts) {
    for (Piece piece : unknown(Passages.of(texts))) {
      Optional<String> flaw = judge.flaw(piece.text(), piece.level());
      if (flaw.isPresent()) {
        return new PromptVerdict.Flagged(flaw.get(), piece.role());
      }
      clear.add(piece.digest());
    }
    return PromptVerdict.CLEAR;
  }

  private List<Piece> unknown(List<Passages.Passage> passages) {
    List<Piece> unknown = new ArrayList<>();
    for (Passages.Passage passage : passages) {
      Sensitivity level = sensitivity.towards(passage.role());
      for (String text : cut(passage.text())) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        String digest = digest(level, bytes);
        if (!clear.contains(digest)) {
          String given = new String(bytes, StandardCharsets.UTF_8);
          unknown.add(new Piece(passage.role(), level, given, digest));
        }
        if (unknown.size() > MOST_PIECES) {
          throw InterceptorException.of(
              ErrorCode.PAYLOAD_TOO_LARGE,
              "a prompt has more than " + MOST_PIECES + " new pieces for its guard");
        }
      }
    }
    return unknown;
  }

  /// Pieces that overlap by an eighth and hold whole characters.
  private List<String> cut(String text) {
    int longest = judge.longest();
    List<String> pieces = new ArrayList<>();
    int start = 0;
    int end = 0;
    while (end < text.length()) {
      end = whole(text, Math.min(start + longest, text.length()));
      pieces.add(text.substring(start, end));
      start = whole(text, end - longest / OVERLAP);
    }
    return pieces;
  }

  private static int whole(String text, int index) {
    boolean inside =
        index > 0 && index < text.length() && Character.isLowSurrogate(text.charAt(index));
    return inside ? index - 1 : index;
  }

  private static String digest(Sensitivity level, byte[] text) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(level.name().getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(sha256.digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public void close() {
    judge.close();
  }
}
