package dev.interceptor.server.guard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What a classifier's scores stand for: one label means that nothing is wrong, the others say what
/// is.
final class ClassifierLabels {
  private static final Set<String> BENIGN =
      Set.of("benign", "safe", "legit", "legitimate", "negative", "normal", "label_0");
  private static final int MOST = 64;

  private final List<String> labels;
  private final int benign;

  private ClassifierLabels(List<String> labels, int benign) {
    this.labels = labels;
    this.benign = benign;
  }

  /// @param file a model's `config.json` with `id2label`
  /// @throws IllegalArgumentException naming the file and what to write
  static ClassifierLabels read(Path file) {
    JsonNode names;
    try {
      names = new ObjectMapper().readTree(Files.readAllBytes(file)).path("id2label");
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "`" + file + "` cannot be read: write the folder of a model with its config.json", e);
    }
    List<String> labels = new ArrayList<>();
    int benign = -1;
    int benignLabels = 0;
    for (int i = 0; i < MOST && names.has(Integer.toString(i)); i++) {
      String label = names.path(Integer.toString(i)).asText().toLowerCase(Locale.ROOT);
      if (BENIGN.contains(label)) {
        benign = i;
        benignLabels++;
      }
      labels.add(label);
    }
    if (labels.size() < 2 || labels.size() != names.size() || benignLabels != 1) {
      throw new IllegalArgumentException(
          "`" + file + "` has no usable `id2label`: write two or more labels, one of them BENIGN");
    }
    return new ClassifierLabels(List.copyOf(labels), benign);
  }

  /// The likeliest label that is not benign, if the text is not benign with at least that
  /// probability.
  ///
  /// @param logits one a label
  /// @throws IllegalStateException if they cannot be scores of these labels
  Optional<String> flaw(float[] logits, double threshold) {
    if (logits.length != labels.size()) {
      throw new IllegalStateException("the classifier gives other scores than it has labels");
    }
    double largest = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      largest = Math.max(largest, logit);
    }
    double sum = 0;
    int worst = benign == 0 ? 1 : 0;
    for (int i = 0; i < logits.length; i++) {
      sum += Math.exp(logits[i] - largest);
      worst = i != benign && logits[i] > logits[worst] ? i : worst;
    }
    double flawed = 1 - Math.exp(logits[benign] - largest) / sum;
    if (Double.isNaN(flawed)) {
      throw new IllegalStateException("the classifier's scores are not numbers");
    }
    return flawed >= threshold ? Optional.of(shown(labels.get(worst))) : Optional.empty();
  }

  private static String shown(String label) {
    return label.matches("[a-z0-9_ -]{1,32}") ? label : "flagged";
  }
}
