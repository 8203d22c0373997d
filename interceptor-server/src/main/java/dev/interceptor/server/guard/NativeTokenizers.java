package dev.interceptor.server.guard;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Opens tokenizers. Their library reads system properties: it is not to report its use to anybody
/// or to fetch anything, and unpacks its native part into a folder that is this process's alone and
/// is deleted once it is loaded.
final class NativeTokenizers {
  private static final Object LOADING = new Object();

  private NativeTokenizers() {}

  /// @param builder that has not been built yet
  static HuggingFaceTokenizer open(HuggingFaceTokenizer.Builder builder) throws IOException {
    synchronized (LOADING) {
      System.setProperty("ai.djl.offline", "true");
      System.setProperty("OPT_OUT_TRACKING", "true");
      Path folder = Files.createTempDirectory("interceptor-tokenizers");
      System.setProperty("ENGINE_CACHE_DIR", folder.toString());
      try {
        return builder.build();
      } finally {
        delete(folder.toFile());
      }
    }
  }

  private static void delete(File file) {
    File[] inside = file.listFiles();
    for (File each : inside == null ? new File[0] : inside) {
      delete(each);
    }
    if (!file.delete()) {
      file.deleteOnExit();
    }
  }
}
