package dev.interceptor.benchmarks.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What a process has used so far, as Linux's /proc tells it.
///
/// @param cpuSeconds user and system time, in steps of 10 ms
/// @param residentMegabytes resident memory now
public record ProcessUsage(double cpuSeconds, double residentMegabytes) {
  /// USER_HZ: 100 on every Linux that a JDK 25 runs on.
  private static final double TICKS_PER_SECOND = 100;

  private static final int UTIME = 11;
  private static final int STIME = 12;

  public static ProcessUsage of(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    // The name of the program may contain spaces; it ends with the last parenthesis.
    List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
    double ticks = Long.parseLong(fields.get(UTIME)) + Long.parseLong(fields.get(STIME));
    return new ProcessUsage(ticks / TICKS_PER_SECOND, resident(pid));
  }

  /// Daemons leave their parent but keep its environment.
  private static boolean isOurs(ProcessHandle process) {
    String mark = ChildProcess.FAMILY + "=" + ProcessHandle.current().pid();
    try {
      Path environment = Path.of("/proc", Long.toString(process.pid()), "environ");
      String variables = Files.readString(environment, StandardCharsets.ISO_8859_1);
      return List.of(variables.split("\0", -1)).contains(mark);
    } catch (IOException e) {
      return false;
    }
  }

  private static double resident(long pid) throws IOException {
    try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      return lines
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
              .sum()
          / 1024.0;
    }
  }

  /// CPU time of all other processes that this run's processes started and that still run:
  /// PostgreSQL's and Redis's.
  public static double cpuSecondsOfStores(Set<Long> others) throws IOException {
    Set<ProcessHandle> stores = new HashSet<>();
    ProcessHandle.allProcesses()
        .filter(ProcessUsage::isOurs)
        .forEach(ours -> {
          stores.add(ours);
          ours.descendants().forEach(stores::add);
        });
    double sum = 0;
    for (ProcessHandle store : stores) {
      try {
        sum += others.contains(store.pid()) ? 0 : of(store.pid()).cpuSeconds();
      } catch (NoSuchFileException e) {
        // It ended between the list and the look.
      }
    }
    return sum;
  }
}
