package dev.interceptor.server.guard;

import java.nio.file.Path;
import java.util.List;

/// Judges whether a request tries to turn a model against those it works for.
///
/// *Guarantees*: every text is looked at; one that cannot be judged never counts as clear.
/// Thread-safe. *Does not*: change a text, or find every attack.
public interface PromptGuard extends AutoCloseable {
  /// @throws dev.interceptor.server.failure.InterceptorException GUARD_UNAVAILABLE if there is no
  ///   verdict, PAYLOAD_TOO_LARGE if the texts are more than the guard looks at
  PromptVerdict judge(List<? extends PromptText> texts);

  @Override
  default void close() {}

  /// Lets everything pass.
  static PromptGuard off() {
    return texts -> PromptVerdict.CLEAR;
  }

  /// The built-in detector of injected instructions, in this process.
  static PromptGuard local(Sensitivity sensitivity) {
    return new BuiltInGuard(sensitivity);
  }

  /// The built-in detector, and after it a classifier in ONNX form.
  ///
  /// @param folder with `model.onnx`, `tokenizer.json` and `config.json`
  /// @throws IllegalArgumentException saying which file cannot be used and why
  static PromptGuard local(Sensitivity sensitivity, Path folder) {
    PromptGuard builtIn = local(sensitivity);
    PromptGuard classifier = new ModelGuard(OnnxClassifier.load(folder), sensitivity);
    return new PromptGuard() {
      @Override
      public PromptVerdict judge(List<? extends PromptText> texts) {
        PromptVerdict first = builtIn.judge(texts);
        return first instanceof PromptVerdict.Clear ? classifier.judge(texts) : first;
      }

      @Override
      public void close() {
        classifier.close();
      }
    };
  }

  /// A guard model on an Ollama server.
  ///
  /// @param model its name there, such as `llama-guard3:8b`
  static PromptGuard remote(
      Sensitivity sensitivity, GuardServer server, String model, GuardFamily family) {
    return new ModelGuard(new RemoteJudge(server, model, family), sensitivity);
  }
}
