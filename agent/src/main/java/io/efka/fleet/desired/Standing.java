package io.efka.fleet.desired;

import io.efka.fleet.view.Document;
import java.util.Optional;

/**
 * How far a device is with a revision of a document.
 *
 * @param words for people: {@code rolled_back: unhealthy: it exited with code 3}
 */
public record Standing(Phase phase, String words) {
    /** What may become of it. */
    public enum Phase {
        /** The device is as the document says. */
        DONE,
        /** It is not, and does not go on by itself. */
        FAILED,
        /** It is at it, or waits for its time. */
        UNDER_WAY,
        /** It has said nothing of this revision. */
        SILENT
    }

    /**
     * Judges a report.
     *
     * @param isNew whether it came after the revision was published
     */
    public static Standing of(Optional<Document> report, boolean isNew, long revision) {
        if (report.isEmpty()) return new Standing(Phase.SILENT, "no report");
        Document said = report.get();
        String state = said.text("state").orElse("unknown");
        long taken = said.number("revision").orElse(0);
        if (taken > revision) return new Standing(Phase.FAILED, "has taken revision " + taken + " since");
        if (taken < revision) {
            boolean isAnswer = isNew && (state.equals("refused") || state.equals("stale"));
            if (isAnswer) return new Standing(Phase.FAILED, words(state, said));
            return new Standing(Phase.SILENT, "has not reported it yet, is at revision " + taken);
        }
        Phase phase = switch (state) {
            case "done" -> Phase.DONE;
            case "rolled_back", "failed", "conflict", "refused", "stale" -> Phase.FAILED;
            default -> Phase.UNDER_WAY;
        };
        return new Standing(phase, words(state, said));
    }

    static String words(String state, Document report) {
        Document error = report.object("error");
        String code = error.text("code").map(text -> ": " + text).orElse("");
        String message = error.text("message").map(text -> ": " + text).orElse("");
        String until = report.text("until").map(time -> " until " + time).orElse("");
        String document =
                report.text("waiting_for").map(other -> " for " + other).orElse("");
        return state + document + until + code + message;
    }
}
