package io.efka.agent.desired;

import io.efka.protocol.ServiceId;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/** What a document has done outside itself. {@code DesiredState} performs it. */
sealed interface DocumentEffect {
    /** Performs it with what {@code actor} has. Must not block. */
    void perform(Actor actor, Document document);

    /** Tells {@link DocumentEvent.Reviewed} at that time, in place of an earlier one. */
    record SetTimer(Instant at) implements DocumentEffect {
        @Override
        public void perform(Actor actor, Document document) {
            actor.setTimer(document, at);
        }
    }

    record CancelTimer() implements DocumentEffect {
        @Override
        public void perform(Actor actor, Document document) {
            actor.cancelTimer(document);
        }
    }

    /**
     * Finds out what services are, and whether their entries can be carried out. Tells {@link
     * DocumentEvent.Looked}.
     */
    record Look(SortedSet<ServiceId> services) implements DocumentEffect {
        public Look {
            services = Collections.unmodifiableSortedSet(new TreeSet<>(services));
        }

        @Override
        public void perform(Actor actor, Document document) {
            actor.look(document, services);
        }
    }

    /**
     * Makes a service what its entry says, or removes it. Tells {@link DocumentEvent.TaskDone} or {@link
     * DocumentEvent.TaskFailed}. May be done again after a crash.
     */
    record Apply(ServiceId service) implements DocumentEffect {
        @Override
        public void perform(Actor actor, Document document) {
            actor.apply(document, service);
        }
    }

    /**
     * Makes a service what it was, whatever is under way with it. Tells {@link DocumentEvent.Restored} or {@link
     * DocumentEvent.RestoreFailed}. May be done again after a crash.
     */
    record Restore(ServiceId service, Before before) implements DocumentEffect {
        @Override
        public void perform(Actor actor, Document document) {
            actor.restore(document, service, before);
        }
    }

    /** Looks at the document again. */
    record Review() implements DocumentEffect {
        @Override
        public void perform(Actor actor, Document document) {
            actor.review(document);
        }
    }

    /** Performs effects. Its methods are called on the mailbox, and must not block. */
    interface Actor {
        void setTimer(Document document, Instant at);

        void cancelTimer(Document document);

        void look(Document document, SortedSet<ServiceId> services);

        void apply(Document document, ServiceId service);

        void restore(Document document, ServiceId service, Before before);

        void review(Document document);
    }
}
