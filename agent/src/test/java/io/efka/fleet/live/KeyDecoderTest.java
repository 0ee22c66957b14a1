package io.efka.fleet.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.fleet.live.Key.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeyDecoderTest {
    /** What a silence in the input is written as. */
    private static final char SILENCE = '\uffff';

    private static List<Key> keys(String typed) throws IOException {
        var rest = new StringBuilder(typed);
        var decoder = new KeyDecoder(limit -> {
            if (rest.length() == 0) return KeyDecoder.Input.ENDED;
            char next = rest.charAt(0);
            if (next == SILENCE && limit == 0) throw new AssertionError("nobody waits for ever here");
            rest.deleteCharAt(0);
            return next == SILENCE ? KeyDecoder.Input.NOTHING : next;
        });
        var keys = new ArrayList<Key>();
        for (Optional<Key> key = decoder.next(); key.isPresent(); key = decoder.next()) keys.add(key.get());
        return keys;
    }

    private static List<Kind> kinds(String typed) throws IOException {
        return keys(typed).stream().map(Key::kind).toList();
    }

    @Test
    void sequencesAreOneKeyEach() throws IOException {
        assertThat(kinds("\u001b[A\u001bOB\u001b[5~\u001b[6~\u001b[H\u001bOF\u001b[1~\u001b[4~"))
                .containsExactly(
                        Kind.UP, Kind.DOWN, Kind.PAGE_UP, Kind.PAGE_DOWN, Kind.HOME, Kind.END, Kind.HOME, Kind.END);
    }

    @Test
    void escapeAloneIsKnownByTheSilenceAfterIt() throws IOException {
        assertThat(kinds("\u001b" + SILENCE + "q")).containsExactly(Kind.ESCAPE, Kind.CHARACTER);
    }

    @Test
    void whatIsNotKnownIsOneKeyWithoutMeaning() throws IOException {
        assertThat(kinds("\u001b[200;3;1Mx\u001bx\u0001"))
                .containsExactly(Kind.OTHER, Kind.CHARACTER, Kind.OTHER, Kind.OTHER);
        assertThat(kinds("\u001b[" + "9".repeat(40))).contains(Kind.OTHER);
        assertThat(kinds("\u001b[1" + SILENCE + "a")).containsExactly(Kind.OTHER, Kind.CHARACTER);
    }

    @Test
    void charactersBeyondTheFirstPlaneAreOneAndCtrlCIsAKey() throws IOException {
        assertThat(kinds("\u0003")).containsExactly(Kind.INTERRUPT);
        assertThat(keys("ä😀")).containsExactly(Key.of('ä'), Key.of(0x1f600));
    }
}
