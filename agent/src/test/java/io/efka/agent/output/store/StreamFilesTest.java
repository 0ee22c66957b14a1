package io.efka.agent.output.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.output.OutputKit;
import io.efka.agent.output.store.Segment.Extent;
import io.efka.agent.output.store.StreamFiles.Freed;
import io.efka.agent.output.store.StreamFiles.Look;
import io.efka.agent.supervision.Logs;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamFilesTest {
    private static final String NEW = "new\n";

    @TempDir
    private Path folder;

    private StreamFiles loaded(long floor) throws IOException {
        var disk = new LogDisk((file, length) -> true, LogDisk::makeFile, OptionalLong::empty);
        var files = new StreamFiles(folder, new StreamId(OutputKit.CAMERA, Logs.Stream.STDOUT), floor, disk);
        look = files.load();
        return files;
    }

    private Look look = Look.SAME;

    /** Somebody else shortens or deletes a file whose oldest bytes were freed before they were sent, while no agent runs. */
    @Nested
    class CutWhileNoAgentRan {
        private Path stdout = Path.of("");
        private long oldest;

        @BeforeEach
        void aFileWithoutItsOldestBytes() throws IOException {
            StreamFiles files = loaded(0);
            stdout = files.begin(OutputKit.run(1)).path();
            OutputKit.append(stdout, new byte[40 * 4096]);
            files.look();
            assertThat(files.trim(0, 0, 8 * 4096)).isEqualTo(Freed.OLDEST);
            oldest = files.oldest();
            assertThat(oldest).isGreaterThan(20 * 4096);
        }

        private void cut(long size) throws IOException {
            try (FileChannel channel = FileChannel.open(stdout, StandardOpenOption.WRITE)) {
                channel.truncate(size);
            }
        }

        /** The sent offset lies before, at and behind the file's new end, and always before the oldest kept byte. */
        @ParameterizedTest
        @ValueSource(longs = {0, 4096, 3 * 4096})
        void theStreamEndsWhereItsKeptBytesBegan(long sent) throws IOException {
            cut(4096);
            StreamFiles files = loaded(sent);
            assertThat(look).isEqualTo(Look.TRUNCATED);
            assertThat(files.end()).isEqualTo(oldest);
            assertThat(files.oldest()).isEqualTo(oldest);
            assertThat(files.locate(0)).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(longs = {0, 4096, 3 * 4096})
        void whatIsWrittenNextIsKeptAlsoByTheAgentAfterThat(long sent) throws IOException {
            cut(4096);
            StreamFiles files = loaded(sent);
            OutputKit.append(files.newest().orElseThrow().path(), NEW);
            files.look();
            isNewAtTheEnd(files, 4096);
            isNewAtTheEnd(loaded(sent), 4096);
        }

        @Test
        void aDeletedFileLeavesNoOffsetToBeUsedAgain() throws IOException {
            Files.delete(stdout);
            StreamFiles files = loaded(4096);
            assertThat(files.end()).isEqualTo(oldest);
            OutputKit.append(files.begin(OutputKit.run(2)).path(), NEW);
            files.look();
            isNewAtTheEnd(files, 0);
            isNewAtTheEnd(loaded(4096), 0);
        }

        private void isNewAtTheEnd(StreamFiles files, long position) {
            assertThat(files.end()).isEqualTo(oldest + NEW.length());
            Extent kept = files.locate(0).orElseThrow();
            assertThat(kept.from()).isEqualTo(oldest);
            assertThat(kept.end()).isEqualTo(oldest + NEW.length());
            assertThat(kept.position()).isEqualTo(position);
        }
    }
}
