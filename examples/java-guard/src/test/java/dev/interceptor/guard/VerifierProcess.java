package dev.interceptor.guard;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/// A running [VerifierMain].
final class VerifierProcess implements AutoCloseable {
  private final Process process;
  private final BufferedWriter in;
  private final BufferedReader out;

  /// @param keys the key set as JSON
  /// @param arguments of the program
  VerifierProcess(String keys, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(VerifierMain.class.getName());
    command.addAll(List.of(arguments));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    in =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    in.write(keys);
    in.newLine();
  }

  /// Lets it present the tokens and waits until all its threads have.
  ///
  /// @param accepted is told the index of every token as it is accepted
  void present(List<String> tokens, IntConsumer accepted) throws IOException {
    for (String token : tokens) {
      in.write(token);
      in.newLine();
    }
    in.newLine();
    in.flush();
    String line = out.readLine();
    while (line != null && line.startsWith("accepted ")) {
      accepted.accept(Integer.parseInt(line.substring("accepted ".length())));
      line = out.readLine();
    }
    if (!"done".equals(line)) {
      throw new IOException("the verifier ended: " + line);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
