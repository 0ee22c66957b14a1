package io.efka.fleet.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.logs.StreamCursor.Room;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StreamCursorTest {
    private static final String OUTPUT = "0123456789abcdefghij";

    private final StringBuilder shown = new StringBuilder();
    private final StreamCursor cursor = cursor(new Room(1_000));

    private StreamCursor cursor(Room room) {
        return new StreamCursor(room, chunk -> shown.append(new String(chunk.bytes(), StandardCharsets.UTF_8)));
    }

    private static OutputChunk bytes(int from, int to) {
        byte[] bytes = OUTPUT.substring(from, to).getBytes(StandardCharsets.UTF_8);
        return new OutputChunk(from, bytes, Optional.empty());
    }

    @Test
    void beginsWithWhatComesFirst() {
        cursor.live(bytes(5, 8));
        cursor.live(bytes(8, 10));

        assertThat(shown).hasToString("56789");
        assertThat(cursor.isBehind()).isFalse();
    }

    @Test
    void showsTheNewPartOfWhatOverlaps() {
        cursor.live(bytes(0, 5));
        cursor.live(bytes(2, 9));

        assertThat(shown).hasToString("012345678");
    }

    @Test
    void keepsWhatComesTooEarlyUntilTheDeviceHasFilledTheGap() {
        cursor.live(bytes(0, 3));
        cursor.live(bytes(6, 8));
        cursor.live(bytes(8, 10));
        assertThat(shown).hasToString("012");
        assertThat(cursor.isBehind()).isTrue();

        cursor.answered(bytes(3, 7));
        cursor.caughtUp(7);

        assertThat(shown).hasToString("0123456789");
        assertThat(cursor.isBehind()).isFalse();
    }

    @Test
    void isBehindAgainIfThereIsAnotherGap() {
        cursor.live(bytes(0, 3));
        cursor.live(bytes(6, 8));
        cursor.live(bytes(12, 14));

        cursor.answered(bytes(3, 6));
        cursor.caughtUp(6);

        assertThat(shown).hasToString("01234567");
        assertThat(cursor.isBehind()).isTrue();
        assertThat(cursor.next()).hasValue(8);
    }

    @Test
    void whatFoundNoRoomIsAskedForThoughNothingMoreComes() {
        StreamCursor small = cursor(new Room(4));
        small.live(bytes(0, 3));
        small.live(bytes(5, 8));
        small.live(bytes(8, 12));

        small.answered(bytes(3, 5));
        small.caughtUp(5);

        assertThat(shown).hasToString("01234567");
        assertThat(small.isBehind()).isTrue();
        small.answered(bytes(8, 12));
        small.caughtUp(12);
        assertThat(shown).hasToString("0123456789ab");
        assertThat(small.isBehind()).isFalse();
    }

    @Test
    void theLongerOfTwoThatBeginTogetherIsNotLost() {
        cursor.live(bytes(0, 3));
        cursor.live(bytes(5, 7));
        cursor.live(bytes(5, 10));

        cursor.answered(bytes(3, 5));
        cursor.caughtUp(5);

        assertThat(shown).hasToString("0123456");
        assertThat(cursor.isBehind()).isTrue();
    }

    @Test
    void streamsShareTheRoomAndGiveItBack() {
        var room = new Room(4);
        StreamCursor other = cursor(room);
        other.live(bytes(0, 1));
        other.live(bytes(2, 6));
        StreamCursor second = cursor(room);
        second.live(bytes(0, 1));
        second.live(bytes(2, 4));
        second.caughtUp(2);
        assertThat(second.isBehind()).as("there was no room").isTrue();

        other.caughtUp(2);
        second.live(bytes(2, 4));
        second.caughtUp(2);

        assertThat(second.isBehind()).isFalse();
    }

    @Test
    void whatIsGoneIsLeftOutAndCounted() {
        cursor.live(bytes(0, 3));
        cursor.live(bytes(9, 12));
        assertThat(cursor.gapBefore(7)).hasValue(4);
        assertThat(cursor.gapBefore(3)).isEmpty();

        assertThat(cursor.giveUp()).isEqualTo(6);

        assertThat(shown).hasToString("0129ab");
        assertThat(cursor.isBehind()).isFalse();
    }

    @Test
    void asksWhenSomethingComesThatWasShownSinceTheStreamMayHaveBegunAnew() {
        cursor.live(bytes(0, 12));
        cursor.live(bytes(3, 6));
        assertThat(cursor.isBehind()).isTrue();

        cursor.restart();
        assertThat(cursor.next()).hasValue(3);
        cursor.answered(bytes(3, 6));
        cursor.caughtUp(6);

        assertThat(shown).hasToString("0123456789ab345");
        assertThat(cursor.isBehind()).isFalse();
    }

    @Test
    void goesOnWithWhatCameIfTheDeviceAnswersAnError() {
        cursor.fallBehind();
        cursor.live(bytes(4, 6));
        assertThat(shown).isEmpty();

        cursor.beginAnywhere();

        assertThat(shown).hasToString("45");
        assertThat(cursor.isBehind()).isFalse();
    }
}
