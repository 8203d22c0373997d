package dev.interceptor.server.chat;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The member names and types of the request formats.
final class Vocabulary {
  private static final int LONGEST_WORD = 128;
  private static final int LONGEST_PLAIN_NAME = 40;

  /// Members that hold an id, a type, or a tool's name.
  private static final Set<String> IDS =
      Set.of(
          "type",
          "role",
          "id",
          "call_id",
          "tool_call_id",
          "item_id",
          "file_id",
          "container",
          "container_id",
          "vector_store_ids",
          "conversation",
          "previous_response_id",
          "approval_request_id",
          "name",
          "tool_name",
          "allowed_tools",
          "namespace",
          "server_label",
          "connector_id");

  /// Members that hold one of a few words.
  private static final Set<String> SETTINGS =
      Set.of(
          "status",
          "detail",
          "format",
          "phase",
          "voice",
          "tool_choice",
          "function_call",
          "mode",
          "effort",
          "verbosity",
          "reasoning_effort",
          "service_tier",
          "truncation",
          "encoding_format",
          "modalities",
          "include",
          "keep_alive",
          "prompt_cache_retention",
          "version",
          "syntax",
          "search_context_size");

  /// Members with words where a JSON schema is read.
  private static final Set<String> SCHEMA_WORDS =
      Set.of("type", "format", "required", "$ref", "$schema");

  /// Members that decide how a request is read, whose names no provider may read otherwise.
  private static final Set<String> READ =
      Set.of(
          "model",
          "messages",
          "stream",
          "input",
          "prompt",
          "suffix",
          "instructions",
          "prediction",
          "tools",
          "functions",
          "tool_choice",
          "function_call",
          "tool_calls",
          "function",
          "custom",
          "web_search_options",
          "previous_response_id",
          "conversation",
          "background",
          "role",
          "content",
          "text",
          "type",
          "name",
          "arguments",
          "tool_call_id",
          "tool_name",
          "call_id",
          "output",
          "refusal",
          "thinking",
          "images",
          "image_url",
          "input_audio",
          "file",
          "file_id",
          "file_data",
          "file_url",
          "encrypted_content",
          "id",
          "allowed_tools",
          "server_url",
          "connector_id");

  /// Members of a body with which several providers and gateways choose another model or provider
  /// than the configured one, change the prompt after the guards have seen it, or turn on tools of
  /// theirs, whatever the policy says.
  private static final Set<String> OVERRIDES =
      Set.of(
          "models",
          "route",
          "provider",
          "transforms",
          "plugins",
          "compound_custom",
          "extra_body",
          "chat_template",
          "chat_template_kwargs");

  private static final Set<String> OVERRIDES_FOLDED =
      OVERRIDES.stream().map(Vocabulary::folded).collect(Collectors.toUnmodifiableSet());

  private static final Map<String, String> READ_FOLDED = new HashMap<>();

  static {
    READ.forEach(name -> READ_FOLDED.put(name.replace("_", ""), name));
  }

  private static final Set<String> KNOWN_TYPES =
      Set.of(
          "",
          "text",
          "refusal",
          "image_url",
          "input_audio",
          "file",
          "input_text",
          "output_text",
          "input_image",
          "input_file",
          "reasoning_text",
          "summary_text",
          "computer_screenshot",
          "logs",
          "image",
          "message",
          "function_call",
          "function_call_output",
          "custom_tool_call",
          "custom_tool_call_output",
          "mcp_call",
          "mcp_list_tools",
          "mcp_approval_request",
          "mcp_approval_response",
          "reasoning",
          "compaction",
          "item_reference",
          "computer_call",
          "computer_call_output",
          "shell_call",
          "shell_call_output",
          "local_shell_call",
          "local_shell_call_output",
          "apply_patch_call",
          "apply_patch_call_output",
          "web_search_call",
          "file_search_call",
          "code_interpreter_call",
          "image_generation_call",
          "tool_search_call",
          "tool_search_output",
          "additional_tools");

  private Vocabulary() {}

  /// Whether what a member holds is a word of the protocol and no text: an id that is one word, or
  /// a setting too plain to be a credential.
  static boolean isProtocolWord(String member, String text) {
    return IDS.contains(member)
        ? isWord(text)
        : SETTINGS.contains(member) && isPlainName(text.replace(".", ""));
  }

  static boolean isSchemaWord(String name) {
    return SCHEMA_WORDS.contains(name);
  }

  /// Whether content of the type is understood.
  static boolean isKnownType(String type) {
    return KNOWN_TYPES.contains(type);
  }

  /// The name that a careless reader, one that takes `Messages` or `tool_Calls` for a name it
  /// knows, would take this one for; empty if there is none, or for the very name.
  static Optional<String> mistakenFor(String name) {
    if (READ.contains(name) || name.length() > LONGEST_PLAIN_NAME) {
      return Optional.empty();
    }
    return Optional.ofNullable(READ_FOLDED.get(folded(name)));
  }

  /// Whether a careless reader of the body's members, or any, would take this one for a member that
  /// overrides what is configured here.
  static boolean isOverride(String name) {
    return name.length() <= LONGEST_PLAIN_NAME && OVERRIDES_FOLDED.contains(folded(name));
  }

  private static String folded(String name) {
    return name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
  }

  /// Whether a text is one word, as ids and names are: 1 to 128 of `A-Z a-z 0-9 _ - . : /`.
  static boolean isWord(String text) {
    if (text.isEmpty() || text.length() > LONGEST_WORD) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isLetterOrDigit(c) && "_-.:/".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  /// Whether a member's name is too plain to be looked at: at most 40 letters, digits and `_ - $`,
  /// no more than two of them digits and four of them capitals.
  static boolean isPlainName(String name) {
    int digits = 0;
    int capitals = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!isLetterOrDigit(c) && "_-$".indexOf(c) < 0) {
        return false;
      }
      digits += c >= '0' && c <= '9' ? 1 : 0;
      capitals += c >= 'A' && c <= 'Z' ? 1 : 0;
    }
    return name.length() <= LONGEST_PLAIN_NAME && digits <= 2 && capitals <= 4;
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
