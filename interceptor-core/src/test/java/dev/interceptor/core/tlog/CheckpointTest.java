package dev.interceptor.core.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.token.SigningKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CheckpointTest {
  private static final String ORIGIN = "example.com/behind-the-sofa";
  private static final String PUBLISHED =
      """
      example.com/behind-the-sofa
      20852163
      CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
      """;
  private static final NoteSigner SIGNER = new NoteSigner(ORIGIN, SigningKey.ofSeed(new byte[32]));

  private static Optional<Checkpoint> open(String note, NoteKey key) {
    return Checkpoint.open(note.getBytes(StandardCharsets.UTF_8), key);
  }

  @Test
  void theExampleOfTheSpecificationIsRead() {
    Checkpoint checkpoint = Checkpoint.ofText(PUBLISHED).orElseThrow();
    assertThat(checkpoint.origin()).isEqualTo(ORIGIN);
    assertThat(checkpoint.size()).isEqualTo(20852163);
    assertThat(checkpoint.root().hex()).startsWith("0ac5186a91863e8e");
    assertThat(checkpoint.extensions()).isEmpty();
    assertThat(checkpoint.text()).isEqualTo(PUBLISHED);
  }

  @Test
  void extensionLinesAreKept() {
    Checkpoint checkpoint = Checkpoint.ofText(PUBLISHED + "one\ntwo\n").orElseThrow();
    assertThat(checkpoint.extensions()).containsExactly("one", "two");
    assertThat(checkpoint.text()).isEqualTo(PUBLISHED + "one\ntwo\n");
  }

  @Test
  void aTextHasOneSpelling() {
    for (String text :
        List.of(
            "",
            PUBLISHED + '\n',
            '\n' + PUBLISHED,
            PUBLISHED.strip(),
            PUBLISHED.replace("20852163", "020852163"),
            PUBLISHED.replace("20852163", "+20852163"),
            PUBLISHED.replace("20852163", "-1"),
            PUBLISHED.replace("20852163", "9999999999999999999"),
            PUBLISHED.replace("20852163", "٢"),
            PUBLISHED.replace("2I=", "2J="),
            PUBLISHED.replace("2I=", "2I"),
            PUBLISHED.replace("CsUY", ""),
            PUBLISHED + "one\n\ntwo\n")) {
      assertThat(Checkpoint.ofText(text)).as(text).isEmpty();
    }
  }

  @Test
  void aCheckpointIsOpenedByItsLogsKeyAlone() {
    Checkpoint checkpoint = Checkpoint.of(ORIGIN, Trees.frontier(Trees.leaves(5)));
    String note = checkpoint.signedBy(SIGNER);
    assertThat(open(note, SIGNER.verifier())).contains(checkpoint);
    var namesake =
        new NoteSigner(
            ORIGIN,
            SigningKey.ofSeed(
                new byte[] {
                  1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3,
                  4, 5, 6, 7, 8
                }));
    assertThat(open(note, namesake.verifier())).isEmpty();
    var another = new NoteSigner("example.com/other", SigningKey.ofSeed(new byte[32]));
    assertThat(open(note, another.verifier())).isEmpty();
    assertThat(open(checkpoint.signedBy(another), another.verifier())).isEmpty();
    assertThat(open(note.replace("\n5\n", "\n6\n"), SIGNER.verifier())).isEmpty();
  }

  @Test
  void whatCannotBeWrittenIsNoCheckpoint() {
    Sha256 root = TreeHash.emptyRoot();
    assertThatIllegalArgumentException().isThrownBy(() -> new Checkpoint("", 0, root, List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Checkpoint("a\nb", 0, root, List.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> new Checkpoint("a", -1, root, List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Checkpoint("a", 0, root, List.of("")));
  }

  @Test
  void aProofIsCheckedWithTheEntryAndTheKeyAlone() {
    List<Sha256> leaves = Trees.leaves(300);
    String note = Checkpoint.of(ORIGIN, Trees.frontier(leaves)).signedBy(SIGNER);
    for (int index : new int[] {0, 1, 17, 255, 256, 299}) {
      var proof = new LogProof(index, Proofs.inclusion(index, 300, Trees.stored(leaves)), note);
      LogProof read = LogProof.parse(proof.text()).orElseThrow();
      assertThat(read).isEqualTo(proof);
      assertThat(read.verify(leaves.get(index), SIGNER.verifier())).isPresent();
      assertThat(read.verify(leaves.get((index + 1) % 300), SIGNER.verifier())).isEmpty();
      assertThat(
              new LogProof(index + 1, proof.path(), note)
                  .verify(leaves.get(index), SIGNER.verifier()))
          .isEmpty();
      assertThat(
              new LogProof(index, proof.path(), note.replace("300", "301"))
                  .verify(leaves.get(index), SIGNER.verifier()))
          .isEmpty();
    }
  }

  @Test
  void aProofHasTheTextOfTheSpecification() {
    List<Sha256> leaves = Trees.leaves(2);
    String note = Checkpoint.of(ORIGIN, Trees.frontier(leaves)).signedBy(SIGNER);
    String text = new LogProof(1, List.of(leaves.getFirst()), note).text();
    assertThat(text)
        .startsWith("c2sp.org/tlog-proof@v1\nindex 1\n")
        .endsWith("\n\n" + note)
        .hasLineCount(3 + 1 + 5);
    String withExtra = text.replace("index", "extra YWdl\nindex");
    assertThat(LogProof.parse(withExtra).orElseThrow().verify(leaves.get(1), SIGNER.verifier()))
        .isPresent();
    for (String bad :
        List.of(
            "",
            text.replace("@v1", "@v2"),
            text.replace("index 1", "index 01"),
            text.replace("index 1", "index -1"),
            text.replace("index 1", "extra !\nindex 1"),
            text.replaceFirst("=\n", "\n"),
            text.replace("index 1\n", ""))) {
      assertThat(LogProof.parse(bad)).as(bad).isEmpty();
    }
  }
}
