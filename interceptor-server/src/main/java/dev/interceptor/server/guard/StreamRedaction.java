package dev.interceptor.server.guard;

import dev.interceptor.core.policy.Detection;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// The redaction of a text in pieces, exact by what detectors promise about a finding in a text
/// that goes on.
///
/// Whether something is found depends on no more than {@value #CONTEXT} characters before it and on
/// the one after it. It holds no white space, but for numbers in groups, private keys in PEM and
/// quoted values that are assigned to something. So only what touches the end can change: the last
/// word, groups of digits, and what follows a sign that a detector is still reading after. All else
/// is looked at once, when the place is settled, and leaves.
///
/// A private key is kept in short. Of a word of more than 16 Ki chars the beginning is settled.
/// What is then still held and longer than {@value #MOST_HELD} chars is replaced as a whole, with
/// the rest of its word, whether the detectors would find it or not.
final class StreamRedaction implements TextStream {
  private static final int CONTEXT = 512;
  private static final int MOST_HELD = 64 * 1024;

  /// A private key that is longer is kept in short.
  private static final int LONG_KEY = 8 * 1024;

  private static final String SHORT_KEY = "-----BEGIN PRIVATE KEY-----\nkey\n";
  private static final int KEY_TAIL = 1024;

  /// What is found without a digit, an `@` or a sign is a word of this length.
  private static final int TELLING_LENGTH = Detectors.SHORTEST_SECRET;

  private final Detectors detectors;
  private final Set<Detection> kinds;
  private final boolean hasKnown;
  private final List<String> knownWithSeparators;

  /// What is held, as it came and, after what was settled last, as detectors read it.
  private final StringBuilder held = new StringBuilder();

  private final PlainText plain = PlainText.growing();
  private final Signs signs = new Signs();
  private TextTail tail = new TextTail(plain, 0);

  /// Places count from the beginning of the text: where `held` begins, how far it was read, where
  /// the last character stands without which nothing is found, and up to where it could not be
  /// settled.
  private int settled;

  private int read;
  private int lastTelling = -1;
  private int refused = -1;

  /// Index of the first character of `plain` that is held, and how many stood before the first one.
  private int contextEnd;

  private int forgotten;
  private long length;
  private boolean isSwallowing;
  private boolean changed;

  /// @param kinds SECRETS, PII or both
  StreamRedaction(Detectors detectors, Set<Detection> kinds) {
    this.detectors = detectors;
    this.kinds = EnumSet.copyOf(kinds);
    List<String> known = detectors.known();
    this.hasKnown = !known.isEmpty();
    this.knownWithSeparators =
        known.stream()
            .filter(
                secret -> secret.chars().anyMatch(c -> c >= 0x80 || TextTail.separates((char) c)))
            .toList();
  }

  @Override
  public String push(String piece) {
    length += piece.length();
    if (length > Detectors.MAX_LENGTH) {
      throw new BudgetExceededException("a text of more than " + Detectors.MAX_LENGTH + " chars");
    }
    held.append(piece);
    readOn(false);
    if (isSwallowing) {
      swallow();
    }
    String given = upTo(open());
    if (held.length() <= MOST_HELD) {
      return given;
    }
    isSwallowing = true;
    changed = true;
    settle(read);
    return given + Redaction.placeholder(kinds);
  }

  @Override
  public String finish() {
    readOn(true);
    if (isSwallowing) {
      swallow();
    }
    signs.clear();
    refused = -1;
    return upTo(read);
  }

  @Override
  public boolean isChanged() {
    return changed;
  }

  /// Reads what has come, but for the first half of a character.
  private void readOn(boolean all) {
    while (read < settled + held.length()) {
      int index = read - settled;
      char c = held.charAt(index);
      if (c > 0 && c < 0x80) {
        readOne(c, read, ++read);
        continue;
      }
      if (!all && Character.isHighSurrogate(c) && index + 1 == held.length()) {
        return;
      }
      int point = held.codePointAt(index);
      int next = read + Character.charCount(point);
      readSeen(PlainText.seen(point), next);
      read = next;
    }
  }

  private void readOne(char c, int start, int next) {
    tail.add(c, start, next);
    if (c == '@' || Ascii.isDigit(c) || tail.wordLength() >= TELLING_LENGTH) {
      lastTelling = start;
    }
    noteSign(c);
  }

