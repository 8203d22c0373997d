package dev.interceptor.server.targets;

/// Room for one request. To be held until the last byte of its answer has left.
///
/// *Guarantees*: closing gives the room back, once, also if Redis does not answer (then it is free
/// after the lease's end); the room of a killed instance is free after the lease's end. *Does not*:
/// give back the token that the request took from a rate.
public interface Permit extends AutoCloseable {
  /// Of what has no limits.
  Permit FREE = () -> {};

  @Override
  void close();
}
