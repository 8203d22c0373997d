package dev.interceptor.core.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.interceptor.core.json.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What Go's own code for its checksum database says of our leaves, proofs and notes. Skipped where
/// there is no Go, or its module cannot be fetched.
class ForeignTlogTest {
  private static final Path FOLDER = Path.of("..", "conformance", "tlog");

  @Test
  void goVerifiesWhatWeProveAndRefusesWhatWeRefuse() throws IOException, InterruptedException {
    List<String> good = new ArrayList<>();
    List<String> bad = new ArrayList<>();
    List<Sha256> all = Trees.leaves(600);
    for (int size : new int[] {1, 2, 3, 7, 8, 100, 255, 256, 257, 300, 511, 512, 513, 600}) {
      describe(all.subList(0, size), good, bad);
    }
    List<String> lines = new ArrayList<>(good);
    lines.addAll(bad);
    List<String> verdicts = ask(lines);
    assertThat(verdicts.subList(0, good.size())).containsOnly("ok");
    assertThat(verdicts.subList(good.size(), lines.size())).doesNotContain("ok");
    assertThat(verdicts).hasSize(lines.size());
  }

  private static void describe(List<Sha256> leaves, List<String> good, List<String> bad) {
    int size = leaves.size();
    SubtreeHashes stored = Trees.stored(leaves);
    var random = new Random(size);
    Sha256 root = Proofs.root(size, stored);
    for (int run = 0; run < 20; run++) {
      int index = random.nextInt(size);
      String path = joined(Proofs.inclusion(index, size, stored));
      String head = "inclusion " + size + ' ' + root + ' ';
      good.add(head + index + ' ' + leaves.get(index) + ' ' + path);
      bad.add(head + index + ' ' + Trees.leaf("forged") + ' ' + path);
      int from = 1 + random.nextInt(size);
      Sha256 old = Trees.root(leaves.subList(0, from));
      String proof = joined(Proofs.consistency(from, size, stored));
      String tree = "consistency " + size + ' ' + root + ' ' + from + ' ';
      good.add(tree + old + ' ' + proof);
      bad.add(tree + Trees.leaf("forged") + ' ' + proof);
    }
    String note =
        Checkpoint.of("example.com/log", Trees.frontier(leaves)).signedBy(StoredLog.SIGNER);
    good.add("note " + StoredLog.SIGNER.verifier() + ' ' + base64(note));
    bad.add(
        "note "
            + StoredLog.SIGNER.verifier()
            + ' '
            + base64(note.replaceFirst("example", "3xample")));
    good.add("leaf " + base64("entry " + (size - 1)) + ' ' + leaves.getLast());
    bad.add("leaf " + base64("entry " + size) + ' ' + leaves.getLast());
  }

  private static String joined(List<Sha256> hashes) {
    return hashes.isEmpty()
        ? "-"
        : hashes.stream().map(Sha256::hex).collect(Collectors.joining(","));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> ask(List<String> lines) throws IOException, InterruptedException {
    Path target = Files.createDirectories(Path.of("target")).toAbsolutePath();
    Path program = target.resolve("go-tlog");
    assumeTrue(isBuilt(program), "skipped: no Go, or its module golang.org/x/mod is out of reach");
    Path questions = Files.write(target.resolve("go-tlog.in"), lines);
    Process process =
        new ProcessBuilder(program.toString())
            .redirectInput(questions.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String answers = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return answers.lines().toList();
  }

  private static boolean isBuilt(Path program) throws InterruptedException {
    try {
      return new ProcessBuilder("go", "build", "-o", program.toString(), ".")
              .directory(FOLDER.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
