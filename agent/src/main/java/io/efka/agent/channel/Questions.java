package io.efka.agent.channel;

import io.efka.agent.service.Timers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What one channel's service was asked and has not answered. Thread-safe; futures complete outside any lock. */
final class Questions {
    /** Each may hold a command's payload; a service that leaves so many unanswered has other troubles. */
    static final int MAX = 1000;

    private final Timers timers;
    private final Map<String, Question> open = new HashMap<>();
    private Optional<String> closed = Optional.empty();
    private long asked;

    Questions(Timers timers) {
        this.timers = timers;
    }

    /** A question under way; {@code id} is unlike that of any other of this channel. */
    record Question(String id, CompletableFuture<Answered> answer, Timers.Timer limit) {}

    /** Opens a question that is answered in any case, after {@code timeout} at the latest. */
    Question open(Duration timeout) {
        var answer = new CompletableFuture<Answered>();
        Optional<Answered.Unanswered> problem;
        String id;
        synchronized (this) {
            id = Long.toString(++asked);
            problem = problem();
            if (problem.isEmpty()) {
                var question = new Question(id, answer, timers.schedule(timeout, () -> expire(id, timeout)));
                open.put(id, question);
                return question;
            }
        }
        answer.complete(problem.get());
        return new Question(id, answer, () -> {});
    }

    private Optional<Answered.Unanswered> problem() {
        if (closed.isPresent()) return closed.map(Questions::noChannel);
        if (open.size() < MAX) return Optional.empty();
        return Optional.of(new Answered.Unanswered(
                Answered.Why.BUSY, MAX + " questions to the service are unanswered; this one was not asked"));
    }

    private void expire(String id, Duration timeout) {
        settle(
                id,
                new Answered.Unanswered(
                        Answered.Why.TIMEOUT, "the service did not answer within " + timeout.toMillis() + " ms"));
    }

    /** Answers a question; false if there is none of that id, any more or at all. */
    boolean settle(String id, Answered answered) {
        Question question;
        synchronized (this) {
            question = open.remove(id);
        }
        if (question == null) return false;
        question.limit().cancel();
        question.answer().complete(answered);
        return true;
    }

    /** The channel is gone: nobody will answer any more. */
    void close(String why) {
        List<Question> left;
        synchronized (this) {
            if (closed.isPresent()) return;
            closed = Optional.of(why);
            left = List.copyOf(open.values());
            open.clear();
        }
        for (Question question : left) {
            question.limit().cancel();
            question.answer().complete(noChannel(why));
        }
    }

    private static Answered.Unanswered noChannel(String why) {
        return new Answered.Unanswered(Answered.Why.NO_CHANNEL, why);
    }
}
