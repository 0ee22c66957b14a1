package io.efka.fleet.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.fleet.live.LiveTable.Order;
import io.efka.fleet.terminal.Style;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LiveTableTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final List<Column> COLUMNS =
            List.of(Column.text("NAME", 4, 20, 0), Column.number("CPU", 5, 1), Column.text("WHY", 5, 30, 2));

    private final LiveTable table = new LiveTable(COLUMNS, Order.ANY, 1_000_000);

    private static List<Cell> cells(String name, double cpu, String why) {
        Cell number = cpu < 0 ? Cell.EMPTY : Cell.decimal(cpu, Style.PLAIN);
        return List.of(Cell.text(name, Style.PLAIN), number, Cell.text(why, Style.PLAIN));
    }

    private void put(String name, double cpu) {
        table.put(name, cells(name, cpu, ""));
    }

    private List<String> lines(int width, int height) {
        return table.lines(width, height, NOW, false);
    }

    /** The first words of the rows on the screen. */
    private List<String> names(int height) {
        return lines(80, height).stream()
                .skip(1)
                .filter(line -> !line.isEmpty())
                .map(line -> line.replaceAll(" .*", ""))
                .toList();
    }

    private void putMany(int count) {
        for (int i = 0; i < count; i++) put(String.format(Locale.ROOT, "r%05d", i), i % 7);
    }

    @Test
    void rowsStandBelowTheirTitlesAndNumbersEndAtTheSamePlace() {
        table.put("b", cells("gate8", 12.25, "held"));
        table.put("a", cells("gate7", 3, ""));

        assertThat(lines(40, 5)).containsExactly("NAME↑   CPU WHY", "gate7   3.0", "gate8  12.3 held", "", "");
    }

    @Nested
    class Sorting {
        @Test
        void theLargestNumberIsFirstAndWhatIsNotKnownIsLastInBothDirections() {
            put("a", 1);
            put("b", -1);
            put("c", 7);
            table.sortBy(1);
            assertThat(names(9)).containsExactly("c", "a", "b");

            table.reverse();

            assertThat(names(9)).containsExactly("a", "c", "b");
        }

        @Test
        void equalRowsStayInTheOrderOfTheirKeysWhicheverChangesFirst() {
            List<String> keys = new ArrayList<>(
                    IntStream.range(0, 50).mapToObj(i -> "r" + (100 + i)).toList());
            java.util.Collections.shuffle(keys, new Random(7));
            keys.forEach(key -> put(key, 5));
            table.sortBy(1);
            List<String> before = names(60);
            assertThat(before).isSorted();

            java.util.Collections.shuffle(keys, new Random(8));
            keys.forEach(key -> put(key, 5));

            assertThat(names(60)).isEqualTo(before);
            table.reverse();
            assertThat(names(60)).isEqualTo(before);
        }

        @Test
        void aRowThatChangesGoesWhereItBelongs() {
            put("a", 1);
            put("b", 2);
            table.sortBy(1);
            names(9);

            put("a", 3);

            assertThat(names(9)).containsExactly("a", "b");
        }

        @Test
        void aRowWithoutATextIsLastInBothDirections() {
            table.put("a", cells("a", 1, ""));
            table.put("b", cells("b", 1, "held"));
            table.put("c", cells("c", 1, "lost"));
            table.sortBy(2);
            assertThat(names(9)).containsExactly("b", "c", "a");

            table.reverse();

            assertThat(names(9)).containsExactly("c", "b", "a");
        }

        @Test
        void theColumnsComeInTurnAndBeginAgain() {
            put("a", 1);
            table.sortNext(-1);
            assertThat(lines(80, 2).get(0)).contains("WHY↑");
            table.sortNext(2);
            assertThat(lines(80, 2).get(0)).contains("CPU↓");
        }
    }

    @Nested
    class Filtering {
        @Test
        void showsOnlyWhatMatchesInWhateverCase() {
            table.put("gate7/cam", cells("gate7", 1, "Crash loop"));
            table.put("gate8/cam", cells("gate8", 1, ""));

            table.filter("crash");
            assertThat(names(9)).containsExactly("gate7");
            table.filter("^gate[89]/c");
            assertThat(names(9)).containsExactly("gate8");
            table.filter("");
            assertThat(names(9)).hasSize(2);
        }

        @Test
        void aRowComesAndGoesAsItChanges() {
            table.filter("held");
            table.put("a", cells("a", 1, ""));
            assertThat(names(9)).isEmpty();
            table.put("a", cells("a", 1, "held"));
            assertThat(names(9)).containsExactly("a");
            table.put("a", cells("a", 1, ""));
            table.put("a", cells("a", 1, "held"));
            assertThat(names(9)).containsExactly("a");
            table.put("a", cells("a", 1, ""));
            assertThat(names(9)).isEmpty();
            assertThat(table.position()).isEqualTo("none of 1");
        }

        @Test
        void aMistakeIsToldAndTheFilterBeforeStays() {
            put("a", 1);
            put("b", 1);
            table.filter("a");

            assertThatThrownBy(() -> table.filter("a("))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not a regular expression: missing closing )");

            assertThat(names(9)).containsExactly("a");
        }
    }

    @Nested
    class Scrolling {
        @Test
        void endsAtTheFirstAndAtTheLastRow() {
            putMany(30);
            table.scroll(-5);
            assertThat(names(11)).hasSize(10).first().isEqualTo("r00000");

            table.scroll(1_000);

            assertThat(names(11)).hasSize(10).last().isEqualTo("r00029");
            assertThat(table.position()).isEqualTo("21-30 of 30");
        }

        @Test
        void aPageKeepsOneLineOfTheOneBefore() {
            putMany(30);
            names(11);
            table.scrollPages(1);
            assertThat(names(11)).first().isEqualTo("r00009");
            table.scrollToStart();
            assertThat(names(11)).first().isEqualTo("r00000");
        }

        @Test
        void rowsThatGoLeaveNoEmptyScreen() {
            putMany(30);
            names(11);
            table.scrollToEnd();
            names(11);
            for (int i = 5; i < 30; i++) table.remove(String.format(Locale.ROOT, "r%05d", i));

            assertThat(names(11)).hasSize(5);
        }

        @Test
        void aLargerScreenIsFilled() {
            putMany(30);
            names(11);
            table.scroll(1_000);

            assertThat(names(41)).hasSize(30);
            assertThat(names(2)).hasSize(1);
        }
    }

    @Nested
    class Pausing {
        @Test
        void changesWaitAndAreShownAfterwards() {
            put("a", 1);
            put("b", 2);
            List<String> before = lines(40, 6);
            table.setPaused(true);
            put("a", 9);
            table.remove("b");
            put("c", 3);
            assertThat(lines(40, 6)).isEqualTo(before);

            table.setPaused(false);

            assertThat(names(9)).containsExactly("a", "c");
            assertThat(lines(40, 6).get(1)).contains("9.0");
        }
    }

    @Test
    void whatRowsHaveIsNotObeyed() {
        table.put("a", cells("\u001b[2Jevil\n", 1, "\u202egnp"));

        assertThat(lines(80, 3).get(1)).startsWith("\\x1b[2Jevil\\n").contains("\\u202egnp");
        assertThat(Cell.text("x".repeat(100_000), Style.PLAIN).text()).hasSize(1_000);
    }

    @Test
    void wideAndCombiningCharactersAreCountedByTheirWidth() {
        table.put("a", cells("漢字漢字", 1, "e\u0301 x"));
        table.put("b", cells("abcdefgh", 2, "y"));
        table.put("c", cells("漢字漢字漢字漢字漢字漢字", 3, "z"));

        assertThat(lines(80, 4).stream().skip(1).map(line -> TextWidth.of(line.substring(0, line.indexOf(".0")))))
                .hasSize(3)
                .containsOnly(20 + 1 + 5 - ".0".length());
        assertThat(TextWidth.fit("漢字漢字", 6)).isEqualTo("漢字…");
        assertThat(TextWidth.fit("漢字漢字", 7)).isEqualTo("漢字漢…");
        assertThat(TextWidth.fit("e\u0301e\u0301", 2)).isEqualTo("e\u0301e\u0301");
    }

    @Test
    void agesGoOnByThemselves() {
        table.put("a", List.of(Cell.text("a", Style.PLAIN), Cell.since(Optional.of(NOW)), Cell.EMPTY));

        assertThat(table.lines(40, 2, NOW.plusSeconds(7), false).get(1)).endsWith(" 7s");
        assertThat(table.lines(40, 2, NOW.plusSeconds(8), false).get(1)).endsWith(" 8s");
    }

    @Test
    void whereAColumnIsLeftOutTheOthersHaveItsRoom() {
        table.put("a", cells("a".repeat(15), 1, "b".repeat(20)));

        assertThat(lines(42, 2).get(1)).isEqualTo("a".repeat(15) + "   1.0 " + "b".repeat(20));
        assertThat(lines(30, 2).get(1)).isEqualTo("a".repeat(10) + "…   1.0 " + "b".repeat(11) + "…");
        assertThat(lines(15, 2).get(1)).isEqualTo("a".repeat(8) + "…   1.0");
    }

    @Test
    void noLineIsWiderThanAnyScreen() {
        table.put("a", cells("a".repeat(64), 1, "b".repeat(500)));
        table.put("b", cells("漢".repeat(64), 123456, "\u001b".repeat(50)));

        for (int width = 1; width < 200; width++) {
            assertThat(lines(width, 4))
                    .hasSize(4)
                    .allSatisfy(line -> assertThat(TextWidth.of(line)).isLessThanOrEqualTo(200));
            int most = width;
            assertThat(lines(width, 4))
                    .allSatisfy(line -> assertThat(TextWidth.of(line)).isLessThanOrEqualTo(most));
        }
    }

    @Test
    void tenThousandRowsAreCheap() {
        putMany(10_000);
        table.sortBy(1);
        var random = new Random(1);
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        for (int frame = 0; frame < 100; frame++) {
            for (int i = 0; i < 20; i++) {
                put(String.format(Locale.ROOT, "r%05d", random.nextInt(10_000)), random.nextInt(100));
            }
            assertThat(lines(120, 50)).hasSize(50);
        }

        // About 0.5 s on an idle machine; a quadratic step would take minutes.
        assertThat(System.nanoTime()).isLessThan(end);
    }
}
