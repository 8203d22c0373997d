package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The mailboxes of the exchanges that share one pipe, and which of them a message is for.
final class Mailboxes {
  private static final String SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId";

  private final Map<Long, Mailbox> underWay = new ConcurrentHashMap<>();
  private final Set<Mailbox> overhearing = ConcurrentHashMap.newKeySet();

  /// @param id of the request
  void open(long id, Mailbox mailbox) {
    underWay.put(id, mailbox);
  }

  void close(long id) {
    underWay.remove(id);
  }

  /// For notices that are for no request.
  void openForAll(Mailbox mailbox) {
    overhearing.add(mailbox);
  }

  void closeForAll(Mailbox mailbox) {
    overhearing.remove(mailbox);
  }

  /// An answer to nobody comes when its caller has given up.
  void answered(ObjectNode message) {
    find(message.path("id"))
        .ifPresent(mailbox -> {
          try {
            mailbox.put(
                Responses.read(message, message.path("id").longValue(), 200, Optional.empty()));
          } catch (UpstreamFault unusable) {
            mailbox.end(unusable);
          }
        });
  }

  private Optional<Mailbox> find(JsonNode id) {
    return id.isIntegralNumber() && id.canConvertToLong()
        ? Optional.ofNullable(underWay.get(id.longValue()))
        : Optional.empty();
  }

  /// @param length of the message in bytes
  void noticed(ObjectNode message, int length) {
    JsonNode given = message.path("params");
    ObjectNode params = given instanceof ObjectNode object ? object : Messages.object();
    Notice notice = new Notice(message.path("method").asText(""), params);
    find(params.path("progressToken"))
        .or(() -> find(params.path("_meta").path(SUBSCRIPTION)))
        .ifPresentOrElse(
            mailbox -> mailbox.put(notice, length), () -> noticedWithoutAddress(notice, length));
  }

  /// A log message has no request's id: with one call under way it is that call's, with several it
  /// could be anybody's.
  private void noticedWithoutAddress(Notice notice, int length) {
    overhearing.forEach(mailbox -> mailbox.put(notice, length));
    List<Mailbox> calls = underWay.values().stream().filter(Mailbox::awaitsAnswer).toList();
    boolean reaches =
        switch (notice.method()) {
          case Notice.TOOLS_CHANGED -> true;
          case Notice.LOG -> calls.size() == 1;
          default -> false;
        };
    if (reaches) {
      calls.forEach(mailbox -> mailbox.put(notice, length));
    }
  }

  /// Nothing will come any more.
  void end(UpstreamFault why) {
    underWay.values().forEach(mailbox -> mailbox.end(why));
    overhearing.forEach(mailbox -> mailbox.end(why));
  }
}
