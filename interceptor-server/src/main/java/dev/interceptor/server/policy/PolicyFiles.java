package dev.interceptor.server.policy;

import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.policy.PolicyProblem;
import dev.interceptor.core.policy.PolicySet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The policy files at a path, read one state after another. A file that is bad does not replace
/// what it was when it was good. Not thread-safe.
///
/// A folder's files are those named `*.yaml`, `*.yml` or `*.json` in it, hidden ones excepted;
/// links are followed.
final class PolicyFiles {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyFiles.class);
  private static final long LONGEST_BYTES = 4 << 20;
  private static final int MOST_FILES = 1000;

  private final Path path;
  private Map<String, PolicyText> good = Map.of();
  private List<String> problems = List.of();

  PolicyFiles(Path path) {
    this.path = path;
  }

  /// The files as they are at one moment, by name.
  record Look(SortedMap<String, Content> files) {}

  /// What is in a file.
  sealed interface Content {
    record Text(String text) implements Content {}

    record Unreadable(String why) implements Content {}
  }

  /// One file, for everybody.
  ///
  /// @throws InvalidPolicyException with every problem
  static PolicySnapshot read(Path file) {
    var files = new PolicyFiles(file);
    files.takeFirst();
    return files.snapshot(Map.of());
  }

  /// @throws InvalidPolicyException if any file cannot be used
  Look takeFirst() {
    Look look = look();
    take(look);
    if (!problems.isEmpty()) {
      throw new InvalidPolicyException(problems);
    }
    return look;
  }

  /// Reads all files, without judging them.
  Look look() {
    var files = new TreeMap<String, Content>();
    if (!Files.isDirectory(path)) {
      files.put(String.valueOf(path.getFileName()), content(path));
      return new Look(files);
    }
    try (Stream<Path> entries = Files.list(path)) {
      entries
          .filter(PolicyFiles::isPolicy)
          .limit(MOST_FILES)
          .forEach(file -> files.put(String.valueOf(file.getFileName()), content(file)));
    } catch (IOException | UncheckedIOException _) {
      files.clear();
    }
    return new Look(files);
  }

  private static boolean isPolicy(Path file) {
    String name = String.valueOf(file.getFileName());
    return !name.startsWith(".")
        && Stream.of(".yaml", ".yml", ".json").anyMatch(name::endsWith)
        && !Files.isDirectory(file);
  }

  private static Content content(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        return new Content.Unreadable("there is no such file");
      }
      if (Files.size(file) > LONGEST_BYTES) {
        return new Content.Unreadable("it is longer than 4 MiB");
      }
      return new Content.Text(Files.readString(file));
    } catch (CharacterCodingException _) {
      return new Content.Unreadable("it is not UTF-8 text");
    } catch (IOException _) {
      return new Content.Unreadable("it cannot be read");
    }
  }

  /// Takes over what is good. While anything is bad, nothing that was good goes away.
  void take(Look look) {
    List<String> found = new ArrayList<>();
    Map<String, PolicyText> candidate = new HashMap<>(good);
    look.files()
        .forEach((name, content) -> {
          switch (content) {
            case Content.Unreadable unreadable -> found.add(name + ": " + unreadable.why());
            case Content.Text text -> {
              switch (reading(name, text.text())) {
                case PolicyText.Reading.Good read -> {
                  if (!read.text().equals(candidate.put(name, read.text()))) {
                    read.text().warnings().forEach(warning -> LOG.warn("{}", warning));
                  }
                }
                case PolicyText.Reading.Bad bad ->
                    bad.problems().stream().map(PolicyProblem::toString).forEach(found::add);
              }
            }
          }
        });
    if (look.files().isEmpty()) {
      found.add(path.getFileName() + ": the folder holds no policy file");
    }
    if (found.isEmpty()) {
      candidate.keySet().retainAll(look.files().keySet());
    }
    List<String> shared = shared(candidate);
    found.addAll(shared);
    if (shared.isEmpty()) {
      good = Map.copyOf(candidate);
    }
    problems = List.copyOf(found);
  }

  private PolicyText.Reading reading(String name, String text) {
    PolicyText known = good.get(name);
    return known != null && known.text().equals(text)
        ? new PolicyText.Reading.Good(known)
        : PolicyText.read(text, name);
  }

  private static List<String> shared(Map<String, PolicyText> files) {
    var homes = new TreeMap<String, String>();
    List<String> shared = new ArrayList<>();
    new TreeMap<>(files)
        .forEach((file, text) ->
            text.policies()
                .forEach(policy -> {
                  String other = homes.putIfAbsent(policy.name(), file);
                  if (other != null) {
                    shared.add(
                        file + ": the policy `" + policy.name() + "` is in " + other + " already");
                  }
                }));
    return shared;
  }

  /// What was wrong with the last state that was taken; empty if all of it is in force.
  List<String> problems() {
    return problems;
  }

  /// A single policy decides for all customers that name none; of several, the one named `default`.
  PolicySnapshot snapshot(Map<CustomerId, String> named) {
    Map<String, PolicySet> policies = new HashMap<>();
    good.values()
        .forEach(text -> text.policies().forEach(policy -> policies.put(policy.name(), policy)));
    Optional<PolicySet> unnamed =
        policies.size() == 1
            ? policies.values().stream().findFirst()
            : Optional.ofNullable(policies.get(PolicySnapshot.DEFAULT));
    return new PolicySnapshot(policies, named, unnamed);
  }
}
