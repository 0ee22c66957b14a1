package io.efka.it.chaos;

/** Where the observer puts down what it sees: counted, and faults also said at once. Thread-safe. */
final class Notes {
    private final Report report = new Report();

    void seen(String what, long count) {
        report.seen(what, count);
    }

    void say(String text) {
        System.out.println("note " + text);
    }

    void passed(Verdict verdict, String why) {
        passed(verdict, 1, why);
    }

    void passed(Verdict verdict, long count, String why) {
        if (count == 0) return;
        report.passed(verdict, count);
        say("VERDICT " + verdict.words() + " (" + count + "): " + why);
    }

    Report report() {
        return report;
    }

    /** Hands the counts over to the driver. */
    void send() {
        report.forEachSeen((what, count) -> System.out.println("seen " + count + " " + what));
        report.forEachVerdict((verdict, count) -> System.out.println("verdict " + count + " " + verdict.name()));
    }
}
