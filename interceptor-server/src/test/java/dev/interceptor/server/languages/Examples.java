package dev.interceptor.server.languages;

import static org.assertj.core.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/// The programs under `examples/` with their packages: installed once, from the registries that npm
/// and pip are set up for, and used again until the manifest changes.
///
/// Where a language is missing its tests are skipped, and so they are where no registry can be
/// reached; with `CI=true` the latter is a failure.
final class Examples {
  static final Path FOLDER =
      Path.of(System.getProperty("repository", "..")).toAbsolutePath().resolve("examples");
  static final Path VECTORS = FOLDER.resolve("vectors").resolve("tokens.json");

  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final long MINUTES_TO_INSTALL = 4;

  private Examples() {}

  /// A program that can be run with arguments of its own.
  record Program(String name, Path folder, List<String> command) {
    ProcessBuilder with(String... arguments) {
      var whole = new ArrayList<>(command);
      whole.addAll(List.of(arguments));
      return new ProcessBuilder(whole).directory(folder.toFile());
    }
  }

  /// Node with what runs TypeScript, in the folder of the TypeScript verifier.
  static Program typescript() throws IOException, InterruptedException {
    Path folder = FOLDER.resolve("typescript-verifier");
    requireOnPath("TypeScript", "node", "npm");
    Path installed = folder.resolve("node_modules").resolve(".installed");
    install(
        "TypeScript",
        folder.resolve("package.json"),
        installed,
        List.of(
            List.of("npm", "install", "--no-audit", "--no-fund", "--prefix", folder.toString())));
    return new Program("TypeScript", folder, List.of("node", "--import", "tsx"));
  }

  /// Python of an environment of its own, in the folder of the Python verifier.
  static Program python() throws IOException, InterruptedException {
    Path folder = FOLDER.resolve("python-verifier");
    requireOnPath("Python", "python3");
    Path environment = TARGET.resolve("python-venv");
    Path python = environment.resolve("bin").resolve("python");
    Path manifest = folder.resolve("requirements.txt");
    install(
        "Python",
        manifest,
        environment.resolve(".installed"),
        List.of(
            List.of("python3", "-m", "venv", environment.toString()),
            List.of(
                python.toString(), "-m", "pip", "install", "--quiet", "-r", manifest.toString())));
    return new Program("Python", folder, List.of(python.toString()));
  }

  private static void requireOnPath(String language, String... programs) {
    for (String program : programs) {
      if (!isOnPath(program)) {
        throw skipped(language, program + " is not installed");
      }
    }
  }

  private static boolean isOnPath(String program) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    for (String folder : path.split(File.pathSeparator, -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }

  private static TestAbortedException skipped(String language, String why) {
    String line = "SKIPPED: tests of the " + language + " verifier: " + why;
    System.out.println(line);
    return new TestAbortedException(line);
  }

  private static void install(
      String language, Path manifest, Path marker, List<List<String>> commands)
      throws IOException, InterruptedException {
    Files.createDirectories(TARGET);
    Path lock = TARGET.resolve("install-" + language + ".lock");
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var _ = channel.lock()) {
      String wanted = Files.readString(manifest);
      if (Files.exists(marker) && Files.readString(marker).equals(wanted)) {
        return;
      }
      Path log = TARGET.resolve("install-" + language + ".log");
      for (List<String> command : commands) {
        if (!runs(command, log)) {
          String why = command.getFirst() + " could not install the packages, see " + log;
          if (Boolean.parseBoolean(System.getenv("CI"))) {
            fail(why);
          }
          throw skipped(language, why);
        }
      }
      Files.writeString(marker, wanted);
    }
  }

  private static boolean runs(List<String> command, Path log)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    if (!process.waitFor(MINUTES_TO_INSTALL, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      return false;
    }
    return process.exitValue() == 0;
  }
}
