package io.efka.it.chaos;

/** What must not happen. The bar for every one of them is zero. */
enum Verdict {
    COMMANDS_LOST("commands lost"),
    COMMANDS_UNANSWERED("commands that took effect and were never answered"),
    COMMANDS_TWICE("commands executed twice"),
    FALSE_REPLIES("replies that were false, or not the same again"),
    BYTES_LOST("bytes lost without an announcement"),
    BYTES_CHANGED("bytes changed"),
    COPIES("copies of a service beyond one"),
    LYING_STATUS("status documents that lied for more than 5 s"),
    DEAF("agent deaf for more than 60 s"),
    AGENT_FELL("ends of the agent that nobody caused"),
    HALF_RELEASE("releases that ran and were not whole"),
    UNASKED_RELEASE("releases that ran and were never asked for"),
    ROLLBACK_MISSED("releases that are current, or ran, in place of the right one"),
    DATA_TOUCHED("data of a service that a deploy touched"),
    DOCUMENT_UNSETTLED("documents that never reached a final state"),
    FALSE_REPORT("reports of documents that were not what was asked, or not what is"),
    LEFTOVERS("processes left over at the end"),
    LEFT_BEHIND("files, groups and retained topics left behind after remove");

    private final String words;

    Verdict(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }
}
