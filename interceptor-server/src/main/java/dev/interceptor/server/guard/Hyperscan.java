package dev.interceptor.server.guard;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The functions of the Hyperscan library that is on the class path for this platform. Loaded once,
/// for the life of the process.
///
/// @param compile `hs_compile_multi`
/// @param allocate `hs_alloc_scratch`
/// @param scan `hs_scan`
/// @param stop a callback that ends a scan at its first match
@SuppressWarnings("restricted") // calls into native code are what this class is for
record Hyperscan(
    MethodHandle compile, MethodHandle allocate, MethodHandle scan, MemorySegment stop) {
  /// What `hs_scan` answers when the callback ended it.
  static final int TERMINATED = -3;

  private static final Logger LOG = LoggerFactory.getLogger(Hyperscan.class);
  private static final int LOADABLE_BYTES = 64 << 20;

  /// The library, absent where there is none for this platform or it does not load.
  static Optional<Hyperscan> library() {
    return Loaded.LIBRARY;
  }

  private static final class Loaded {
    static final Optional<Hyperscan> LIBRARY = load();
  }

  private static Optional<Hyperscan> load() {
    try (InputStream in = Hyperscan.class.getResourceAsStream(resource())) {
      return in == null ? Optional.empty() : Optional.of(linked(in));
    } catch (IOException | RuntimeException | LinkageError e) {
      LOG.warn("hyperscan does not load, texts are searched without it: {}", e.toString());
      return Optional.empty();
    }
  }

  private static String resource() {
    boolean arm =
        System.getProperty("os.arch", "").toLowerCase(Locale.ROOT).matches("aarch64|arm64");
    boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("mac");
    return "/com/gliwka/hyperscan/jni/%s-%s/libhs.%s"
        .formatted(mac ? "macosx" : "linux", arm ? "arm64" : "x86_64", mac ? "dylib" : "so");
  }

  private static Hyperscan linked(InputStream in) throws IOException {
    Path folder = Files.createTempDirectory("interceptor-hyperscan");
    Path file = folder.resolve("libhs");
    try {
      Files.write(file, in.readNBytes(LOADABLE_BYTES));
      return linked(SymbolLookup.libraryLookup(file, Arena.global()));
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }

  private static Hyperscan linked(SymbolLookup library) {
    Linker linker = Linker.nativeLinker();
    return new Hyperscan(
        linker.downcallHandle(
            library.findOrThrow("hs_compile_multi"),
            FunctionDescriptor.of(
                JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS,
                ADDRESS)),
        linker.downcallHandle(
            library.findOrThrow("hs_alloc_scratch"),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS)),
        linker.downcallHandle(
            library.findOrThrow("hs_scan"),
            FunctionDescriptor.of(
                JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS)),
        linker.upcallStub(
            stopper(),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS),
            Arena.global()));
  }

  private static MethodHandle stopper() {
    MethodType ofCallback =
        MethodType.methodType(
            int.class, int.class, long.class, long.class, int.class, MemorySegment.class);
    return MethodHandles.dropArguments(
        MethodHandles.constant(int.class, 1), 0, ofCallback.parameterList());
  }
}
