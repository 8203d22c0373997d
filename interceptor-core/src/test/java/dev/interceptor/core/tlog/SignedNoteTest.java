package dev.interceptor.core.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.interceptor.core.token.SigningKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Notes against the values of the reference implementation's own tests (golang.org/x/mod,
/// sumdb/note, BSD-3-Clause).
class SignedNoteTest {
  private static final String PETER_KEY =
      "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
  private static final String ENOCH_KEY =
      "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";

  /// Of the published private key of the same name, without its algorithm byte.
  private static final String PETER_SEED = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

  private static final String TEXT =
      """
      If you think cryptography is the answer to your problem,
      then you don't know what your problem is.
      """;
  private static final String PETER =
      "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngo"
          + "tpRZb6KE6RyyBwJnAM=\n";
  private static final String ENOCH =
      "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWL"
          + "ox33WWd1RvMc+QQ=\n";

  private static NoteKey key(String text) {
    return NoteKey.parse(text).orElseThrow();
  }

  private static Optional<SignedNote> parse(String note) {
    return SignedNote.parse(note.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean isSigned(String note, String key) {
    return parse(note).orElseThrow().isSignedBy(key(key));
  }

  @Test
  void aNoteIsTheOneThatTheReferenceImplementationSigns() {
    byte[] typed = Base64.getDecoder().decode(PETER_SEED);
    SigningKey seed = SigningKey.ofSeed(Arrays.copyOfRange(typed, 1, typed.length));
    var signer = new NoteSigner("PeterNeumann", seed);
    assertThat(signer.verifier().toString()).isEqualTo(PETER_KEY);
    assertThat(signer.sign(TEXT)).isEqualTo(TEXT + '\n' + PETER);
  }

  @Test
  void aSignatureCountsForItsKeyAlone() {
    assertThat(isSigned(TEXT + '\n' + PETER + ENOCH, PETER_KEY)).isTrue();
    assertThat(isSigned(TEXT + '\n' + PETER + ENOCH, ENOCH_KEY)).isTrue();
    assertThat(isSigned(TEXT + '\n' + PETER + PETER, PETER_KEY)).isTrue();
    assertThat(isSigned(TEXT + '\n' + ENOCH, PETER_KEY)).isFalse();
    assertThat(isSigned(TEXT + '\n' + ENOCH.replace("EnochRoot", "PeterNeumann"), PETER_KEY))
        .isFalse();
    assertThat(isSigned(TEXT.replace("cry", "Cry") + '\n' + PETER, PETER_KEY)).isFalse();
  }

  @Test
  void aBadSignatureOfAKnownKeySpoilsTheNote() {
    String bad = PETER.substring(0, 60) + "ABCD" + PETER.substring(60);
    assertThat(isSigned(TEXT + '\n' + bad, PETER_KEY)).isFalse();
    assertThat(isSigned(TEXT + '\n' + PETER + bad, PETER_KEY)).isFalse();
    assertThat(isSigned(TEXT + '\n' + PETER + bad + ENOCH, ENOCH_KEY)).isTrue();
  }

  @Test
  void whatIsNoNoteIsNotRead() {
    assertThat(parse("")).isEmpty();
    assertThat(parse(TEXT)).isEmpty();
    assertThat(parse(TEXT + '\n')).isEmpty();
    assertThat(parse('\n' + PETER)).isEmpty();
    assertThat(parse(TEXT + '\n' + PETER.substring(0, PETER.length() - 1))).isEmpty();
    assertThat(parse('\u0001' + TEXT + '\n' + PETER)).isEmpty();
    assertThat(parse(TEXT + "\n— Bad Name " + PETER.substring(15))).isEmpty();
    assertThat(parse(TEXT + "\n— Bad+Name " + PETER.substring(15))).isEmpty();
    assertThat(parse(TEXT + '\n' + PETER + "Unexpected line.\n")).isEmpty();
    assertThat(parse(TEXT + '\n' + PETER.replace("— ", "- "))).isEmpty();
    assertThat(parse(TEXT + '\n' + PETER.replace("M=", "M"))).isEmpty();
    assertThat(parse(TEXT + '\n' + PETER.replace("M=", "N="))).isEmpty();
    assertThat(parse(TEXT + "\n— PeterNeumann x08gow==\n")).isEmpty();
    assertThat(parse(TEXT + '\n' + PETER.repeat(65))).isEmpty();
    assertThat(parse("x".repeat(SignedNote.MAX_BYTES) + '\n' + '\n' + PETER)).isEmpty();
    byte[] notUtf8 = (TEXT + '\n' + PETER).getBytes(StandardCharsets.UTF_8);
    notUtf8[0] = (byte) 0xff;
    assertThat(SignedNote.parse(notUtf8)).isEmpty();
  }

  @Test
  void sixteenSignaturesAreRead() {
    assertThat(
            parse(TEXT + '\n' + ENOCH.repeat(15) + PETER).orElseThrow().isSignedBy(key(PETER_KEY)))
        .isTrue();
  }

  @Test
  void theTextEndsAtTheLastEmptyLine() {
    String text = "a\n\n— PeterNeumann AAAAAAAA\n\nb\n";
    assertThat(parse(text + '\n' + PETER).orElseThrow().text()).isEqualTo(text);
  }

  @Test
  void aKeyHasOneSpelling() {
    assertThat(key(PETER_KEY).toString()).isEqualTo(PETER_KEY);
    for (int from = 0; from <= PETER_KEY.length(); from++) {
      for (int to = from; to <= PETER_KEY.length(); to++) {
        if (from > 0 || to < PETER_KEY.length()) {
          assertThat(NoteKey.parse(PETER_KEY.substring(from, to))).isEmpty();
        }
      }
    }
    for (int i = 0; i < PETER_KEY.length(); i++) {
      var changed = new StringBuilder(PETER_KEY);
      changed.setCharAt(i, (char) (changed.charAt(i) + 1));
      assertThat(NoteKey.parse(changed.toString())).isEmpty();
    }
    assertThat(
            NoteKey.parse(
                "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=="))
        .isEmpty();
    assertThat(NoteKey.parse("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"))
        .isEmpty();
  }

  @Test
  void aNameWithoutSpacesAndPlusIsOne() {
    assertThat(NoteKey.isName("example.com/log")).isTrue();
    assertThat(NoteKey.isName("größe")).isTrue();
    for (String name : new String[] {"", "a b", "a+b", "a\nb", "a\u00a0b", "a\u2003b", "\ud800"}) {
      assertThat(NoteKey.isName(name)).as(name).isFalse();
    }
  }

  @Test
  void whatNobodyCouldReadIsNotSigned() {
    var signer = new NoteSigner("a", SigningKey.ofSeed(new byte[32]));
    for (String text : new String[] {"", "no end", "tab\there\n", "\ud800\n"}) {
      assertThatIllegalArgumentException().isThrownBy(() -> signer.sign(text));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(ints = {1, 2, 3, 4})
  void hostileNotesAreValuesAndNeverVerify(int seed) {
    var random = new Random(seed);
    byte[] good = (TEXT + '\n' + PETER + ENOCH).getBytes(StandardCharsets.UTF_8);
    int signedPart = (TEXT + '\n' + PETER).getBytes(StandardCharsets.UTF_8).length;
    for (int run = 0; run < 1_000; run++) {
      byte[] note = good.clone();
      int at = random.nextInt(signedPart);
      note[at] ^= (byte) (1 + random.nextInt(255));
      byte[] cut = random.nextInt(4) == 0 ? Arrays.copyOf(note, random.nextInt(note.length)) : note;
      boolean signed = SignedNote.parse(cut).filter(n -> n.isSignedBy(key(PETER_KEY))).isPresent();
      assertThat(signed).as("byte %d of seed %d", at, seed).isFalse();
      assertThat(Checkpoint.open(cut, key(PETER_KEY))).isEmpty();
      var noise = new byte[random.nextInt(400)];
      random.nextBytes(noise);
      assertThat(SignedNote.parse(noise)).isEmpty();
    }
  }
}
