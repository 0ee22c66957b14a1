package io.efka.agent.output.store;

import static io.efka.agent.output.OutputKit.append;
import static io.efka.agent.output.OutputKit.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.efka.agent.output.OutputKit;
import io.efka.agent.supervision.Logs.Page;
import io.efka.agent.supervision.Logs.Query;
import io.efka.agent.supervision.Logs.Stream;
import io.efka.agent.supervision.Logs.Written;
import io.efka.fixtures.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the output in an answer was written. */
class LogTimesTest {
    private OutputKit kit;

    @BeforeEach
    void open(@TempDir Path folder) {
        kit = new OutputKit(folder);
        kit.register(rule());
    }

    @AfterEach
    void close() {
        kit.close();
    }

    private Page lastLines(Optional<String> match) {
        return kit.read(
                new Query(Stream.STDOUT, OptionalInt.of(10), OptionalLong.empty(), OptionalLong.empty(), match));
    }

    private Path run(int number, String text, long end) throws IOException {
        Path file = kit.begin(number).stdout();
        append(file, text);
        Await.until("seen", () -> lastLines(Optional.empty()).end() == end);
        return file;
    }

    private static Instant launched(int run) {
        return new Segment(0, 0, OutputKit.run(run), Path.of("-"), Segment.GONE).launched();
    }

    @Test
    void areKnownOfAllThatTheAgentHasSeen() throws IOException {
        run(1, "first\n", 6);

        Await.until("noted", () -> !lastLines(Optional.empty()).times().isEmpty());
        assertThat(lastLines(Optional.empty()).times())
                .containsExactly(new Written(6, Optional.of(OutputKit.NOON), OutputKit.NOON));
    }

    @Test
    void areThoseOfTheLinesThatMatch() throws IOException {
        Path first = run(1, "one a\ntwo\n", 10);
        kit.output().close();
        Files.setLastModifiedTime(first, FileTime.from(launched(1).plusSeconds(30)));
        kit.restart();
        kit.register(rule());
        run(2, "three\nfour a\n", 23);

        Await.until("noted", () -> lastLines(Optional.of("a$")).times().size() == 2);
        assertThat(lastLines(Optional.of("a$")).times())
                .extracting(Written::to, Written::latest)
                .containsExactly(tuple(6L, launched(1).plusSeconds(30)), tuple(13L, OutputKit.NOON));
    }

    @Test
    void ofARunThatNobodyLookedAtAreBetweenItsLaunchAndWhenItsFileWasWritten() throws IOException {
        Path file = run(1, "first\n", 6);
        kit.output().close();
        Files.setLastModifiedTime(file, FileTime.from(launched(1).plusSeconds(30)));
        kit.restart();
        kit.register(rule());

        assertThat(lastLines(Optional.empty()).times())
                .containsExactly(
                        new Written(6, Optional.of(launched(1)), launched(1).plusSeconds(30)));
    }
}
