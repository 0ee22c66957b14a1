package io.efka.agent.events;

import static io.efka.agent.events.JournalKit.CAMERA;
import static io.efka.agent.events.JournalKit.kinds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.agent.events.EventQueries.Page;
import io.efka.agent.events.JournalKit.Asked;
import io.efka.agent.search.SearchBudget;
import io.efka.agent.supervision.FakeTimers;
import io.efka.agent.supervision.Logs;
import io.efka.agent.telemetry.Samples;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalReaderTest {
    private JournalKit kit;

    @BeforeEach
    void open(@TempDir Path data) {
        kit = new JournalKit(data.resolve("events"));
    }

    private List<String> written(int count) {
        var kinds = new ArrayList<String>();
        for (int i = 0; i < count; i++) kinds.add("e" + i);
        kit.write(kinds.toArray(String[]::new));
        return kinds;
    }

    @Test
    void withoutArgumentsTheLastHundredAreFoundTheOldestFirst() throws IOException {
        List<String> all = written(250);
        Page page = kit.read(new Asked());
        assertThat(kinds(page)).isEqualTo(all.subList(150, 250));
        assertThat(page.truncated()).isFalse();
        assertThat(kinds(kit.last(3))).containsExactly("e247", "e248", "e249");
    }

    @Test
    void anEmptyJournalIsAnAnswer() throws IOException {
        Page page = kit.all();
        assertThat(page.events()).isEmpty();
        assertThat(page.oldest()).isEmpty();
        assertThat(page.truncated()).isFalse();
        assertThat(kit.last(5).events()).isEmpty();
    }

    @Test
    void forwardsPagesJoinWithoutAGapOrADoubleWhileEventsAreWritten() throws IOException {
        List<String> all = written(200);
        var read = new ArrayList<String>();
        Page page = kit.read(new Asked().from(0).maxBytes(1024));
        read.addAll(kinds(page));
        while (page.truncated()) {
            if (read.size() % 50 < 10) {
                kit.restart();
                all.add("more" + read.size());
                kit.write("more" + read.size());
            }
            page = kit.read(new Asked().from(page.next()).maxBytes(1024));
            read.addAll(kinds(page));
        }
        assertThat(read).isEqualTo(all);
        assertThat(kit.read(new Asked().from(page.next())).events()).isEmpty();
        kit.write("new");
        assertThat(kinds(kit.read(new Asked().from(page.next())))).containsExactly("new");
    }

    @Test
    void backwardsPagesJoinAsWell() throws IOException {
        List<String> all = written(250);
        var read = new ArrayList<String>();
        Page page = kit.read(new Asked().maxBytes(2000));
        while (!page.events().isEmpty()) {
            List<String> kinds = new ArrayList<>(kinds(page));
            Collections.reverse(kinds);
            read.addAll(kinds);
            page = kit.read(new Asked().to(page.offset()).maxBytes(2000));
        }
        Collections.reverse(read);
        assertThat(read).isEqualTo(all);
    }

    @Test
    void aTimeIsThatOfTheEvent() throws IOException {
        Instant begin = FakeTimers.START;
        kit.write("noon");
        kit.timers.advance(Duration.ofHours(1));
        kit.write("one");
        kit.timers.setClock(Duration.ofHours(-2));
        kit.write("before");
        kit.timers.setClock(Duration.ofHours(2));
        kit.timers.advance(Duration.ofHours(1));
        kit.write("two");

        assertThat(kinds(kit.read(new Asked().since(begin.plusSeconds(60))))).containsExactly("one", "two");
        assertThat(kinds(kit.read(new Asked().until(begin.plusSeconds(60))))).containsExactly("noon", "before");
        assertThat(kinds(kit.read(new Asked()
                        .since(begin.plusSeconds(60))
                        .until(begin.plus(Duration.ofHours(2)).minusSeconds(1)))))
                .containsExactly("one");
        assertThat(kinds(kit.read(new Asked().lines(1).since(begin.minusSeconds(1)))))
                .containsExactly("two");
    }

    @Test
    void aServiceAndAnExpressionSelect() throws IOException {
        kit.events.service(CAMERA, "state", Map.of("to", "running"));
        kit.events.service(Samples.MODEM, "state", Map.of("to", "running"));
        kit.events.service(CAMERA, "state", Map.of("to", "failed", "message", "lens \"gone\""));
        kit.events.device("stopping", Map.of());
        kit.journal.write();

        assertThat(kit.read(new Asked().service(CAMERA)).events()).hasSize(2);
        assertThat(kinds(kit.read(new Asked().match("stop+ing")))).containsExactly("stopping");
        assertThat(kit.read(new Asked().match("\"to\":\"(failed|backoff)\"")).events())
                .singleElement()
                .asString()
                .contains("lens");
        assertThat(kit.read(new Asked().service(CAMERA).match("modem")).events())
                .isEmpty();
        assertThat(kit.read(new Asked().match("^\\{\"v\":1.*\\}$")).events()).hasSize(4);
        assertThatThrownBy(() -> kit.read(new Asked().match("a(?=b)")))
                .isInstanceOf(Logs.BadMatch.class)
                .hasMessageContaining("no lookahead");
    }

    @Test
    void anEventThatIsTooLargeForTheAnswerIsThereWithoutItsDetails() throws IOException {
        kit.write("one");
        kit.events.service(CAMERA, "reported", Map.of("report", "x".repeat(5000)));
        kit.write("two");
        Page first = kit.read(new Asked().from(0).maxBytes(1024));
        assertThat(kinds(first)).containsExactly("one");
        Page second = kit.read(new Asked().from(first.next()).maxBytes(1024));
        assertThat(second.events().get(0).toString()).contains("reported", "\"shortened\":true");
        assertThat(kinds(second)).containsExactly("reported", "two");
        assertThat(second.truncated()).isFalse();
    }

    @Test
    void aSearchThatTakesTooLongGoesOnWhereItEnded() throws IOException {
        List<String> all = written(100);
        var read = new ArrayList<String>();
        long from = 0;
        int pages = 0;
        for (boolean more = true; more; pages++) {
            var ticks = new AtomicLong();
            var budget = SearchBudget.since(0, () -> ticks.addAndGet(TimeUnit.MILLISECONDS.toNanos(10)));
            Page page = kit.read(new Asked().from(from).match("e\\d"), budget);
            read.addAll(kinds(page));
            more = page.truncated();
            from = page.next();
        }
        assertThat(read).isEqualTo(all);
        assertThat(pages).isBetween(3, 100);
    }
}
