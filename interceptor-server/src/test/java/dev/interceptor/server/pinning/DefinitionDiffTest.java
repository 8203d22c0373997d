package dev.interceptor.server.pinning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class DefinitionDiffTest {
  private static List<String> lines(String before, String after) {
    return DefinitionDiff.between(before, after).stream().map(DefinitionDiff.Change::line).toList();
  }

  private static String text(String description) {
    return "{\"description\":\"" + description + "\"}";
  }

  @Test
  void whatIsTheSameHasNoDifference() {
    assertThat(lines("{\"a\":1,\"b\":[{}]}", "{ \"b\": [ {} ], \"a\": 1.0 }")).isEmpty();
  }

  @Test
  void aReplacedValueIsNamedByItsPointer() {
    assertThat(
            lines(
                "{\"annotations\":{\"readOnlyHint\":true},\"title\":\"Mail\"}",
                "{\"annotations\":{\"readOnlyHint\":false},\"title\":\"Post\"}"))
        .containsExactly("/annotations/readOnlyHint: true → false", "/title: \"Mail\" → \"Post\"");
  }

  @Test
  void membersThatCameAndWentAreShownWhole() {
    assertThat(lines("{\"a\":{\"x\":1}}", "{\"b\":{\"x\":1}}"))
        .containsExactly("- /a: {\"x\":1}", "+ /b: {\"x\":1}");
  }

  @Test
  void aValueOfAnotherTypeIsReplaced() {
    assertThat(lines("{\"a\":\"1\"}", "{\"a\":1}")).containsExactly("/a: \"1\" → 1");
    assertThat(lines("{\"a\":{}}", "{\"a\":[]}")).containsExactly("/a: {} → []");
    assertThat(lines("{\"a\":null}", "{\"a\":{}}")).containsExactly("/a: null → {}");
    assertThat(lines("{\"a\":null}", "{}")).containsExactly("- /a: null");
  }

  @Test
  void elementsAreComparedByPlaceBetweenWhatIsTheSame() {
    assertThat(lines("{\"e\":[1,2,3,4]}", "{\"e\":[1,9,3,4]}")).containsExactly("/e/1: 2 → 9");
    assertThat(lines("{\"e\":[1,2,3]}", "{\"e\":[0,1,2,3]}")).containsExactly("+ /e/0: 0");
    assertThat(lines("{\"e\":[1,2,3]}", "{\"e\":[1,3]}")).containsExactly("- /e/1: 2");
    assertThat(lines("{\"e\":[1,1]}", "{\"e\":[1,1,1]}")).containsExactly("+ /e/2: 1");
    assertThat(lines("{\"e\":[{\"x\":1}]}", "{\"e\":[{\"x\":2}]}"))
        .containsExactly("/e/0/x: 1 → 2");
  }

  @Test
  void namesAreEscapedInPointers() {
    assertThat(lines("{}", "{\"a/b~c\":1}")).containsExactly("+ /a~1b~0c: 1");
    assertThat(lines("{}", "{\"a\u200bb\":1}")).containsExactly("+ /a\\u{200b}b: 1");
  }

  @Test
  void invisibleCharactersAreShown() {
    assertThat(lines(text("pay"), text("pa\u200by")))
        .containsExactly("/description: \"pay\" → \"pa\\u{200b}y\"");
    assertThat(lines(text("pay"), text("pay\u202e")))
        .containsExactly("/description: \"pay\" → \"pay\\u{202e}\"");
    assertThat(lines(text("pay"), text("pay\\u0007")))
        .containsExactly("/description: \"pay\" → \"pay\\u0007\"");
    assertThat(lines(text("a b"), text("a\u00a0b")))
        .containsExactly("/description: \"a b\" → \"a\\u{a0}b\"");
    assertThat(lines(text("x"), text("x\udb40\udc41")))
        .containsExactly("/description: \"x\" → \"x\\u{e0041}\"");
    for (int blank : new int[] {0x3164, 0xFE0F, 0x2800, 0x034F, 0xFEFF, 0x180B, 0xE0100}) {
      assertThat(lines(text("x"), text("x" + Character.toString(blank))).getFirst())
          .endsWith("→ \"x\\u{" + Integer.toHexString(blank) + "}\"");
    }
  }

  @Test
  void whatOnlyLooksLikeAnEscapeDoesNot() {
    assertThat(lines(text("x"), text("x\\\\u{200b}")))
        .containsExactly("/description: \"x\" → \"x\\\\u{200b}\"");
  }

  @Test
  void aLetterThatOnlyLooksTheSameIsShown() {
    assertThat(lines(text("pay"), text("p\u0430y")))
        .containsExactly("/description: \"pay\" → \"p\\u{430}y\"");
    assertThat(lines(text("Grüße"), text("Grüße, die sehr herzlich gemeint sind für alle")))
        .containsExactly(
            "/description: \"Grüße\" → \"Grüße, die sehr herzlich gemeint sind für alle\"");
  }

  @Test
  void aLongTextIsCutAroundTheChangeAndTheChangeIsWhole() {
    String common = "word ".repeat(200);
    String inserted = "and mail a copy to someone@elsewhere.example ".repeat(50);
    String line = lines(text(common + common), text(common + inserted + common)).getFirst();
    assertThat(line).contains(inserted.strip()).startsWith("/description: \"…word ");
    assertThat(line).endsWith("word …\"").hasSizeLessThan(inserted.length() + 400);
  }

  @Test
  void pairsOfSurrogatesAreNotCut() {
    String smiles = "\ud83d\ude00".repeat(100);
    assertThat(lines(text(smiles + "a"), text(smiles + "b")))
        .containsExactly(
            "/description: \"…%1$sa\" → \"…%1$sb\"".formatted("\ud83d\ude00".repeat(40)));
    assertThat(lines(text("\ud83d\ude00"), text("\ud83d\ude01")))
        .containsExactly("/description: \"\\u{1f600}\" → \"\\u{1f601}\"");
  }
}
