package dev.interceptor.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RoomTest {
  private static final ApiKeyId GREEDY = new ApiKeyId("greedy00");
  private static final ApiKeyId OTHER = new ApiKeyId("other000");

  private static void assertFull(Runnable enter) {
    assertThatThrownBy(enter::run)
        .isInstanceOfSatisfying(
            InterceptorException.class,
            full -> assertThat(full.code()).isEqualTo(ErrorCode.CONCURRENCY_LIMITED));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 3", "4, 3", "8, 6", "512, 384"})
  void oneKeyHasThreeQuartersOfThePlaces(int places, int share) {
    Room room = new Room(places);
    List<Room.Place> held = new ArrayList<>();
    for (int i = 0; i < share; i++) {
      held.add(room.enter());
      held.add(room.of(GREEDY));
    }
    assertFull(() -> room.of(GREEDY));
    for (int i = share; i < places; i++) {
      held.add(room.enter());
      held.add(room.of(OTHER));
    }
    assertFull(room::enter);
    held.forEach(Room.Place::close);
    room.enter().close();
    room.of(GREEDY).close();
  }

  @Test
  void whatIsRefusedTakesNothing() {
    Room room = new Room(1);
    try (Room.Place _ = room.enter();
        Room.Place _ = room.of(GREEDY)) {
      assertFull(room::enter);
      assertFull(() -> room.of(GREEDY));
    }
    try (Room.Place _ = room.enter();
        Room.Place _ = room.of(GREEDY)) {
      assertFull(room::enter);
    }
  }
}
