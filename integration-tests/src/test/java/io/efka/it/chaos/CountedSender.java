package io.efka.it.chaos;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Sends commands whose effect is a number that grows: before the next one it has to be what the reply says. */
abstract class CountedSender extends Sender {
    private static final long SETTLING = Duration.ofSeconds(5).toNanos();

    /** Calm time after which an uncertain command has had its effect, if it has one. */
    private static final long CALM = Duration.ofSeconds(2).toNanos();

    /** For such calm to come; there is none while kills follow each other. */
    private static final long CALM_LIMIT = Duration.ofMinutes(2).toNanos();

    private final Conditions conditions;
    private final Notes notes;
    private long expected;

    CountedSender(String name, Conditions conditions, Notes notes, RandomGenerator random) {
        super(name, random);
        this.conditions = conditions;
        this.notes = notes;
    }

    /** How many effects the service itself has counted. */
    abstract long effects();

    final void begin() {
        expected = effects();
    }

    /**
     * Compares the effects with the reply.
     *
     * @param effect what a success adds to the count
     */
    final void settle(String id, Optional<JsonObject> reply, int effect) {
        String code = reply.map(CommandBook::code).orElse("no reply");
        if (code.isEmpty()) {
            expect(id, effect, reply);
        } else if (code.equals("no reply")) {
            long done = settled() - expected;
            notes.passed(done == 0 ? Verdict.COMMANDS_LOST : Verdict.COMMANDS_UNANSWERED, id);
            expected += done;
        } else if (isUncertain(code)) {
            notes.seen("commands answered " + code, 1);
            long done = settled() - expected;
            if (done > 1) notes.passed(Verdict.COMMANDS_TWICE, id + " did " + done + ", " + reply);
            expected += done;
        } else {
            expect(id, 0, reply);
        }
    }

    /** Whether the effect may be there or not: the reply says so. */
    private boolean isUncertain(String code) {
        return code.equals("interrupted") || conditions.isDiskShort();
    }

    private void expect(String id, int effect, Optional<JsonObject> reply) {
        long deadline = System.nanoTime() + SETTLING;
        expected += effect;
        while (effects() < expected && System.nanoTime() < deadline) Commander.pause(5);
        correct(id + " " + reply);
    }

    /**
     * The effects once the next agent has been there for a while: a restart that the end of an agent cut in two is done by the
     * next one, which starts what is desired.
     */
    private long settled() {
        long deadline = System.nanoTime() + CALM_LIMIT;
        long calm = conditions.calmNanos();
        while (conditions.calmNanos() - calm < CALM && System.nanoTime() < deadline) Commander.pause(5);
        return effects();
    }

    private void correct(String after) {
        long is = effects();
        if (is == expected) return;
        Verdict verdict = is > expected ? Verdict.COMMANDS_TWICE : Verdict.COMMANDS_LOST;
        notes.passed(verdict, Math.abs(is - expected), is + " effects in place of " + expected + " after " + after);
        expected = is;
    }

    @Override
    final void judge() {
        correct("all");
    }

    /** To be called before a command is sent: nothing may have happened since the last one. */
    final void checkQuiet(String before) {
        correct("the one before " + before);
    }
}
