package dev.interceptor.benchmarks.llm;

/// In which form an answer comes.
enum Shape {
  UNARY,
  SSE
}