  private void readSeen(String seen, int next) {
    if (seen.length() == 1) {
      readOne(seen.charAt(0), read, next);
      return;
    }
    tail.extend(next);
    for (int i = 0; i < seen.length(); i++) {
      tail.addPart(seen.charAt(i), read, next);
      noteSign(seen.charAt(i));
      lastTelling = read;
    }
  }

  private void noteSign(char c) {
    if (kinds.contains(Detection.SECRETS)) {
      signs.note(c, tail, plain, forgotten + plain.length() - 1);
    }
  }

  /// The first place that may still be part of a finding.
  private int open() {
    int open = Math.min(read, tail.word(settled));
    if (kinds.contains(Detection.PII)) {
      open = Math.min(open, tail.groups());
    }
    if (!signs.isEmpty()) {
      open = Math.min(open, openSign());
    }
    for (String secret : knownWithSeparators) {
      open = Math.min(open, read - beginning(secret));
    }
    return Math.max(signs.before(open), settled);
  }

  /// How many of the last chars are the beginning of a known secret.
  private int beginning(String secret) {
    for (int size = Math.min(secret.length() - 1, held.length()); size > 0; size--) {
      if (secret.startsWith(held.substring(held.length() - size))) {
        return size;
      }
    }
    return 0;
  }

  private int openSign() {
    signs.settle(settled);
    int first = signs.firstOpen(plain, forgotten, read);
    boolean key = first < read && held.charAt(first - settled) == '-';
    return key && held.length() > LONG_KEY && shorten(first) ? openSign() : first;
  }

  /// Drops the inside of a private key that has not ended.
  ///
  /// @return whether there is one
  private boolean shorten(int key) {
    boolean found =
        find().stream()
            .anyMatch(
                finding -> finding.start() == key && finding.end() == settled + held.length());
    if (found) {
      int last = held.length() - KEY_TAIL;
      last -= Character.isLowSurrogate(held.charAt(last)) ? 1 : 0;
      held.replace(key - settled, last, SHORT_KEY);
      signs.clear();
      plain.cut(contextEnd);
      tail = new TextTail(plain, settled);
      refused = -1;
      read = settled;
      readOn(false);
    }
    return found;
  }

  private List<Finding> find() {
    plain.lookFrom(contextEnd, hasKnown ? held.toString() : "", settled);
    return detectors.find(plain, kinds);
  }

  /// Gives what stands before a place, unless a finding goes over it; then what stands before that.
  private String upTo(int place) {
    if (place == settled || place == refused) {
      return "";
    }
    boolean telling = lastTelling >= settled || signs.lastTelling() >= settled;
    if (!telling && knownWithSeparators.isEmpty()) {
      String given = held.substring(0, place - settled);
      settle(place);
      return given;
    }
    List<Finding> findings = find();
    int whole = wholeBefore(place, findings);
    if (whole < place) {
      refused = place;
    }
    return give(whole, findings);
  }

  private String give(int end, List<Finding> findings) {
    List<Finding> given = new ArrayList<>();
    for (Finding finding : findings) {
      if (finding.end() <= end) {
        given.add(new Finding(finding.kind(), finding.start() - settled, finding.end() - settled));
      }
    }
    String text = Redaction.redacted(held.substring(0, end - settled), given);
    changed |= !given.isEmpty();
    settle(end);
    return text;
  }

  /// The last place up to the given one that no finding goes over, nor what is found because of a
  /// sign before it.
  private int wholeBefore(int place, List<Finding> findings) {
    int whole = place;
    int before;
    do {
      before = whole;
      whole = Math.max(settled, signs.before(beforeFindings(whole, findings)));
    } while (whole < before);
    return whole;
  }

  private static int beforeFindings(int place, List<Finding> findings) {
    int start = 0;
    int end = 0;
    for (Finding finding : findings) {
      if (finding.start() >= place) {
        break;
      }
      start = finding.start() < end ? start : finding.start();
      end = Math.max(end, finding.end());
      if (end > place) {
        return start;
      }
    }
    return place;
  }

  private void settle(int place) {
    while (contextEnd < plain.length() && plain.originalStart(contextEnd) < place) {
      contextEnd++;
    }
    if (contextEnd > CONTEXT + CONTEXT / 4) {
      int gone = contextEnd - CONTEXT;
      plain.forget(gone);
      forgotten += gone;
      contextEnd = CONTEXT;
    }
    held.delete(0, place - settled);
    settled = place;
    signs.settle(place);
  }

  /// Drops the rest of a word.
  private void swallow() {
    isSwallowing = tail.wordStart() <= settled;
    settle(isSwallowing ? read : tail.wordStart());
  }
}
