package dev.interceptor.core.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.interceptor.core.json.Sha256;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Trees and proofs against the vectors of the Certificate Transparency reference implementation
/// (google/certificate-transparency, Apache 2.0) and against RFC 6962's own recursion.
class ProofsTest {
  private static final List<Sha256> CT_LEAVES =
      Stream.of(
              "",
              "00",
              "10",
              "2021",
              "3031",
              "40414243",
              "5051525354555657",
              "606162636465666768696a6b6c6d6e6f")
          .map(hex -> TreeHash.leaf(HexFormat.of().parseHex(hex)))
          .toList();

  private static final List<String> CT_ROOTS =
      List.of(
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

  private static final String L12 =
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
  private static final String L1 =
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
  private static final String L47 =
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
  private static final String L4 =
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
  private static final String L67 =
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
  private static final String L45 =
      "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";

  @Test
  void rootsAreThoseOfTheReferenceImplementation() {
    for (int size = 0; size <= CT_LEAVES.size(); size++) {
      List<Sha256> leaves = CT_LEAVES.subList(0, size);
      assertThat(Trees.frontier(leaves).root().hex()).isEqualTo(CT_ROOTS.get(size));
      assertThat(Proofs.root(size, Trees.stored(leaves)).hex()).isEqualTo(CT_ROOTS.get(size));
    }
  }

  @Test
  void inclusionProofsAreThoseOfTheReferenceImplementation() {
    assertThat(inclusion(0, 1)).isEmpty();
    assertThat(inclusion(0, 8)).containsExactly(L1, L12, L47);
    assertThat(inclusion(5, 8)).containsExactly(L4, L67, CT_ROOTS.get(4));
    assertThat(inclusion(2, 3)).containsExactly(CT_ROOTS.get(2));
    assertThat(inclusion(1, 5)).containsExactly(CT_ROOTS.get(1), L12, L4);
  }

  @Test
  void consistencyProofsAreThoseOfTheReferenceImplementation() {
    assertThat(consistency(1, 1)).isEmpty();
    assertThat(consistency(1, 8)).containsExactly(L1, L12, L47);
    assertThat(consistency(6, 8)).containsExactly(L45, L67, CT_ROOTS.get(4));
    assertThat(consistency(2, 5)).containsExactly(L12, L4);
  }

  private static List<String> inclusion(int index, int size) {
    return hex(Proofs.inclusion(index, size, Trees.stored(CT_LEAVES.subList(0, size))));
  }

  private static List<String> consistency(int from, int to) {
    return hex(Proofs.consistency(from, to, Trees.stored(CT_LEAVES.subList(0, to))));
  }

  private static List<String> hex(List<Sha256> hashes) {
    return hashes.stream().map(Sha256::hex).toList();
  }

  @Test
  void everyLeafOfEveryTreeHasAProofThatLeadsToItsRootAlone() {
    List<Sha256> all = Trees.leaves(300);
    for (int size = 0; size <= 300; size++) {
      List<Sha256> leaves = all.subList(0, size);
      SubtreeHashes stored = Trees.stored(leaves);
      Sha256 root = Trees.root(leaves);
      assertThat(Trees.frontier(leaves).root()).isEqualTo(root);
      assertThat(Proofs.root(size, stored)).isEqualTo(root);
      assertThat(Proofs.frontier(size, stored)).isEqualTo(Trees.frontier(leaves));
      for (int index = size % 7; index < size; index += 7) {
        List<Sha256> path = Proofs.inclusion(index, size, stored);
        assertThat(Proofs.rootOf(leaves.get(index), index, size, path)).contains(root);
        int neighbour = (index + 1) % size;
        if (neighbour != index) {
          assertThat(Proofs.rootOf(leaves.get(index), neighbour, size, path))
              .isNotEqualTo(Optional.of(root));
        }
      }
    }
  }

  @Test
  void everyTreeIsConsistentWithItsPrefixesAlone() {
    List<Sha256> leaves = Trees.leaves(300);
    List<Sha256> roots = new ArrayList<>();
    Frontier edge = Frontier.EMPTY;
    roots.add(edge.root());
    for (Sha256 leaf : leaves) {
      edge = edge.append(leaf);
      roots.add(edge.root());
    }
    SubtreeHashes stored = Trees.stored(leaves);
    for (int to = 0; to <= 300; to++) {
      for (int from = to % 5; from <= to; from += 5) {
        List<Sha256> proof = Proofs.consistency(from, to, stored);
        assertThat(Proofs.isConsistent(from, roots.get(from), to, roots.get(to), proof)).isTrue();
        Sha256 another = Trees.leaf("another");
        assertThat(Proofs.isConsistent(from, another, to, roots.get(to), proof)).isFalse();
        if (from > 0) {
          assertThat(Proofs.isConsistent(from, roots.get(from), to, another, proof)).isFalse();
        }
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void aChangedProofProvesNothing(int seed) {
    var random = new Random(seed);
    for (int run = 0; run < 300; run++) {
      int size = 2 + random.nextInt(300);
      List<Sha256> leaves = Trees.leaves(size);
      SubtreeHashes stored = Trees.stored(leaves);
      Sha256 root = Proofs.root(size, stored);
      int index = random.nextInt(size);
      List<Sha256> path = changed(Proofs.inclusion(index, size, stored), random);
      assertThat(Proofs.rootOf(leaves.get(index), index, size, path).filter(root::equals))
          .isEmpty();
      int from = 1 + random.nextInt(size - 1);
      List<Sha256> proof = changed(Proofs.consistency(from, size, stored), random);
      Sha256 fromRoot = Trees.root(leaves.subList(0, from));
      assertThat(Proofs.isConsistent(from, fromRoot, size, root, proof)).isFalse();
    }
  }

  private static List<Sha256> changed(List<Sha256> proof, Random random) {
    List<Sha256> changed = new ArrayList<>(proof);
    int at = random.nextInt(proof.size());
    switch (random.nextInt(proof.size() > 1 ? 4 : 3)) {
      case 0 -> changed.remove(at);
      case 1 -> changed.add(at, Trees.leaf("more"));
      case 2 -> changed.set(at, Trees.leaf("other"));
      default -> Collections.swap(changed, at, (at + 1) % proof.size());
    }
    return changed;
  }

  @Test
  void whatIsNoPlaceInATreeHasNoProof() {
    SubtreeHashes stored = Trees.stored(Trees.leaves(8));
    assertThatIllegalArgumentException().isThrownBy(() -> Proofs.inclusion(8, 8, stored));
    assertThatIllegalArgumentException().isThrownBy(() -> Proofs.inclusion(-1, 8, stored));
    assertThatIllegalArgumentException().isThrownBy(() -> Proofs.consistency(9, 8, stored));
    Sha256 leaf = Trees.leaf("entry 0");
    assertThat(Proofs.rootOf(leaf, 0, 0, List.of())).isEmpty();
    assertThat(Proofs.rootOf(leaf, -1, 8, List.of())).isEmpty();
    assertThat(Proofs.rootOf(leaf, 0, Long.MIN_VALUE, List.of())).isEmpty();
    assertThat(Proofs.isConsistent(9, leaf, 8, leaf, List.of())).isFalse();
    assertThat(Proofs.isConsistent(-1, leaf, 8, leaf, List.of())).isFalse();
    assertThat(Proofs.isConsistent(0, leaf, 0, leaf, List.of())).isFalse();
  }
}
