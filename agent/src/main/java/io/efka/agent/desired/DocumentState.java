package io.efka.agent.desired;

import io.efka.protocol.ServiceId;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Where a document is on this device. A state holds only what is true in it, and answers every event; {@code
 * agent/docs/desired-state.md} has the table.
 */
sealed interface DocumentState permits DocumentState.Resting, DocumentState.UnderWay {

    /** The state that a report shows. */
    String visible();

    /** When it was entered. */
    Instant since();

    /** Why the document is not applied, or not as it says. */
    default Optional<Problem> problem() {
        return Optional.empty();
    }

    DocumentStep on(DocumentEvent.Taken event, Document document, Instant now);

    DocumentStep on(DocumentEvent.Reviewed event, Document document, Instant now);

    DocumentStep on(DocumentEvent.AgentStarted event, Document document, Instant now);

    DocumentStep on(DocumentEvent.Looked event, Document document, Instant now);

    DocumentStep on(DocumentEvent.TaskDone event, Document document, Instant now);

    DocumentStep on(DocumentEvent.TaskFailed event, Document document, Instant now);

    DocumentStep on(DocumentEvent.Restored event, Document document, Instant now);

    DocumentStep on(DocumentEvent.RestoreFailed event, Document document, Instant now);

    /** A state in which services are being changed for the document. */
    sealed interface UnderWay extends DocumentState permits Applying, TakingBack {
        /** What services were before. */
        SortedMap<ServiceId, Before> before();

        boolean touches(ServiceId service);
    }

    /** A state in which nothing is under way. What returns late belongs to an earlier revision. */
    sealed interface Resting extends DocumentState permits Open, Over {
        @Override
        default DocumentStep on(DocumentEvent.Taken event, Document document, Instant now) {
            return document.follow(event.plan(), now);
        }

        @Override
        default DocumentStep on(DocumentEvent.Looked event, Document document, Instant now) {
            return document.stay();
        }

        @Override
        default DocumentStep on(DocumentEvent.TaskDone event, Document document, Instant now) {
            return document.stay();
        }

        @Override
        default DocumentStep on(DocumentEvent.TaskFailed event, Document document, Instant now) {
            return document.stay();
        }

        @Override
        default DocumentStep on(DocumentEvent.Restored event, Document document, Instant now) {
            return document.stay();
        }

        @Override
        default DocumentStep on(DocumentEvent.RestoreFailed event, Document document, Instant now) {
            return document.stay();
        }
    }

    /** A state that changes when the time comes, or when other documents take or give up services. */
    sealed interface Open extends Resting permits Waiting, Conflict, Done {
        @Override
        default DocumentStep on(DocumentEvent.Reviewed event, Document document, Instant now) {
            return review(event.plan(), document, now);
        }

        @Override
        default DocumentStep on(DocumentEvent.AgentStarted event, Document document, Instant now) {
            return review(event.plan(), document, now);
        }

        /** It was entered when it was entered first: a look that finds nothing new is no news. */
        default DocumentStep review(Plan plan, Document document, Instant now) {
            DocumentStep step = document.follow(plan, now);
            return step.next().state().isLike(this) ? document.stay().then(step.effects()) : step;
        }
    }

    /** A revision that this device does not try again. The next one is tried. */
    sealed interface Over extends Resting permits RolledBack, Failed, Expired {
        @Override
        default DocumentStep on(DocumentEvent.Reviewed event, Document document, Instant now) {
            return document.stay();
        }

        @Override
        default DocumentStep on(DocumentEvent.AgentStarted event, Document document, Instant now) {
            return document.stay();
        }
    }

    /** Whether it differs from {@code other} only in when it was entered. */
    default boolean isLike(DocumentState other) {
        return equals(other);
    }

    /** Every service is what the document says, or was when it was applied. */
    record Done(Instant since) implements Open {
        /** A service that it gets back is changed whenever that is: the revision itself was begun in time. */
        @Override
        public DocumentStep review(Plan plan, Document document, Instant now) {
            return Open.super.review(plan.inTime(), document, now);
        }

        @Override
        public String visible() {
            return "done";
        }

        @Override
        public boolean isLike(DocumentState other) {
            return other instanceof Done;
        }
    }

    /** A service failed, and the whole revision was taken back. */
    record RolledBack(Problem why, Instant since) implements Over {
        @Override
        public String visible() {
            return "rolled_back";
        }

        @Override
        public Optional<Problem> problem() {
            return Optional.of(why);
        }
    }

    /** Some services are not what the document says, and not all was taken back. */
    record Failed(Problem why, Instant since) implements Over {
        @Override
        public String visible() {
            return "failed";
        }

        @Override
        public Optional<Problem> problem() {
            return Optional.of(why);
        }
    }

    /**
     * It may not begin any more.
     *
     * @param begin when it could have begun
     */
    record Expired(Instant begin, Instant since) implements Over {
        @Override
        public String visible() {
            return "refused";
        }

        @Override
        public Optional<Problem> problem() {
            return Optional.of(new Problem(
                    "expired", "it was not begun before expires_at; this device could have begun at " + begin));
        }
    }
}
