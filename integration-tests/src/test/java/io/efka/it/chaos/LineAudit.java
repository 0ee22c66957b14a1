package io.efka.it.chaos;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares what arrived of a talker's stream with its journal. Every line whose write succeeded has to be there, once, in
 * order, unchanged; of one that failed (the disk was full) any beginning; and one line more at the end of a start, whose
 * writer was killed before it could note it. Not thread-safe.
 */
final class LineAudit {
    private final List<Line> lines = new ArrayList<>();
    private final Map<String, Integer> places = new HashMap<>();
    private final String filler;
    private final int length;
    private long missing;
    private long foreign;
    private long verified;
    private final List<String> findings = new ArrayList<>();
    private int next;

    private record Line(String head, boolean failed) {}

    LineAudit(List<String> journal, String filler) {
        this.filler = " " + filler + "\n";
        this.length = 17 + this.filler.length();
        for (String entry : journal) {
            String[] words = entry.split(" ");
            String head = String.format("%08d %08d", Long.parseLong(words[0]), Long.parseLong(words[1]));
            places.put(head, lines.size());
            lines.add(new Line(head, words.length > 2));
        }
    }

    /**
     * Takes the next part of the stream.
     *
     * @param afterHole whether bytes before it are missing for a known reason: then any later line may come
     */
    void take(byte[] bytes, boolean afterHole) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int at = afterHole ? seek(text) : 0;
        while (at < text.length()) at = step(text, at);
    }

    /** The first whole line that the journal knows; what is between is not missing. */
    private int seek(String text) {
        for (int at = text.indexOf('\n') + 1; at > 0 && at + 17 <= text.length(); at = text.indexOf('\n', at) + 1) {
            Integer place = places.get(text.substring(at, at + 17));
            if (place != null && place >= next) {
                next = place;
                return at;
            }
        }
        return text.length();
    }

    private int step(String text, int at) {
        String head = text.substring(at, Math.min(text.length(), at + 17));
        Integer place = places.get(head);
        boolean whole = text.startsWith(head + filler, at);
        if (whole && place != null && place >= next) {
            skipTo(place);
            next = place + 1;
            verified++;
            return at + length;
        }
        if (whole && place == null && isNotedTooLate(head)) return at + length;
        int failedPart = failedPart(text, at);
        if (failedPart > 0) return at + failedPart;
        if (text.length() - at < length && text.indexOf('\n', at) < 0 && isCut(text, at)) return text.length();
        return foreign(text, at);
    }

    /** Lines are passed over: fine only for those whose write failed. */
    private void skipTo(int place) {
        for (int i = next; i < place; i++) {
            if (!lines.get(i).failed()) {
                missing += length;
                if (findings.size() < 20)
                    findings.add("missing: " + lines.get(i).head());
            }
        }
    }

    private boolean isNotedTooLate(String head) {
        if (next == 0) return false;
        String[] last = lines.get(next - 1).head().split(" ");
        String after = last[0] + String.format(" %08d", Long.parseLong(last[1]) + 1);
        return head.equals(after);
    }

    /** How much of the text at this place is beginnings of lines whose write failed; 0: nothing. */
    private int failedPart(String text, int at) {
        int part = 0;
        while (next < lines.size() && lines.get(next).failed()) {
            String line = lines.get(next).head() + filler;
            int same = 0;
            while (same < line.length() - 1
                    && at + part + same < text.length()
                    && text.charAt(at + part + same) == line.charAt(same)) same++;
            part += retract(text, at + part, same);
            next++;
        }
        return part;
    }

    /** Two lines begin alike: the shorter beginning is right when a whole line follows it. */
    private int retract(String text, int at, int same) {
        for (int length = same; length >= 0; length--) {
            int after = at + length;
            if (text.length() >= after + 17 && places.containsKey(text.substring(after, after + 17))) return length;
        }
        return same;
    }

    /** The last line before a hole ends where the hole begins. */
    private boolean isCut(String text, int at) {
        return next < lines.size() && (lines.get(next).head() + filler).startsWith(text.substring(at));
    }

    private int foreign(String text, int at) {
        int newline = text.indexOf('\n', at);
        int end = newline < 0 ? text.length() : newline + 1;
        foreign += end - at;
        if (findings.size() < 20) {
            String wanted = next < lines.size() ? lines.get(next).head() : "nothing";
            findings.add("foreign: \""
                    + text.substring(at, Math.min(end, at + 60)).strip() + "\" where " + wanted + " was due");
        }
        return end;
    }

    /** There is nothing more: whatever is due now is missing. */
    void end() {
        skipTo(lines.size());
        next = lines.size();
    }

    /** Bytes that were written and are not there. */
    long missing() {
        return missing;
    }

    /** Bytes that nobody wrote so. */
    long foreign() {
        return foreign;
    }

    long verified() {
        return verified;
    }

    /** The first faults, in words. */
    List<String> findings() {
        return findings;
    }
}
