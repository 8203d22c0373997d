package dev.interceptor.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SortedNamesTest {
  private static final SortedSet<String> ABC =
      SortedNames.copyOf(new TreeSet<>(List.of("c", "a", "b")));

  static LongStream seeds() {
    return LongStream.range(0, 100);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aUnionIsThatOfATree(long seed) {
    var random = new Random(seed);
    SortedSet<String> some = names(random);
    SortedSet<String> others = names(random);
    SortedSet<String> expected = new TreeSet<>(some);
    expected.addAll(others);

    SortedSet<String> union = SortedNames.union(SortedNames.copyOf(some), others);

    assertThat(union).containsExactlyElementsOf(expected).isEqualTo(expected);
    assertThat(expected).isEqualTo(union).hasSameHashCodeAs(union);
    for (int i = 0; i < 30; i++) {
      String name = "n" + i;
      assertThat(union.contains(name)).isEqualTo(expected.contains(name));
      assertThat(union.headSet(name)).isEqualTo(expected.headSet(name));
      assertThat(union.tailSet(name)).isEqualTo(expected.tailSet(name));
    }
  }

  private static SortedSet<String> names(Random random) {
    SortedSet<String> names = new TreeSet<>();
    for (int i = random.nextInt(12); i > 0; i--) {
      names.add("n" + random.nextInt(30));
    }
    return names;
  }

  @Test
  void aUnionWithNothingNewIsTheSetItself() {
    assertThat(SortedNames.union(ABC, new TreeSet<>(List.of("b")))).isSameAs(ABC);
    assertThat(SortedNames.copyOf(ABC)).isSameAs(ABC);
  }

  @Test
  void itDoesNotChange() {
    assertThatThrownBy(() -> ABC.add("d")).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> ABC.remove("a")).isInstanceOf(UnsupportedOperationException.class);
    Object[] copy = ABC.toArray();
    copy[0] = "z";
    assertThat(ABC).containsExactly("a", "b", "c");
  }

  @Test
  void itDoesNotFollowTheSetItWasMadeOf() {
    SortedSet<String> source = new TreeSet<>(List.of("a"));
    SortedSet<String> names = SortedNames.copyOf(source);
    source.add("b");
    assertThat(names).containsExactly("a");
  }

  @Test
  void anEmptySetHasNoFirst() {
    assertThatThrownBy(() -> SessionState.NEW.tools().first())
        .isInstanceOf(NoSuchElementException.class);
    assertThat(ABC.first()).isEqualTo("a");
    assertThat(ABC.last()).isEqualTo("c");
  }
}
