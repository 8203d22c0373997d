/// The OpenAI-compatible entry points, `/v1` and Ollama's `/api/chat`: requests as guards and
/// policy see them, and a model's answers on their way to the client, whole or as streams. A tool
/// call in an answer leaves only when the enforcement point has decided it; text leaves at once,
/// redacted. SPEC §8.
@NullMarked
package dev.interceptor.server.chat;

import org.jspecify.annotations.NullMarked;
