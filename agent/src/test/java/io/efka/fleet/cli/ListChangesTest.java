package io.efka.fleet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.view.FleetView;
import io.efka.fleet.view.Target;
import io.efka.mqtt.Message;
import io.efka.protocol.FleetTopics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ListChangesTest {
    private final FleetView view = new FleetView(new FleetTopics("efka"));
    private Predicate<ListRow> asked = row -> true;
    private Optional<ListChanges> changes = Optional.empty();

    @BeforeEach
    void start() {
        take("status", "{\"online\":true}");
        take("svc/cam/status", "{\"state\":\"running\"}");
        take("svc/door/status", "{\"state\":\"stopped\"}");
        changes = Optional.of(new ListChanges(rows(), row -> row.look(false)));
    }

    private void take(String topic, String text) {
        view.take(new Message(
                "efka/dev1/" + topic, text.getBytes(StandardCharsets.UTF_8), 1, true, Message.Properties.NONE));
    }

    private List<ListRow> rows() {
        var rows = new ArrayList<ListRow>();
        view.devices().forEach(device -> rows.add(ListRow.of(device)));
        view.services(List.of(Target.ALL)).forEach(service -> rows.add(ListRow.of(service)));
        return rows.stream().filter(asked).toList();
    }

    private List<String> changes() {
        return changes.orElseThrow().update(rows(), view).stream()
                .map(change -> change.row().name() + " " + change.kind())
                .toList();
    }

    @Test
    void thereIsOneForWhatIsNewOrDifferent() {
        take("svc/cam/status", "{\"state\":\"backoff\"}");
        take("svc/lamp/status", "{\"state\":\"running\"}");

        assertThat(changes()).containsExactly("dev1/cam CHANGED", "dev1/lamp CHANGED");
        assertThat(changes()).isEmpty();
    }

    @Test
    void thereIsNoneForWhatIsSaidAgain() {
        take("svc/cam/status", "{\"state\":\"running\"}");

        assertThat(changes()).isEmpty();
    }

    @Test
    void thereIsNoneForWhatNobodySees() {
        take("status", "{\"online\":true,\"services\":{\"running\":1}}");

        assertThat(changes()).isEmpty();
        take("status", "{\"online\":false,\"reason\":\"lost\"}");
        assertThat(changes()).containsExactly("dev1 CHANGED");
    }

    @Test
    void whatWasRemovedIsGoneOnce() {
        take("svc/cam/status", "");

        assertThat(changes()).containsExactly("dev1/cam GONE");
        assertThat(changes()).isEmpty();
        take("svc/cam/status", "{\"state\":\"running\"}");
        assertThat(changes()).containsExactly("dev1/cam CHANGED");
    }

    @Test
    void aDeviceThatIsForgottenIsGoneInWhateverOrderItIsCleared() {
        take("status", "");
        assertThat(changes()).containsExactly("dev1 GONE");
        take("svc/cam/status", "");
        assertThat(changes()).containsExactly("dev1/cam GONE");
        take("svc/door/status", "");
        assertThat(changes()).containsExactly("dev1/door GONE");
    }

    @Test
    void whatIsThereButNotAskedForAnyMoreHasLeft() {
        asked = row -> row.status().text("state").filter("stopped"::equals).isPresent();
        changes = Optional.of(new ListChanges(rows(), row -> row.look(false)));
        take("svc/door/status", "{\"state\":\"running\"}");

        List<ListChanges.Change> left = changes.orElseThrow().update(rows(), view);

        assertThat(left).extracting(ListChanges.Change::kind).containsExactly(ListChanges.Kind.LEFT);
        assertThat(left.get(0).row().left().text()).isEqualTo("- running");
    }
}
