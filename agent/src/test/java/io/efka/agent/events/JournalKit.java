package io.efka.agent.events;

import com.google.gson.JsonObject;
import io.efka.agent.events.EventQueries.Page;
import io.efka.agent.events.EventQueries.Query;
import io.efka.agent.search.SearchBudget;
import io.efka.agent.supervision.FakeTimers;
import io.efka.agent.supervision.Logs;
import io.efka.agent.telemetry.EventPublisher;
import io.efka.agent.telemetry.Samples;
import io.efka.protocol.ServiceId;
import io.efka.protocol.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** A journal in a real folder, written on the test's own thread, with an agent's publisher in front of it. */
final class JournalKit {
    static final ServiceId CAMERA = Samples.CAMERA;

    final FakeTimers timers = new FakeTimers();
    final Path folder;
    private final JournalFiles.Disk disk;
    private long session;
    EventJournal journal;
    EventPublisher events;

    JournalKit(Path folder) {
        this(folder, JournalFiles.Disk.REAL);
    }

    JournalKit(Path folder, JournalFiles.Disk disk) {
        this.folder = folder;
        this.disk = disk;
        session = 1;
        journal = begin();
        events = publisher();
    }

    /** The next agent; what the one before had not written is lost, as by kill -9. */
    void restart() {
        restart(session + 1);
    }

    void restart(long number) {
        session = number;
        journal = begin();
        events = publisher();
    }

    private EventJournal begin() {
        var opened = new EventJournal(new JournalFiles(folder, disk), timers, session);
        opened.open();
        return opened;
    }

    private EventPublisher publisher() {
        return new EventPublisher(
                Samples.TOPICS, timers, session, message -> CompletableFuture.completedFuture(null), journal);
    }

    /** Events of the device, each written before the next. */
    void write(String... kinds) {
        for (String kind : kinds) {
            events.device(kind, Map.of());
            journal.write();
        }
    }

    /** An event of the service whose line has about that many bytes more than usual. */
    void writeLarge(String kind, int bytes) {
        // Sources have shares; this is not about them.
        JsonObject event = JsonWriter.object(
                Map.of("at", JsonWriter.timestamp(timers.now()), "event", kind, "text", "x".repeat(bytes)));
        journal.record(Optional.of(CAMERA), event, JsonWriter.bytes(event));
        journal.write();
    }

    Page last(int count) throws IOException {
        return read(new Asked().lines(count));
    }

    Page all() throws IOException {
        return read(new Asked().from(0));
    }

    /** In as many answers as it takes. */
    List<String> allKinds() throws IOException {
        var kinds = new ArrayList<String>();
        Page page = all();
        kinds.addAll(kinds(page));
        while (page.truncated()) {
            page = read(new Asked().from(page.next()));
            kinds.addAll(kinds(page));
        }
        return kinds;
    }

    Page read(Asked asked) throws IOException {
        return read(asked, SearchBudget.since(0, () -> 0));
    }

    Page read(Asked asked, SearchBudget budget) throws IOException {
        return new JournalReader(journal, () -> 1 << 20).read(asked.query(), budget);
    }

    static List<String> kinds(Page page) {
        return page.events().stream()
                .map(event -> event.get("event").getAsString())
                .toList();
    }

    List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    Path onlyFile() throws IOException {
        List<Path> files = files();
        if (files.size() != 1) throw new AssertionError("one file expected, there are " + files);
        return files.get(0);
    }

    /** A query, with what a test asks for. */
    static final class Asked {
        private OptionalInt lines = OptionalInt.empty();
        private OptionalLong from = OptionalLong.empty();
        private OptionalLong to = OptionalLong.empty();
        private Optional<Instant> since = Optional.empty();
        private Optional<Instant> until = Optional.empty();
        private Optional<String> match = Optional.empty();
        private Optional<ServiceId> service = Optional.empty();
        private int maxBytes = Logs.LARGEST_PAGE;

        Asked lines(int count) {
            lines = OptionalInt.of(count);
            return this;
        }

        Asked from(long number) {
            from = OptionalLong.of(number);
            return this;
        }

        Asked to(long number) {
            to = OptionalLong.of(number);
            return this;
        }

        Asked since(Instant time) {
            since = Optional.of(time);
            return this;
        }

        Asked until(Instant time) {
            until = Optional.of(time);
            return this;
        }

        Asked match(String expression) {
            match = Optional.of(expression);
            return this;
        }

        Asked service(ServiceId id) {
            service = Optional.of(id);
            return this;
        }

        Asked maxBytes(int most) {
            maxBytes = most;
            return this;
        }

        Query query() {
            return new Query(lines, from, to, new Logs.Time(since, until), match, service, maxBytes);
        }
    }
}
