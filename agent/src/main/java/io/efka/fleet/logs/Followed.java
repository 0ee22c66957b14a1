package io.efka.fleet.logs;

import java.util.Optional;
import java.util.function.Consumer;

/** One stream that is shown: what the device keeps, and then what comes. Used by one thread. */
final class Followed {
    /** After so many answers without what is missing, it is taken for gone. */
    private static final int FUTILE_ANSWERS = 2;

    private final StreamId id;
    private final LogFollower.Audience audience;
    private final StreamCursor cursor;
    private final LineAssembly lines;
    private Optional<StreamHistory> history = Optional.empty();
    private boolean isAsked;
    private boolean isSilent;
    private int futileAnswers;

    /** @param shown is given each line of what comes */
    Followed(StreamId id, StreamCursor.Room room, Consumer<LogLine> shown, LogFollower.Audience audience) {
        this.id = id;
        this.audience = audience;
        lines = new LineAssembly(
                id, line -> history.ifPresentOrElse(before -> before.add(line), () -> shown.accept(line)));
        cursor = new StreamCursor(room, lines::add);
        cursor.fallBehind();
    }

    StreamCursor cursor() {
        return cursor;
    }

    /** Whether the device has said what there is. */
    boolean isAsked() {
        return isAsked;
    }

    /**
     * Begins with what the device keeps; what comes waits until {@link #goOn}.
     *
     * @param isOpen whether a line may be finished by what comes
     */
    StreamHistory begin(LogQuery query, int pieceSize, boolean isOpen) {
        StreamHistory begun;
        if (query.match().isEmpty()) {
            begun = new StreamHistory(id, query, pieceSize, cursor::answered, isOpen ? () -> {} : lines::end);
        } else {
            // An answer with matches is not the bytes as they stand there.
            var matches = new LineAssembly(id, line -> history.ifPresent(before -> before.add(line.withoutOffset())));
            begun = new StreamHistory(id, query, pieceSize, matches::add, matches::end);
        }
        history = Optional.of(begun);
        return begun;
    }

    /** The history is shown; what came meanwhile is next. */
    void goOn() {
        Optional<StreamHistory> read = history;
        history = Optional.empty();
        read.ifPresent(before -> before.end().ifPresent(cursor::caughtUp));
        if (cursor.isBehind()) fallBehind();
    }

    /** Something may have been missed: what comes waits until the device has been asked. */
    void fallBehind() {
        cursor.fallBehind();
        // Where nobody knows where to go on, it begins once more.
        if (cursor.next().isEmpty()) isAsked = false;
    }

    /**
     * Takes an answer with what the device keeps.
     *
     * @return false if its answers lead nowhere
     */
    boolean answered(OutputAnswer answer) {
        isAsked = true;
        return history.map(before -> before.take(answer)).orElse(true);
    }

    /** The device answers an error: goes on with what comes. */
    void failed() {
        isAsked = true;
        cursor.beginAnywhere();
    }

    /** Whether it is the first time that the device has not answered. */
    boolean fallsSilent() {
        boolean isFirst = !isSilent;
        isSilent = true;
        return isFirst;
    }

    /** @return whether the answer had something new, or nothing is missing any more */
    boolean fill(OutputAnswer answer) {
        long before = cursor.next().orElse(0);
        if (answer.end() < before) {
            audience.beganAnew(id);
            lines.end();
            cursor.restart();
            return true;
        }
        cursor.gapBefore(answer.offset()).ifPresent(bytes -> audience.gone(id, bytes));
        answer.chunks().forEach(cursor::answered);
        if (!answer.isTruncated()) cursor.caughtUp(answer.next());
        boolean isNew = !cursor.isBehind() || cursor.next().orElse(0) > before;
        futileAnswers = isNew ? 0 : futileAnswers + 1;
        if (futileAnswers < FUTILE_ANSWERS) return isNew;
        futileAnswers = 0;
        long left = cursor.giveUp();
        if (left > 0) audience.gone(id, left);
        return true;
    }

    /** Nothing more comes. */
    void end() {
        lines.end();
    }
}
