package dev.interceptor.benchmarks.peer;

import java.util.List;

/// A policy that allows every tool with an even place and denies the others.
public interface ToolTable {
  boolean permits(String tool, String action);

  static boolean isAllowed(String tool, List<String> tools) {
    int place = tools.indexOf(tool);
    return place >= 0 && place % 2 == 0;
  }
}
