package io.efka.it.chaos;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ObjLongConsumer;

/** The table of a run: what was done to the agent, what was seen of it, and how often each verdict was passed. */
final class Report {
    private final Map<String, Long> injected = new TreeMap<>();
    private final Map<String, Long> seen = new TreeMap<>();
    private final Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);

    Report() {
        for (Verdict verdict : Verdict.values()) verdicts.put(verdict, 0L);
    }

    synchronized void injected(String fault) {
        injected.merge(fault, 1L, Long::sum);
    }

    synchronized void seen(String what, long count) {
        seen.merge(what, count, Long::sum);
    }

    synchronized void passed(Verdict verdict, long count) {
        verdicts.merge(verdict, count, Long::sum);
    }

    synchronized void forEachSeen(ObjLongConsumer<String> taker) {
        seen.forEach(taker::accept);
    }

    synchronized void forEachVerdict(ObjLongConsumer<Verdict> taker) {
        verdicts.forEach(taker::accept);
    }

    synchronized long count(Verdict verdict) {
        return verdicts.getOrDefault(verdict, 0L);
    }

    synchronized boolean isClean() {
        return verdicts.values().stream().allMatch(count -> count == 0);
    }

    /** As Markdown, so that it can be pasted into a document. */
    synchronized String table() {
        var table = new StringBuilder();
        section(table, "injected", injected);
        section(table, "seen", seen);
        var judged = new LinkedHashMap<String, Long>();
        verdicts.forEach((verdict, count) -> judged.put(verdict.words(), count));
        section(table, "verdict", judged);
        return table.toString();
    }

    private static void section(StringBuilder table, String title, Map<String, Long> rows) {
        table.append("\n| ").append(title).append(" | count |\n|---|---:|\n");
        rows.forEach((row, count) ->
                table.append("| ").append(row).append(" | ").append(count).append(" |\n"));
    }
}
