package io.efka.agent.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.output.store.FallocateHolePuncher;
import io.efka.agent.output.store.LogDisk;
import io.efka.agent.output.store.LogDisk.HolePuncher;
import io.efka.agent.output.store.LogReader;
import io.efka.agent.output.store.OffsetStore;
import io.efka.agent.search.SearchPool;
import io.efka.agent.supervision.Logs;
import io.efka.agent.supervision.OutputFiles.Paths;
import io.efka.agent.telemetry.Events;
import io.efka.protocol.DeviceId;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Topics;
import io.efka.protocol.manifest.Manifest.OutputRule;
import io.efka.protocol.manifest.Manifest.OutputRule.Stderr;
import io.efka.threads.Timers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** {@link Output} over a real folder, with a recording link and a store that survives its restarts. */
public final class OutputKit implements AutoCloseable {
    public static final ServiceId CAMERA = new ServiceId("camera");
    public static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    final RecordingLink link = new RecordingLink();
    final FakeOffsets offsets = new FakeOffsets();
    final Announced announced = new Announced();
    final Path folder;
    /** Whether no file can be created, as without a free inode. */
    volatile boolean isFull;

    /** Bytes that can be written; negative: unknown. */
    volatile long free = -1;

    private final SearchPool searches = new SearchPool(new Noon());
    private final HolePuncher holes;
    private Output output;

    public OutputKit(Path folder) {
        this(folder, new FallocateHolePuncher());
    }

    public OutputKit(Path folder, HolePuncher holes) {
        this.folder = folder;
        this.holes = holes;
        output = open();
    }

    public Output output() {
        return output;
    }

    /** As after a kill of the agent: only the durable offsets are left. */
    void kill(Map<String, Long> durable) {
        link.lose();
        output.disconnected();
        output.close();
        offsets.saved.clear();
        offsets.saved.putAll(durable);
        output = open();
    }

    public void restart() {
        output.close();
        output = open();
    }

    public void register(OutputRule rule) {
        output.files().register(CAMERA, rule);
    }

    public Paths begin(int run) throws IOException {
        return output.files().begin(CAMERA, run(run));
    }

    /** Launched so many minutes after midnight. */
    public static RunId run(int number) {
        long millis = NOON.minus(Duration.ofHours(12))
                .plus(Duration.ofMinutes(number))
                .toEpochMilli();
        var time = new StringBuilder();
        for (int bits = 45; bits >= 0; bits -= 5) {
            time.append("0123456789ABCDEFGHJKMNPQRSTVWXYZ".charAt((int) (millis >> bits & 31)));
        }
        return new RunId(String.format(Locale.ROOT, "%s%016d", time, number));
    }

    public static OutputRule rule() {
        return new OutputRule(16 << 20, 256 << 20, 0, Duration.ofMillis(50), 64 << 10, Stderr.SEPARATE);
    }

    /** Keeps so many bytes of what was sent, and as many of what was not. */
    static OutputRule keeping(long keep) {
        return keeping(keep, keep);
    }

    static OutputRule keeping(long keep, long backlog) {
        return new OutputRule(keep, backlog, 0, Duration.ofMillis(50), 64 << 10, Stderr.SEPARATE);
    }

    static OutputRule lingering(Duration linger) {
        return new OutputRule(16 << 20, 256 << 20, 0, linger, 64 << 10, Stderr.SEPARATE);
    }

    static OutputRule limited(long rate) {
        return new OutputRule(16 << 20, 256 << 20, rate, Duration.ofMillis(50), 64 << 10, Stderr.SEPARATE);
    }

    static OutputRule merging() {
        return new OutputRule(16 << 20, 256 << 20, 0, Duration.ofMillis(50), 64 << 10, Stderr.MERGE);
    }

    public static void append(Path file, String text) throws IOException {
        append(file, text.getBytes(StandardCharsets.UTF_8));
    }

    public static void append(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.APPEND)) {
            channel.write(ByteBuffer.wrap(bytes));
        }
    }

    /** Runs a shell with its stdout appended to {@code stdout} by the kernel, as a service's is. */
    static void shell(Path stdout, Path stderr, String script) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("/bin/sh", "-c", script)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(stdout.toFile()))
                .redirectError(ProcessBuilder.Redirect.appendTo(stderr.toFile()))
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ends: " + script).isTrue();
    }

    public Logs logs() {
        return output.logs(searches);
    }

    public Logs.Page read(Logs.Query query) {
        return logs().read(CAMERA, query).join();
    }

    /** Reads in the test's own thread, with a clock of the test's. */
    public LogReader reader() {
        return output.reader();
    }

    byte[] shipped(String leaf) {
        return Observer.of(link.published(), "/svc/camera/" + leaf).whole();
    }

    String text(String leaf) {
        return new String(shipped(leaf), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        searches.close();
        output.close();
    }

    private void make(Path file) throws IOException {
        if (isFull) throw new IOException("No space left on device");
        LogDisk.makeFile(file);
    }

    private Output open() {
        var topics = new Topics("efka", new DeviceId("dev1"), List.of());
        var disk = new LogDisk(holes, this::make, () -> free < 0 ? OptionalLong.empty() : OptionalLong.of(free));
        var opened = new Output(folder, offsets, link, topics, announced, new Noon(), disk);
        opened.start();
        return opened;
    }

    /** What was saved last, in memory. */
    static final class FakeOffsets implements OffsetStore {
        final Map<String, Long> saved = new ConcurrentHashMap<>();
        final List<Long> saves = Collections.synchronizedList(new ArrayList<>());

        @Override
        public Map<String, Long> load() {
            return Map.copyOf(saved);
        }

        @Override
        public void saveSoon(String stream, long offset) {
            saved.put(stream, offset);
            saves.add(offset);
        }

        @Override
        public void delete(String stream) {
            saved.remove(stream);
        }
    }

    /** Every event, in order. */
    static final class Announced implements Events {
        record Event(String kind, Map<String, ?> fields) {
            long number(String field) {
                return ((Number) Objects.requireNonNull(fields.get(field))).longValue();
            }
        }

        final ConcurrentLinkedQueue<Event> events = new ConcurrentLinkedQueue<>();

        List<Event> of(String kind) {
            return events.stream().filter(event -> event.kind().equals(kind)).toList();
        }

        @Override
        public void device(String kind, Map<String, ?> fields) {
            events.add(new Event(kind, fields));
        }

        @Override
        public void service(ServiceId id, String kind, Map<String, ?> fields) {
            events.add(new Event(kind, fields));
        }
    }

    /** It is always noon. */
    private static final class Noon implements Timers {
        @Override
        public Instant now() {
            return NOON;
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            return () -> {}; // of the limits of a query, which no test reaches
        }
    }
}
