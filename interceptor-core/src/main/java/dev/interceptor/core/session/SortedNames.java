package dev.interceptor.core.session;

import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A small sorted set that never changes and is shared instead of copied. In natural order.
@SuppressWarnings("JdkObsolete") // The states of sessions are made of SortedSet.
public final class SortedNames<T extends Comparable<T>> extends AbstractSet<T>
    implements SortedSet<T> {
  private final T[] elements;

  /// @param elements sorted, without duplicates, and from here on no one else's
  private SortedNames(T[] elements) {
    this.elements = elements;
  }

  /// @return `names` itself if it is already such a set
  public static <T extends Comparable<T>> SortedSet<T> copyOf(SortedSet<T> names) {
    return names instanceof SortedNames<T> same ? same : sorted(names);
  }

  /// @return `names` itself if `more` has nothing new
  public static <T extends Comparable<T>> SortedSet<T> union(
      SortedSet<T> names, SortedSet<T> more) {
    if (more.isEmpty() || names.containsAll(more)) {
      return names;
    }
    List<T> all = new ArrayList<>(names.size() + more.size());
    all.addAll(names);
    for (T name : more) {
      if (!names.contains(name)) {
        all.add(name);
      }
    }
    return sorted(all);
  }

  @SuppressWarnings("unchecked") // The array never leaves this class and holds nothing but T.
  private static <T extends Comparable<T>> SortedSet<T> sorted(Collection<T> distinct) {
    T[] elements = (T[]) distinct.toArray(new Comparable<?>[0]);
    Arrays.sort(elements);
    return new SortedNames<>(elements);
  }

  @Override
  public int size() {
    return elements.length;
  }

  @Override
  @SuppressWarnings("unchecked") // Another type has no place in the order, which compareTo reports.
  public boolean contains(@Nullable Object name) {
    return name != null && Arrays.binarySearch(elements, (T) name, null) >= 0;
  }

  @Override
  public Object[] toArray() {
    return Arrays.copyOf(elements, elements.length, Object[].class);
  }

  @Override
  public Iterator<T> iterator() {
    return Arrays.asList(elements).iterator();
  }

  @Override
  public @Nullable Comparator<? super T> comparator() {
    return null;
  }

  @Override
  public SortedSet<T> subSet(T from, T to) {
    return tree().subSet(from, to);
  }

  @Override
  public SortedSet<T> headSet(T to) {
    return tree().headSet(to);
  }

  @Override
  public SortedSet<T> tailSet(T from) {
    return tree().tailSet(from);
  }

  private SortedSet<T> tree() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(this));
  }

  @Override
  public T first() {
    return at(0);
  }

  @Override
  public T last() {
    return at(elements.length - 1);
  }

  private T at(int index) {
    if (elements.length == 0) {
      throw new NoSuchElementException("the set is empty");
    }
    return elements[index];
  }
}
