package dev.interceptor.core.policy;

import dev.interceptor.core.tool.ToolClass;
import dev.interceptor.core.tool.ToolRef;
import java.util.List;
import java.util.SortedSet;

/// Which calls a rule or a step is about.
sealed interface Selector {
  boolean matches(ToolRef tool, SortedSet<ToolClass> classes);

  record ByTool(NamePattern name) implements Selector {
    @Override
    public boolean matches(ToolRef tool, SortedSet<ToolClass> classes) {
      return name.matches(tool);
    }
  }

  record AnyOf(List<Selector> parts) implements Selector {
    @Override
    public boolean matches(ToolRef tool, SortedSet<ToolClass> classes) {
      return parts.stream().anyMatch(part -> part.matches(tool, classes));
    }
  }

  record ByClass(ToolClass toolClass) implements Selector {
    @Override
    public boolean matches(ToolRef tool, SortedSet<ToolClass> classes) {
      return classes.contains(toolClass);
    }
  }
}
