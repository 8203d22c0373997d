package dev.interceptor.server.guard;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.io.IOException;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A text classifier in ONNX form, such as Prompt Guard 2, run in this process.
///
/// A text is cut into windows of {@value #WINDOW} tokens that overlap by {@value #OVERLAP}; the
/// worst one counts. Windows are judged on a few threads of its own; who waits for one longer than
/// a few seconds has no verdict.
final class OnnxClassifier implements TextJudge {
  private static final int WINDOW = 512;
  private static final int OVERLAP = 64;
  private static final int LONGEST = 6_000;
  private static final Set<String> INPUTS = Set.of("input_ids", "attention_mask", "token_type_ids");

  private final HuggingFaceTokenizer tokenizer;
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final ClassifierLabels labels;
  private final InferenceThreads threads;

  private OnnxClassifier(
      HuggingFaceTokenizer tokenizer,
      OrtEnvironment environment,
      OrtSession session,
      ClassifierLabels labels) {
    this.tokenizer = tokenizer;
    this.environment = environment;
    this.session = session;
    this.labels = labels;
    this.threads = new InferenceThreads();
  }

  /// @param folder with `model.onnx`, `tokenizer.json` and `config.json`
  /// @throws IllegalArgumentException saying which file cannot be used and why
  static OnnxClassifier load(Path folder) {
    return InferenceThreads.alone(() -> loadHere(folder));
  }

  private static OnnxClassifier loadHere(Path folder) {
    ClassifierLabels labels = ClassifierLabels.read(folder.resolve("config.json"));
    HuggingFaceTokenizer tokenizer = tokenizer(folder.resolve("tokenizer.json"));
    OnnxClassifier classifier = null;
    try {
      OrtEnvironment environment = OrtEnvironment.getEnvironment("interceptor");
      environment.setTelemetry(false);
      OrtSession session = session(environment, folder.resolve("model.onnx"));
      classifier = new OnnxClassifier(tokenizer, environment, session, labels);
      classifier.flaw("a text to see whether all parts fit", Sensitivity.MEDIUM);
      return classifier;
    } catch (OrtException | InterceptorException e) {
      if (classifier == null) {
        tokenizer.close();
      } else {
        classifier.close();
      }
      throw new IllegalArgumentException(
          "`"
              + folder.resolve("model.onnx")
              + "` cannot be used: write the folder of a text classifier in ONNX form",
          e);
    }
  }

  private static HuggingFaceTokenizer tokenizer(Path file) {
    try {
      return NativeTokenizers.open(
          HuggingFaceTokenizer.builder()
              .optTokenizerPath(file)
              .optTruncation(true)
              .optMaxLength(WINDOW)
              .optStride(OVERLAP)
              .optPadding(false));
    } catch (IOException | RuntimeException | LinkageError e) {
      throw new IllegalArgumentException(
          "`" + file + "` cannot be used: write the folder of a model with its tokenizer.json", e);
    }
  }

  private static OrtSession session(OrtEnvironment environment, Path file) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      OrtSession session = environment.createSession(file.toString(), options);
      if (!INPUTS.containsAll(session.getInputNames())) {
        session.close();
        throw new OrtException("the model wants other inputs than a tokenizer gives");
      }
      return session;
    }
  }

  @Override
  public int longest() {
    return LONGEST;
  }

  @Override
  public Optional<String> flaw(String text, Sensitivity sensitivity) {
    double threshold =
        switch (sensitivity) {
          case LOW -> 0.95;
          case MEDIUM -> 0.8;
          case HIGH -> 0.5;
        };
    return threads.call(() -> {
      Encoding encoding = tokenizer.encode(text, true, true);
      Optional<String> flaw = labels.flaw(scores(encoding), threshold);
      for (Encoding window : encoding.getOverflowing()) {
        flaw = flaw.isPresent() ? flaw : labels.flaw(scores(window), threshold);
      }
      return flaw;
    });
  }

  private float[] scores(Encoding window) throws OrtException {
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try {
      for (String name : session.getInputNames()) {
        inputs.put(name, tensor(values(name, window)));
      }
      try (OrtSession.Result result = session.run(inputs)) {
        if (result.get(0).getValue() instanceof float[][] rows && rows.length == 1) {
          return rows[0];
        }
        throw new OrtException("the model's first output is not one row of scores");
      }
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor tensor(long[] values) throws OrtException {
    return OnnxTensor.createTensor(
        environment, LongBuffer.wrap(values), new long[] {1, values.length});
  }

  private static long[] values(String input, Encoding window) {
    return switch (input) {
      case "input_ids" -> window.getIds();
      case "attention_mask" -> window.getAttentionMask();
      default -> window.getTypeIds();
    };
  }

  @Override
  public void close() {
    threads.close();
    tokenizer.close();
    try {
      session.close();
    } catch (OrtException e) {
      throw InterceptorException.of(
          ErrorCode.INTERNAL, "the classifier's session could not be closed", e);
    }
  }
}
