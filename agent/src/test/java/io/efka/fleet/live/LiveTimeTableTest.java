package io.efka.fleet.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.live.LiveTable.Order;
import io.efka.fleet.terminal.Style;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** A table in the order of time, as that of events. */
class LiveTimeTableTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final List<Column> COLUMNS =
            List.of(Column.text("NAME", 4, 20, 0), Column.number("CPU", 5, 1), Column.text("WHY", 5, 30, 2));

    private final LiveTable log = new LiveTable(COLUMNS, Order.TIME, 20);
    private int count;

    private void happens(int times) {
        for (int i = 0; i < times; i++) {
            String key = String.format(Locale.ROOT, "%08d", ++count);
            log.put(key, List.of(Cell.number(count, "e" + count, Style.PLAIN), Cell.EMPTY, Cell.EMPTY));
        }
    }

    private List<String> seen(int height) {
        return log.lines(40, height, NOW, false).stream()
                .skip(1)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    @Test
    void theNewestIsInView() {
        happens(30);
        assertThat(seen(4)).containsExactly("e28", "e29", "e30");
        happens(1);
        assertThat(seen(4)).containsExactly("e29", "e30", "e31");
    }

    @Test
    void whoReadsEarlierOnesGoesOnReadingThemWhileTheyAreKept() {
        happens(20);
        seen(4);
        log.scroll(-5);
        assertThat(seen(4)).containsExactly("e13", "e14", "e15");

        happens(10);
        assertThat(seen(4)).containsExactly("e13", "e14", "e15");
        happens(10);
        assertThat(seen(4)).containsExactly("e21", "e22", "e23");

        log.scrollToEnd();
        assertThat(seen(4)).containsExactly("e38", "e39", "e40");
        assertThat(log.size()).isEqualTo(20);
    }

    @Test
    void whoScrollsToTheEndFollowsAgain() {
        happens(20);
        seen(4);
        log.scroll(-2);
        log.scroll(2);
        happens(1);

        assertThat(seen(4)).last().isEqualTo("e21");
    }
}
