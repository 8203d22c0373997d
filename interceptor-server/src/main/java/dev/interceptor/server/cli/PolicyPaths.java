package dev.interceptor.server.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/// The files that a policy command was given. What cannot be read is a mistake of the command line.
record PolicyPaths(CommandLine line) {
  /// Folders of what is no decision suite: policies that are broken on purpose, results, and cases
  /// that one text has in two meanings.
  private static final Set<Path> OTHERS =
      Set.of(Path.of("invalid"), Path.of("results"), Path.of("lineage"));

  /// YAML and JSON files as they were given, and those in the given folders.
  ///
  /// @param depth how far folders are looked into
  List<Path> files(List<Path> given, int depth) {
    List<Path> all = new ArrayList<>();
    for (Path path : given) {
      if (Files.isDirectory(path)) {
        all.addAll(in(path, depth));
      } else if (Files.isRegularFile(path)) {
        all.add(path);
      } else {
        throw new ParameterException(line, "there is no file or folder " + path);
      }
    }
    return all;
  }

  private List<Path> in(Path folder, int depth) {
    try (Stream<Path> files = Files.walk(folder, depth)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> file.toString().matches(".*\\.(yaml|yml|json)"))
          .filter(file -> !OTHERS.contains(folder.relativize(file).getName(0)))
          .sorted()
          .toList();
    } catch (IOException _) {
      throw new ParameterException(line, "the folder " + folder + " cannot be read");
    }
  }

  String text(Path file) {
    return tryText(file)
        .orElseThrow(() -> new ParameterException(line, file + " cannot be read as UTF-8 text"));
  }

  Optional<String> tryText(Path file) {
    try {
      return Optional.of(Files.readString(file, StandardCharsets.UTF_8));
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
