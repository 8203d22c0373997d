package dev.interceptor.server.pinning;

import static dev.interceptor.server.pinning.ListingServer.definition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.pinning.PinStore.Approved;
import dev.interceptor.server.upstream.Pinning;
import dev.interceptor.server.upstream.ToolDefinition;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every store of pins keeps to.
abstract class PinStoreContract {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final AtomicInteger UPSTREAMS = new AtomicInteger();
  private static final ToolDefinition ONE = definition("{\"name\":\"a\",\"description\":\"one\"}");
  private static final ToolDefinition TWO = definition("{\"name\":\"a\",\"description\":\"two\"}");
  private static final ToolDefinition THREE =
      definition("{\"name\":\"a\",\"description\":\"three\"}");

  private Instant now = START;
  private PinStore store;
  private UpstreamName upstream;
  private ToolRef a;

  abstract PinStore open(InstantSource clock);

  @BeforeEach
  void anUpstreamThatNoOtherTestUses() {
    now = START;
    store = open(() -> now);
    upstream = new UpstreamName("u" + UPSTREAMS.incrementAndGet());
    a = new ToolRef(upstream, new ToolName("a"));
  }

  private void see(ToolDefinition... listing) {
    store.see(upstream, Pinning.FIRST_SIGHT, List.of(listing));
  }

  private ToolPin pin() {
    return store.find(a).orElseThrow().pin();
  }

  private Sha256 pinned() {
    return pin().pinned().orElseThrow().digest();
  }

  @Test
  void theFirstDefinitionIsPinned() {
    see(ONE);
    assertThat(pin().state(Pinning.FIRST_SIGHT)).isEqualTo(ToolPin.State.PINNED);
    assertThat(pin().pinned()).contains(new ToolPin.Pinned(ONE.digest(), START, Optional.empty()));
    assertThat(store.find(a).orElseThrow().pinned()).contains(ONE.canonical());
    assertThat(store.all()).contains(pin());
  }

  @Test
  void anotherDefinitionIsNotedAndChangesNoPin() {
    see(ONE);
    now = START.plusSeconds(30);
    see(TWO);
    assertThat(pinned()).isEqualTo(ONE.digest());
    assertThat(pin().state(Pinning.FIRST_SIGHT)).isEqualTo(ToolPin.State.CHANGED);
    assertThat(pin().seen()).contains(new ToolPin.Seen(TWO.digest(), now, now));
    assertThat(store.find(a).orElseThrow().seen()).contains(TWO.canonical());
    Instant first = now;
    now = START.plusSeconds(300);
    see(TWO);
    assertThat(pin().seen()).contains(new ToolPin.Seen(TWO.digest(), first, now));
    assertThat(pin().listed()).isEqualTo(new ToolPin.Listed(Optional.of(TWO.digest()), first));
    see(THREE);
    assertThat(pin().seen()).contains(new ToolPin.Seen(THREE.digest(), now, now));
  }

  @Test
  void aServerThatGoesBackIsTrustedAgainAndWhatItSaidStaysNoted() {
    see(ONE);
    see(TWO);
    see(ONE);
    assertThat(pin().state(Pinning.FIRST_SIGHT)).isEqualTo(ToolPin.State.PINNED);
    assertThat(pin().seen().orElseThrow().digest()).isEqualTo(TWO.digest());
  }

  @Test
  void aToolThatIsNoLongerListedIsGoneAndStaysPinned() {
    see(ONE);
    now = START.plusSeconds(60);
    see();
    assertThat(pin().state(Pinning.FIRST_SIGHT)).isEqualTo(ToolPin.State.GONE);
    assertThat(pin().listed()).isEqualTo(new ToolPin.Listed(Optional.empty(), now));
    assertThat(pinned()).isEqualTo(ONE.digest());
    see(TWO);
    assertThat(pin().state(Pinning.FIRST_SIGHT)).isEqualTo(ToolPin.State.CHANGED);
  }

