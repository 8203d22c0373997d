package dev.interceptor.server.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.interceptor.core.policy.Detection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StreamRedactionTest {
  private static final AnswerRedaction BOTH =
      new AnswerRedaction(
          Detectors.knowing(List.of("our own, secret \"pass phrase\"", "PlainOwnSecret")),
          EnumSet.of(Detection.SECRETS, Detection.PII));
  private static final String PROSE =
      "Large language models are trained on text, and they answer in text; a reader sees the"
          + " words as they come (one after the other), without waiting for the end. ";

  /// Pushes all pieces; what is given is compared with the whole at every step.
  private static void check(String text, List<String> pieces) {
    String whole = BOTH.whole(text);
    TextStream stream = BOTH.stream();
    StringBuilder given = new StringBuilder();
    for (String piece : pieces) {
      given.append(stream.push(piece));
      if (!whole.startsWith(given.toString())) {
        break;
      }
    }
    given.append(stream.finish());
    assertThat(given.toString()).as("cut %s", pieces).isEqualTo(whole);
    assertThat(stream.isChanged()).isEqualTo(!whole.equals(text));
  }

  private static List<String> characters(String text) {
    return text.chars().mapToObj(c -> String.valueOf((char) c)).toList();
  }

  private static String given(String... pieces) {
    TextStream stream = BOTH.stream();
    StringBuilder given = new StringBuilder();
    for (String piece : pieces) {
      given.append(stream.push(piece));
    }
    return given.toString();
  }

  static LongStream seeds() {
    return LongStream.range(0, 20);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void howeverATextIsCutItsRedactionIsThatOfTheWhole(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 250; i++) {
      String text = StreamTexts.random(random);
      check(text, characters(text));
      for (int k = 0; k < 20; k++) {
        check(text, StreamTexts.cut(text, random));
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void whereverATextIsCutInTwoItsRedactionIsThatOfTheWhole(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 30; i++) {
      String text = StreamTexts.random(random);
      for (int at = 0; at <= text.length(); at++) {
        check(text, List.of(text.substring(0, at), text.substring(at)));
      }
    }
  }

  @Test
  void textsOfTheCorporaAreRedactedAsAWholeHoweverTheyAreCut() {
    List<String> corpora = StreamTexts.ofCorpora();
    assumeFalse(corpora.isEmpty(), "the external vectors are not here");
    Random random = new Random(7);
    for (String row : corpora) {
      String text = PROSE.substring(random.nextInt(PROSE.length())) + row + " and " + PROSE;
      check(text, characters(text));
      for (int k = 0; k < 5; k++) {
        check(text, StreamTexts.cut(text, random));
      }
    }
  }

  @Test
  void corporaInOneTextAreRedactedAsAWhole() {
    List<String> corpora = new ArrayList<>(StreamTexts.ofCorpora());
    assumeFalse(corpora.isEmpty(), "the external vectors are not here");
    for (int seed = 0; seed < 6; seed++) {
      Random random = new Random(seed);
      Collections.shuffle(corpora, random);
      String text = String.join(seed % 2 == 0 ? " " : "\n", corpora.subList(0, 400));
      check(text, StreamTexts.cut(text, random));
    }
  }

  @Test
  void proseLeavesWithTheNextWord() {
    TextStream stream = BOTH.stream();
    int given = 0;
    int pushed = 0;
    for (String word : PROSE.repeat(20).splitWithDelimiters(" ", 0)) {
      given += stream.push(word).length();
      pushed += word.length();
      assertThat(pushed - given).as(word).isLessThanOrEqualTo(Math.max(3, word.length()));
    }
    assertThat(stream.finish()).isBlank();
  }

  @Test
  void chineseLeavesBeforeItsSentenceEnds() {
    TextStream stream = BOTH.stream();
    String sentence = "今天天气很好我们一起去公园散步".repeat(20);
    int given = 0;
    for (String character : characters(sentence)) {
      given += stream.push(character).length();
    }
    assertThat(sentence.length() - given).isLessThanOrEqualTo(65);
    assertThat(given(sentence, "。")).isEqualTo(sentence + "。");
  }

  @Test
  void jsonWithoutABlankLeavesValueByValue() {
    assertThat(given("{\"name\":\"Ada\",\"tags\":[\"mathematics\",\"eng"))
        .isEqualTo("{\"name\":\"Ada\",\"tags\":[\"mathematics\",\"");
  }

  @Test
  void aNumberIsHeldNoLongerThanItMayGoOn() {
    assertThat(given("In ", "2024 ", "we")).isEqualTo("In 2024 ");
    assertThat(given("In 2024 ")).isEqualTo("In ");
    assertThat(given("card 4111 1111 1111 1111 ")).isEqualTo("card ");
    assertThat(given("card 4111 1111 1111 1111 or")).isEqualTo("card [PII_REDACTED] ");
  }

  @Test
  void anAssignedValueIsHeldUntilItsEnd() {
    assertThat(given("the password: \"correct horse bat")).isEqualTo("the password");
    assertThat(given("the password: \"correct horse battery 9\" and"))
        .isEqualTo("the password: \"[SECRET_DETECTED]\" ");
    assertThat(given("the color: \"correct horse bat")).isEqualTo("the color: \"correct horse ");
  }

  @Test
  void aPrivateKeyIsHeldInShort() {
    TextStream stream = BOTH.stream();
    assertThat(stream.push("A key: -----BEGIN RSA PRIVATE KEY-----\n")).isEqualTo("A key: ");
    for (int i = 0; i < 20_000; i++) {
      assertThat(stream.push("MIIEvQIBADANBgkq joe@example.com\n")).isEmpty();
    }
    assertThat(stream.push("-----END RSA PRIVATE KEY-----\nand so on, "))
        .isEqualTo("[SECRET_DETECTED]\nand so on, ");
    assertThat(stream.finish()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {9_000, 40_000, 70_000, 200_000})
  void aLongWordWithoutAFindingStaysAsItIs(int length) {
    String text =
        "data:image/png;base64," + "iVBORw0KGgoAAAANSUhEUgAA".repeat(length / 24) + " end";
    assertThat(BOTH.whole(text)).isEqualTo(text);
    check(text, StreamTexts.cut(text, new Random(length)));
  }

  @ParameterizedTest
  @ValueSource(ints = {9_000, 40_000, 60_000})
  void aLongSecretIsExact(int length) {
    String text = "take glpat-" + "aB3dE5gH7jK9mN1p".repeat(length / 16) + " end";
    assertThat(BOTH.whole(text)).isEqualTo("take [SECRET_DETECTED] end");
    check(text, StreamTexts.cut(text, new Random(length)));
  }

  @Test
  void whatIsHeldForTooLongIsReplacedWithTheRestOfItsWord() {
    TextStream stream = BOTH.stream();
    StringBuilder given = new StringBuilder(stream.push("take glpat-"));
    for (int i = 0; i < 20_000; i++) {
      given.append(stream.push("aB3dE5gH7jK9mN1p"));
    }
    given.append(stream.push(" and")).append(stream.push(" go on ")).append(stream.finish());
    assertThat(given.toString()).isEqualTo("take [SECRET_DETECTED]and go on ");
    assertThat(stream.isChanged()).isTrue();
  }

  @Test
  void aCharacterIsNotSplit() {
    assertThat(given("smile \ud83d")).isEqualTo("smile ");
    assertThat(given("smile \ud83d", "\ude00, ")).isEqualTo("smile \ud83d\ude00, ");
  }

  @Test
  void ofOneKindOnlyThatIsReplaced() {
    String text = "joe@example.com has AKIAIOSFODNN7QWERTZA and 4111 1111 1111 1111 ";
    for (Detection kind : List.of(Detection.SECRETS, Detection.PII)) {
      AnswerRedaction one = new AnswerRedaction(Detectors.standard(), EnumSet.of(kind));
      TextStream stream = one.stream();
      StringBuilder given = new StringBuilder();
      characters(text).forEach(piece -> given.append(stream.push(piece)));
      assertThat(given.append(stream.finish()).toString()).isEqualTo(one.whole(text));
    }
    assertThat(new AnswerRedaction(Detectors.standard(), EnumSet.noneOf(Detection.class)).stream())
        .satisfies(stream -> assertThat(stream.push(text)).isEqualTo(text));
  }

  @Test
  void aTextWithoutEndIsNotReadForEver() {
    TextStream stream = BOTH.stream();
    String piece = "word ".repeat(100_000);
    assertThatThrownBy(() -> Arrays.stream(new int[20]).forEach(i -> stream.push(piece)))
        .isInstanceOf(BudgetExceededException.class);
  }
}
