package io.efka.agent.desired;

import io.efka.protocol.ServiceId;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What happens to a document. */
sealed interface DocumentEvent {
    DocumentStep applyTo(DocumentState state, Document document, Instant now);

    /** What returns later. It carries the round in which it was asked for; one of an earlier round is ignored. */
    sealed interface Late extends DocumentEvent {
        long round();
    }

    /** A newer revision was taken; {@link Document#accepted} has it. */
    record Taken(Plan plan) implements DocumentEvent {
        @Override
        public DocumentStep applyTo(DocumentState state, Document document, Instant now) {
            return state.on(this, document, now);
        }
    }

    /** The time has come, or another document took or gave up services. */
    record Reviewed(Plan plan) implements DocumentEvent {
        @Override
        public DocumentStep applyTo(DocumentState state, Document document, Instant now) {
            return state.on(this, document, now);
        }
    }

    /** The agent has started, and finds what an earlier one left. */
    record AgentStarted(Plan plan) implements DocumentEvent {
        @Override
        public DocumentStep applyTo(DocumentState state, Document document, Instant now) {
            return state.on(this, document, now);
        }
    }

    /**
     * It is known what the services are that are about to be changed.
     *
     * @param problems of services whose entries cannot be carried out; nothing was changed for them
     */
    record Looked(long round, SortedMap<ServiceId, Before> found, SortedMap<ServiceId, Problem> problems)
            implements Late {
        public Looked {
            found = Collections.unmodifiableSortedMap(new TreeMap<>(found));
            problems = Collections.unmodifiableSortedMap(new TreeMap<>(problems));
        }

        @Override
        public DocumentStep applyTo(DocumentState state, Document document, Instant now) {
            return state.on(this, document, now);
        }
    }

    /** A service is what its entry says, or is gone. */
    record TaskDone(long round, ServiceId service, Optional<String> release) implements Late {
        @Override
        public DocumentStep applyTo(DocumentState state, Document document, Instant now) {
            return state.on(this, document, now);
        }
    }

    record TaskFailed(long round, ServiceId service, Problem problem) implements Late {
        @Override
        public DocumentStep applyTo(DocumentState state, Document document, Instant now) {
            return state.on(this, document, now);
        }
    }

    /** A service is what it was. */
    record Restored(long round, ServiceId service) implements Late {
        @Override
        public DocumentStep applyTo(DocumentState state, Document document, Instant now) {
            return state.on(this, document, now);
        }
    }

    record RestoreFailed(long round, ServiceId service, Problem problem) implements Late {
        @Override
        public DocumentStep applyTo(DocumentState state, Document document, Instant now) {
            return state.on(this, document, now);
        }
    }
}
