package io.efka.agent.desired;

import io.efka.agent.desired.DocumentEvent.Looked;
import io.efka.agent.desired.DocumentEvent.RestoreFailed;
import io.efka.agent.desired.DocumentEvent.Restored;
import io.efka.agent.desired.DocumentEvent.Reviewed;
import io.efka.agent.desired.DocumentEvent.Taken;
import io.efka.agent.desired.DocumentEvent.TaskDone;
import io.efka.agent.desired.DocumentEvent.TaskFailed;
import io.efka.protocol.ServiceId;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A revision is being taken back: all that it touched becomes what it was.
 *
 * @param isSuperseded whether a newer revision is to be applied afterwards
 * @param why it is taken back
 * @param before what the services that are left were
 * @param trouble with those that could not be taken back
 */
record TakingBack(
        boolean isSuperseded,
        Problem why,
        SortedMap<ServiceId, Before> before,
        Optional<Problem> trouble,
        Instant since)
        implements DocumentState.UnderWay {
    TakingBack {
        before = Collections.unmodifiableSortedMap(new TreeMap<>(before));
    }

    /** The revision failed. */
    static DocumentStep begin(Document document, Problem why, SortedMap<ServiceId, Before> touched, Instant now) {
        return begin(document, new TakingBack(false, why, touched, Optional.empty(), now), now);
    }

    /** A newer revision was taken that may not begin yet. */
    static DocumentStep superseded(Document document, Problem why, SortedMap<ServiceId, Before> touched, Instant now) {
        return begin(document, new TakingBack(true, why, touched, Optional.empty(), now), now);
    }

    private static DocumentStep begin(Document document, TakingBack back, Instant now) {
        Document begun = document.nextRound(back);
        return back.before.isEmpty() ? back.end(begun, now) : begun.stay().then(back.effects());
    }

    @Override
    public String visible() {
        return "applying";
    }

    @Override
    public boolean touches(ServiceId service) {
        return before.containsKey(service);
    }

    @Override
    public Optional<Problem> problem() {
        return Optional.of(trouble.map(why::and).orElse(why));
    }

    @Override
    public DocumentStep on(Restored event, Document document, Instant now) {
        return settled(event.service(), Optional.empty(), document, now);
    }

    @Override
    public DocumentStep on(RestoreFailed event, Document document, Instant now) {
        var failed = new Problem(
                event.problem().code(),
                event.service() + " could not be taken back: " + event.problem().message());
        Before was = before.get(event.service());
        Document doubtful = was == null ? document : Applying.doubtful(document, event.service(), was);
        return settled(event.service(), Optional.of(failed), doubtful, now);
    }

    private DocumentStep settled(ServiceId service, Optional<Problem> failed, Document document, Instant now) {
        if (!before.containsKey(service)) return document.stay();
        var left = new TreeMap<ServiceId, Before>(before);
        left.remove(service);
        Optional<Problem> all = trouble.isPresent() && failed.isPresent()
                ? Optional.of(trouble.get().and(failed.get()))
                : trouble.or(() -> failed);
        var next = new TakingBack(isSuperseded, why, left, all, since);
        return left.isEmpty() ? next.end(document, now) : document.move(next);
    }

    private DocumentStep end(Document document, Instant now) {
        if (isSuperseded) {
            return document.move(Waiting.fresh(now)).then(new DocumentEffect.Review());
        }
        if (trouble.isPresent()) return document.move(new Failed(why.and(trouble.get()), now));
        return document.move(new RolledBack(why, now));
    }

    /** It waits until this one is taken back, which needs no network. */
    @Override
    public DocumentStep on(Taken event, Document document, Instant now) {
        return document.move(new TakingBack(true, why, before, trouble, since));
    }

    @Override
    public DocumentStep on(Reviewed event, Document document, Instant now) {
        return document.stay();
    }

    @Override
    public DocumentStep on(DocumentEvent.AgentStarted event, Document document, Instant now) {
        return document.stay().then(effects());
    }

    @Override
    public DocumentStep on(Looked event, Document document, Instant now) {
        return document.stay();
    }

    @Override
    public DocumentStep on(TaskDone event, Document document, Instant now) {
        return document.stay();
    }

    @Override
    public DocumentStep on(TaskFailed event, Document document, Instant now) {
        return document.stay();
    }

    private List<DocumentEffect> effects() {
        return before.entrySet().stream()
                .<DocumentEffect>map(one -> new DocumentEffect.Restore(one.getKey(), one.getValue()))
                .toList();
    }
}
