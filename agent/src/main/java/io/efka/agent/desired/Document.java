package io.efka.agent.desired;

import io.efka.agent.desired.DesiredDocument.OnFailure;
import io.efka.agent.desired.DocumentState.Done;
import io.efka.agent.desired.DocumentState.Expired;
import io.efka.protocol.DeviceId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Sha256;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One document at one moment. A value: a step makes a new one.
 *
 * @param accepted the newest revision
 * @param applied what belongs to the document
 * @param round counts how often services were changed for it: what returns later carries it
 * @param isWithdrawn whether its topic was cleared since the newest revision came
 */
record Document(
        DocumentKey key,
        Accepted accepted,
        SortedMap<ServiceId, Applied> applied,
        long round,
        DocumentState state,
        boolean isWithdrawn) {
    private static final DocumentEffect NO_TIMER = new DocumentEffect.CancelTimer();

    Document {
        applied = Collections.unmodifiableSortedMap(new TreeMap<>(applied));
    }

    /**
     * A revision that was taken.
     *
     * @param entries what it says for this device
     * @param isCandidate whether this device gets the candidate
     * @param digest of its content
     * @param text as it was published, to be read again by the next agent
     * @param at when it was taken: a splay counts from then
     */
    record Accepted(
            DesiredDocument content,
            SortedMap<ServiceId, Entry> entries,
            boolean isCandidate,
            Sha256 digest,
            String text,
            Instant at) {

        static Accepted of(DocumentParser.Parsed parsed, DeviceId device, String text, Instant at) {
            DesiredDocument content = parsed.document();
            return new Accepted(
                    content, content.entries(device), content.isCandidate(device), parsed.digest(), text, at);
        }

        long revision() {
            return content.revision();
        }
    }

    /** What a revision that arrives is, beside the one that was taken last. */
    enum Arrival {
        NEWER,
        SAME,
        OLDER,
        /** The same revision with another content. */
        OTHER
    }

    /** The first revision of a document. */
    static Document first(DocumentKey key, Accepted accepted) {
        return new Document(key, accepted, new TreeMap<>(), 0, Waiting.fresh(accepted.at()), false);
    }

    Arrival arrival(DocumentParser.Parsed other) {
        int order = Long.compare(other.document().revision(), accepted.revision());
        if (order != 0) return order > 0 ? Arrival.NEWER : Arrival.OLDER;
        return other.digest().equals(accepted.digest()) ? Arrival.SAME : Arrival.OTHER;
    }

    /** With a newer revision, of which the state is yet to be told. */
    Document take(Accepted newer) {
        return new Document(key, newer, applied, round, state, false);
    }

    /** With its topic cleared, or not any more. */
    Document withdrawn(boolean is) {
        return new Document(key, accepted, applied, round, state, is);
    }

    /** Whether it has taken everything away and is not even published any more: there is nothing to report of it. */
    boolean isGone() {
        return isWithdrawn && accepted.content().isRemoval() && state instanceof Done;
    }

    DocumentStep on(DocumentEvent event, Instant now) {
        if (event instanceof DocumentEvent.Late late && late.round() != round) return stay();
        return event.applyTo(state, this, now);
    }

    /** Whether a service belongs to this document. */
    boolean has(ServiceId service) {
        return applied.containsKey(service) || isChanging(service);
    }

    /** Whether it is changing a service just now. */
    boolean isChanging(ServiceId service) {
        return state instanceof DocumentState.UnderWay way && way.touches(service);
    }

    /** Whether it goes back to that release if what is under way fails. */
    boolean goesBackTo(ServiceId service, String release) {
        return state instanceof DocumentState.UnderWay way
                && way.before()
                        .getOrDefault(service, Before.NOTHING)
                        .release()
                        .filter(release::equals)
                        .isPresent();
    }

    /** Whether services are being changed for it. */
    boolean isUnderWay() {
        return state instanceof DocumentState.UnderWay;
    }

    DocumentStep stay() {
        return new DocumentStep(this, List.of());
    }

    /** The same document in another state. */
    Document in(DocumentState next) {
        return new Document(key, accepted, applied, round, next, isWithdrawn);
    }

    DocumentStep move(DocumentState next) {
        return in(next).stay();
    }

    Document with(SortedMap<ServiceId, Applied> others) {
        return new Document(key, accepted, others, round, state, isWithdrawn);
    }

    /** With one service more, or another account of it. */
    Document with(ServiceId service, Applied one) {
        var all = new TreeMap<ServiceId, Applied>(applied);
        all.put(service, one);
        return with(all);
    }

    Document without(ServiceId service) {
        var all = new TreeMap<ServiceId, Applied>(applied);
        all.remove(service);
        return with(all);
    }

    /** Begins what {@code plan} says, or waits for it. Nothing is under way. */
    DocumentStep follow(Plan plan, Instant now) {
        if (!plan.conflicts().isEmpty())
            return move(new Conflict(plan.conflicts(), now)).then(NO_TIMER);
        if (plan.todo().isEmpty())
            return settle(Map.of(), Map.of(), new Done(now)).then(NO_TIMER);
        if (plan.isExpired(now)) return move(new Expired(plan.begin(), now)).then(NO_TIMER);
        if (plan.busy().isPresent()) {
            return move(new Waiting(Optional.empty(), plan.busy(), now)).then(NO_TIMER);
        }
        if (now.isBefore(plan.begin())) {
            return move(new Waiting(Optional.of(plan.begin()), Optional.empty(), now))
                    .then(new DocumentEffect.SetTimer(plan.begin()));
        }
        DocumentStep begun = Applying.begin(this, plan, now);
        return new DocumentStep(begun.next(), List.of(NO_TIMER)).then(begun.effects());
    }

    /** In a new round: what returns of an earlier one is ignored. */
    Document nextRound(DocumentState next) {
        return new Document(key, accepted, applied, round + 1, next, isWithdrawn);
    }

    /**
     * The revision is over: what its tasks made of services is what was applied. A service that the document no longer names
     * stays as it is, and belongs to nobody.
     */
    DocumentStep settle(Map<ServiceId, Task> tasks, Map<ServiceId, Before> before, DocumentState end) {
        var settled = new TreeMap<ServiceId, Applied>();
        applied.forEach((service, was) -> {
            boolean isLeft = tasks.containsKey(service) && tasks.get(service).stage() == Task.Stage.FAILED;
            if (accepted.entries().containsKey(service) || isLeft) settled.put(service, was);
        });
        tasks.forEach((service, task) -> {
            boolean wasThere = before.getOrDefault(service, Before.NOTHING).isInstalled();
            Optional<Applied> was = Optional.ofNullable(applied.get(service));
            boolean isBrought = !wasThere || was.filter(Applied::isBrought).isPresent();
            Optional<Sha256> entry =
                    Optional.ofNullable(accepted.entries().get(service)).map(Entry::digest);
            switch (task.stage()) {
                case CHANGED -> settled.put(service, new Applied(entry, isBrought, task.release()));
                case REMOVED -> {
                    settled.remove(service);
                    if (entry.isPresent()) settled.put(service, new Applied(entry, false, Optional.empty()));
                }
                case FAILED -> {
                    boolean isKept = accepted.content().onFailure() == OnFailure.KEEP;
                    if (isKept && entry.isPresent()) {
                        settled.put(service, new Applied(Optional.empty(), isBrought, task.release()));
                    }
                }
                case CHANGE, RESTORE, REMOVE, TAKE_BACK, RESTORED -> {}
            }
        });
        return with(settled).move(end);
    }
}