  @Test
  void anApprovalIsOfTheDefinitionThatWasReviewedAndOfNoOther() {
    see(ONE);
    see(TWO);
    see(THREE);
    assertThat(store.approve(a, TWO.digest(), "key abcd1234"))
        .isEqualTo(new Approved.OtherDefinition(pin()));
    assertThat(pinned()).isEqualTo(ONE.digest());
    now = START.plusSeconds(5);
    assertThat(store.approve(a, THREE.digest(), "key abcd1234"))
        .isEqualTo(new Approved.Done(pin()));
    assertThat(pin().pinned())
        .contains(new ToolPin.Pinned(THREE.digest(), now, Optional.of("key abcd1234")));
    assertThat(store.find(a).orElseThrow().pinned()).contains(THREE.canonical());
    assertThat(pin().seen()).isEmpty();
    assertThat(pin().state(Pinning.OPERATOR)).isEqualTo(ToolPin.State.PINNED);
    assertThat(store.approve(a, THREE.digest(), "key other567"))
        .isEqualTo(new Approved.Already(pin()));
    assertThat(store.approve(new ToolRef(upstream, new ToolName("b")), ONE.digest(), "me"))
        .isEqualTo(new Approved.Unknown());
  }

  @Test
  void everyDefinitionThatWasTrustedStaysOnRecord() {
    see(ONE);
    see(TWO);
    now = START.plusSeconds(1);
    store.approve(a, TWO.digest(), "Ada");
    see(ONE);
    now = START.plusSeconds(2);
    store.approve(a, ONE.digest(), "Bob");
    assertThat(store.history(a))
        .containsExactly(
            new ToolPin.Pinned(ONE.digest(), START.plusSeconds(2), Optional.of("Bob")),
            new ToolPin.Pinned(TWO.digest(), START.plusSeconds(1), Optional.of("Ada")),
            new ToolPin.Pinned(ONE.digest(), START, Optional.empty()));
  }

  @Test
  void withAnOperatorNothingIsTrustedAtFirstSight() {
    store.see(upstream, Pinning.OPERATOR, List.of(ONE));
    assertThat(pin().pinned()).isEmpty();
    assertThat(pin().state(Pinning.OPERATOR)).isEqualTo(ToolPin.State.AWAITING);
    assertThat(store.history(a)).isEmpty();
    store.approve(a, ONE.digest(), "Ada");
    assertThat(pin().state(Pinning.OPERATOR)).isEqualTo(ToolPin.State.PINNED);
    assertThat(store.find(a).orElseThrow().pinned()).contains(ONE.canonical());
  }

  @Test
  void whatWasPinnedAtFirstSightIsNotAnOperatorsWord() {
    see(ONE);
    assertThat(pin().state(Pinning.OPERATOR)).isEqualTo(ToolPin.State.AWAITING);
    assertThat(store.approve(a, ONE.digest(), "Ada")).isEqualTo(new Approved.Done(pin()));
    assertThat(pin().state(Pinning.OPERATOR)).isEqualTo(ToolPin.State.PINNED);
    assertThat(store.history(a)).hasSize(2);
  }

  @Test
  void theOneWhoApprovesHasAName() {
    see(ONE);
    assertThatThrownBy(() -> store.approve(a, ONE.digest(), "a\nb"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.approve(a, ONE.digest(), ""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aLongListingIsTakenWhole() {
    List<ToolDefinition> listing = new ArrayList<>();
    for (int i = 0; i < 1_200; i++) {
      listing.add(
          definition(
              "{\"name\":\"t%04d\",\"description\":\"%s\"}".formatted(i, "x".repeat(i * 3))));
    }
    store.see(upstream, Pinning.FIRST_SIGHT, listing);
    assertThat(store.all().stream().filter(pin -> pin.tool().upstream().equals(upstream)))
        .hasSize(1_200)
        .allMatch(pin -> pin.state(Pinning.FIRST_SIGHT) == ToolPin.State.PINNED);
    store.see(upstream, Pinning.FIRST_SIGHT, List.of());
    assertThat(store.all().stream().filter(pin -> pin.tool().upstream().equals(upstream)))
        .allMatch(pin -> pin.state(Pinning.FIRST_SIGHT) == ToolPin.State.GONE);
  }
}
