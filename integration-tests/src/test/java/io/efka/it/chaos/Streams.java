package io.efka.it.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All streams of all services as they arrived, and the verdict on them. Thread-safe. */
final class Streams {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Duration QUIET = Duration.ofSeconds(5);

    private final Map<String, StreamAssembly> streams = new TreeMap<>();
    private final Path folder;
    private final Notes notes;

    /** @param folder for a file for each stream */
    Streams(Path folder, Notes notes) {
        this.folder = folder;
        this.notes = notes;
    }

    /** @param leaf {@code stdout} or {@code stderr} */
    synchronized StreamAssembly get(String service, String leaf) {
        return streams.computeIfAbsent(name(service, leaf), name -> new StreamAssembly(folder.resolve(name)));
    }

    private static String name(String service, String leaf) {
        return service + "." + leaf;
    }

    private synchronized List<StreamAssembly> all() {
        return new ArrayList<>(streams.values());
    }

    /** Until nothing came for a while. */
    void awaitQuiet() {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        long before = -1;
        long since = System.nanoTime();
        while (System.nanoTime() < deadline && System.nanoTime() - since < QUIET.toNanos()) {
            long now = all().stream().mapToLong(StreamAssembly::end).sum();
            if (now != before) since = System.nanoTime();
            before = now;
            Commander.pause(50);
        }
    }

    /** When nothing will come any more. */
    synchronized void judge(Path witnesses) {
        streams.forEach(this::judge);
        for (ChaosService talker : ChaosService.TALKERS) {
            judgeLines(talker, get(talker.id(), "stdout"), new Witness(talker.witness(witnesses)));
        }
    }

    private void judge(String name, StreamAssembly stream) {
        notes.passed(Verdict.BYTES_CHANGED, stream.changed(), name + ": sent again with other bytes");
        notes.seen("bytes received", stream.end());
        notes.seen("bytes received again", stream.repeated());
        for (StreamAssembly.Span hole : stream.holes()) {
            long unannounced = stream.unannounced(hole);
            notes.seen("bytes announced as dropped", hole.length() - unannounced);
            if (hole.excused()) notes.seen("bytes lost by a killed broker", unannounced);
            else notes.passed(Verdict.BYTES_LOST, unannounced, name + ": " + hole);
        }
    }

    /** Lines in a hole do not count here: what a hole is worth is judged already. */
    private void judgeLines(ChaosService talker, StreamAssembly stream, Witness witness) {
        LineAudit audit = audit(stream, new LineAudit(witness.journal(), talker.filler()));
        notes.seen("lines compared with the journals", audit.verified());
        audit.findings().forEach(finding -> notes.say(talker.id() + " " + finding));
        notes.passed(Verdict.BYTES_CHANGED, audit.foreign(), talker.id() + ": bytes that nobody wrote");
        notes.passed(Verdict.BYTES_LOST, audit.missing(), talker.id() + ": lines of its journal");
    }

    private static LineAudit audit(StreamAssembly stream, LineAudit audit) {
        long from = 0;
        for (StreamAssembly.Span hole : stream.holes()) {
            audit.take(stream.read(from, hole.from()), from > 0);
            from = hole.to();
        }
        audit.take(stream.read(from, stream.end()), from > 0);
        audit.end();
        return audit;
    }
}
