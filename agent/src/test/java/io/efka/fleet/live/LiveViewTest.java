package io.efka.fleet.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.live.Key.Kind;
import io.efka.fleet.live.LiveTable.Order;
import io.efka.fleet.terminal.Style;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LiveViewTest {
    private static final ScreenSize SMALL = new ScreenSize(60, 8);
    private Instant now = Instant.parse("2026-11-27T12:00:00Z");

    private final LiveTable table = new LiveTable(
            List.of(Column.text("NAME", 4, 20, 0), Column.number("CPU", 5, 1), Column.number("FOR", 4, 2)),
            Order.ANY,
            1_000);
    private final LiveTable other = new LiveTable(List.of(Column.text("OTHER", 4, 20, 0)), Order.ANY, 1_000);
    private final LiveView view = new LiveView(
            "top", List.of(new LiveView.Tab("services", table), new LiveView.Tab("devices", other)), () -> now, false);

    @BeforeEach
    void fill() {
        for (int i = 1; i <= 9; i++) {
            table.put(
                    "gate" + i,
                    List.of(Cell.text("gate" + i, Style.PLAIN), Cell.number(i), Cell.since(Optional.of(now))));
        }
        view.summarize(List.of(Cell.text("9 of 9 devices online", Style.BOLD), Cell.text("9 running", Style.GOOD)));
    }

    private List<String> lines() {
        return view.lines(SMALL);
    }

    private void press(String text) {
        text.codePoints().forEach(point -> view.press(Key.of(point)));
    }

    private void press(Kind kind) {
        view.press(Key.of(kind));
    }

    @Test
    void hasASummaryTheTableAndWhatCanBeDone() {
        assertThat(lines())
                .hasSize(8)
                .startsWith("9 of 9 devices online  9 running")
                .contains("gate1     1   0s");
        assertThat(lines().get(7)).startsWith("1-5 of 9  by NAME  ").endsWith("  h help  q quit");
        assertThat(view.lines(new ScreenSize(80, 8)).get(7)).endsWith("/ filter  s sort  d devices  h help  q quit");
        assertThat(view.lines(new ScreenSize(30, 8)))
                .startsWith("9 of 9 devices online")
                .endsWith("1-5 of 9  by NAME       h help");
    }

    @Test
    void fitsEveryScreen() {
        view.say("x".repeat(300));
        for (String mode : List.of("", "/(", "")) {
            press(mode);
            for (int width = 1; width <= 120; width += 7) {
                for (int height = 1; height <= 40; height += 3) {
                    int most = width;
                    assertThat(view.lines(new ScreenSize(width, height)))
                            .hasSize(height)
                            .allSatisfy(line -> assertThat(TextWidth.of(line)).isLessThanOrEqualTo(most));
                }
            }
            press(Kind.ESCAPE);
            press("h");
        }
    }

    @Test
    void filtersWhileItIsTypedAndSaysWhatIsWrong() {
        press("/gate[");
        assertThat(lines().get(7)).startsWith("/gate[_  not a regular expression: missing closing ]");
        press("23]");
        assertThat(lines()).anyMatch(line -> line.startsWith("gate2")).noneMatch(line -> line.startsWith("gate4"));
        press(Kind.ENTER);
        assertThat(lines().get(7)).contains("1-2 of 2 (all: 9)", "filter \"gate[23]\"");

        press(Kind.ESCAPE);

        assertThat(lines()).anyMatch(line -> line.startsWith("gate4"));
        press("/abc");
        press(Kind.BACKSPACE);
        press(Kind.BACKSPACE);
        press(Kind.BACKSPACE);
        press(Kind.BACKSPACE);
        assertThat(lines().get(7)).startsWith("/_");
        press("q");
        assertThat(view.isQuit()).isFalse();
    }

    @Test
    void aPauseStopsRowsAndAges() {
        List<String> before = lines();
        press("p");
        now = now.plusSeconds(30);
        table.put("gate0", List.of(Cell.text("gate0", Style.PLAIN), Cell.EMPTY, Cell.EMPTY));
        assertThat(lines().subList(0, 7)).isEqualTo(before.subList(0, 7));
        assertThat(lines().get(7)).startsWith("PAUSED");

        press(" ");

        assertThat(lines()).anyMatch(line -> line.startsWith("gate0")).anyMatch(line -> line.endsWith(" 30s"));
    }

    @Test
    void anAlertStandsInTheFirstLineUntilItIsOver() {
        assertThat(view.alert(Optional.of("no connection\u001b[2J"))).isTrue();
        assertThat(view.alert(Optional.of("no connection\u001b[2J"))).isFalse();
        assertThat(lines().get(0)).isEqualTo("no connection\\x1b[2J");

        assertThat(view.alert(Optional.empty())).isTrue();

        assertThat(lines().get(0)).startsWith("9 of 9");
    }

    @Test
    void keysScrollSortAndSwitch() {
        press(Kind.DOWN);
        press("j");
        assertThat(lines().get(2)).startsWith("gate3");
        press(Kind.HOME);
        press("s");
        assertThat(lines().get(2)).startsWith("gate9");
        press("r");
        assertThat(lines().get(2)).startsWith("gate1");
        press(Kind.END);
        assertThat(lines().get(6)).startsWith("gate9");
        press("<<");
        assertThat(lines().get(7)).contains("by FOR");
        press("d");
        assertThat(lines().get(1)).startsWith("OTHER");
        press(Kind.TAB);
        assertThat(lines().get(1)).startsWith("NAME");
    }

    @Test
    void helpIsThereUntilAnyKeyAndQQuits() {
        press("?");
        assertThat(lines().get(0)).isEqualTo("efka top");
        press("x");
        assertThat(lines().get(0)).startsWith("9 of 9");
        assertThat(view.isQuit()).isFalse();
        press("q");
        assertThat(view.isQuit()).isTrue();
    }

    @Test
    void aMessageIsThereUntilTheNextKey() {
        view.say("gate8 is offline");
        assertThat(lines().get(7)).isEqualTo("gate8 is offline");
        press(Kind.UP);
        assertThat(lines().get(7)).startsWith("1-5 of 9");
    }
}
