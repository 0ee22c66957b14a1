package io.efka.agent.state;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What could be read of a segment.
 *
 * @param changes in order
 * @param soundEnd where the last good record ends; 0 if not even the header is there
 * @param tornBytes after it, up to the zeros of the reserve: a record that was being written when the power or the process
 *     went
 * @param damage what is wrong with the file beyond a torn end
 */
record JournalReading(List<Change> changes, long soundEnd, long tornBytes, Optional<String> damage) {

    /** Reads a segment, and of a damaged one every record that is good. */
    static JournalReading read(Path path, long generation) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path));
        boolean headed = JournalFormat.isHeader(file, generation);
        // The header is forced before any record is written: without records, the making of the file was cut off.
        if (!headed && writtenEnd(file) <= JournalFormat.HEADER) return torn(file.limit());
        if (headed && JournalFormat.version(file) != JournalFormat.VERSION) return newer(file);
        return new Reader(file, generation, headed).read();
    }

    /** Where the zeros of the reserve begin. */
    private static int writtenEnd(ByteBuffer file) {
        int end = file.limit();
        while (end > 0 && file.get(end - 1) == 0) end--;
        return end;
    }

    private static JournalReading torn(long length) {
        return new JournalReading(List.of(), 0, length, Optional.empty());
    }

    private static JournalReading newer(ByteBuffer file) {
        String damage = "its version is %d, this agent knows %d; its %d bytes are not used"
                .formatted(JournalFormat.version(file), JournalFormat.VERSION, file.limit());
        return new JournalReading(List.of(), 0, 0, Optional.of(damage));
    }

    /** One pass over a file. */
    private static final class Reader {
        private final ByteBuffer file;
        private final long generation;
        private final List<Change> changes = new ArrayList<>();
        private final List<String> damages = new ArrayList<>();
        private int position = JournalFormat.HEADER;

        Reader(ByteBuffer file, long generation, boolean headed) {
            this.file = file;
            this.generation = generation;
            if (!headed) damages.add("its header is unreadable");
        }

        JournalReading read() {
            takeGoodRecords();
            for (int next = nextGood(); next >= 0; next = nextGood()) {
                damages.add("the changes in bytes %d to %d are lost".formatted(position, next - 1));
                position = next;
                takeGoodRecords();
            }
            Optional<String> damage = damages.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", damages));
            int tornBytes = Math.max(0, writtenEnd(file) - position);
            return new JournalReading(changes, position, tornBytes, damage);
        }

        private void takeGoodRecords() {
            for (int length = goodLength(position); length > 0; length = goodLength(position)) {
                take(JournalFormat.payload(file, position, length));
                position += JournalFormat.RECORD_HEADER + length;
            }
        }

        private void take(ByteBuffer payload) {
            try {
                changes.addAll(Change.decode(payload));
            } catch (IllegalArgumentException | BufferUnderflowException e) {
                damages.add("the record at byte %d makes no sense (%s)".formatted(position, e.getMessage()));
            }
        }

        private int nextGood() {
            for (int at = position + 1; at <= file.limit() - JournalFormat.RECORD_HEADER; at++) {
                if (goodLength(at) > 0) return at;
            }
            return -1;
        }

        private int goodLength(int at) {
            return JournalFormat.goodRecord(file, generation, at);
        }
    }
}
