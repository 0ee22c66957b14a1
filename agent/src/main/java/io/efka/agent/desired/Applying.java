package io.efka.agent.desired;

import io.efka.agent.desired.DesiredDocument.OnFailure;
import io.efka.agent.desired.DocumentEvent.Looked;
import io.efka.agent.desired.DocumentEvent.RestoreFailed;
import io.efka.agent.desired.DocumentEvent.Restored;
import io.efka.agent.desired.DocumentEvent.Reviewed;
import io.efka.agent.desired.DocumentEvent.Taken;
import io.efka.agent.desired.DocumentEvent.TaskDone;
import io.efka.agent.desired.DocumentEvent.TaskFailed;
import io.efka.agent.desired.Task.Stage;
import io.efka.protocol.ServiceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Services are being made what the document says. First they are looked at; then all are changed at once; what is to go goes
 * last, when nothing else can fail any more.
 *
 * @param isLooking nothing was changed yet for this revision
 * @param before what the services were, also those that an earlier revision touched before this one took its place
 */
record Applying(boolean isLooking, SortedMap<ServiceId, Before> before, SortedMap<ServiceId, Task> tasks, Instant since)
        implements DocumentState.UnderWay {
    Applying {
        before = Collections.unmodifiableSortedMap(new TreeMap<>(before));
        tasks = Collections.unmodifiableSortedMap(new TreeMap<>(tasks));
    }

    @Override
    public String visible() {
        return "applying";
    }

    @Override
    public boolean touches(ServiceId service) {
        return tasks.containsKey(service) || before.containsKey(service);
    }

    @Override
    public Optional<Problem> problem() {
        return tasks.entrySet().stream()
                .flatMap(task -> task.getValue().problem().map(why -> why.at(task.getKey())).stream())
                .reduce(Problem::and);
    }

    /** Nothing is under way. */
    static DocumentStep begin(Document document, Plan plan, Instant now) {
        return begin(document, plan, Collections.emptySortedMap(), Set.of(), now);
    }

    /**
     * @param touched what services were that an earlier revision began to change
     * @param gone those that it has removed, or is removing: there is nothing to restore
     */
    private static DocumentStep begin(
            Document document, Plan plan, SortedMap<ServiceId, Before> touched, Set<ServiceId> gone, Instant now) {
        var tasks = new TreeMap<ServiceId, Task>();
        touched.keySet().stream()
                .filter(service -> !gone.contains(service))
                .forEach(service -> tasks.put(service, Task.of(Stage.RESTORE)));
        plan.todo().forEach((service, todo) -> tasks.put(service, Task.of(Stage.valueOf(todo.name()))));
        boolean isToLook = !plan.todo().isEmpty();
        var begun = new Applying(isToLook, touched, tasks, now);
        return document.nextRound(begun).stay().then(isToLook ? begun.look() : begun.effects());
    }

    @Override
    public DocumentStep on(Looked event, Document document, Instant now) {
        if (!isLooking) return document.stay();
        var known = new TreeMap<ServiceId, Before>(event.found());
        known.putAll(before); // what an earlier revision found, before it changed anything
        Optional<Problem> first = event.problems().entrySet().stream()
                .map(problem -> problem.getValue().at(problem.getKey()))
                .reduce(Problem::and);
        if (first.isPresent() && rollsBack(document)) return TakingBack.begin(document, first.get(), before, now);
        var left = new TreeMap<ServiceId, Task>(tasks);
        event.problems().forEach((service, problem) -> left.put(service, Task.failed(Stage.FAILED, problem)));
        var next = new Applying(false, known, left, since);
        Document looked = document.in(next);
        return next.isOver() ? next.end(looked, now) : looked.stay().then(next.effects());
    }

    @Override
    public DocumentStep on(TaskDone event, Document document, Instant now) {
        if (!isChanging(event.service())) return document.stay();
        return done(event.service(), event.release(), document, now);
    }

    @Override
    public DocumentStep on(Restored event, Document document, Instant now) {
        if (!isGoingBack(event.service())) return document.stay();
        return done(event.service(), Optional.empty(), document, now);
    }

    /** Whether services are changed after this step and were not before it: what they were must be on disk by then. */
    static boolean isFirstChange(Document before, Document next) {
        return before.state() instanceof Applying was
                && was.isLooking
                && next.state() instanceof Applying is
                && !is.isLooking;
    }

    private DocumentStep done(ServiceId service, Optional<String> release, Document document, Instant now) {
        Applying next = with(service, task(service).done(release));
        return next.goOn(document.in(next), List.of(), now);
    }

    @Override
    public DocumentStep on(TaskFailed event, Document document, Instant now) {
        if (!isChanging(event.service())) return document.stay();
        if (rollsBack(document)) {
            return TakingBack.begin(document, event.problem().at(event.service()), before, now);
        }
        boolean isTakenBack = document.accepted().content().onFailure() == OnFailure.EACH;
        Applying next =
                with(event.service(), Task.failed(isTakenBack ? Stage.TAKE_BACK : Stage.FAILED, event.problem()));
        return next.goOn(document.in(next), isTakenBack ? List.of(next.restore(event.service())) : List.of(), now);
    }

    @Override
    public DocumentStep on(RestoreFailed event, Document document, Instant now) {
        if (!isGoingBack(event.service())) return document.stay();
        Problem problem = new Problem(
                event.problem().code(),
                "could not be taken back: " + event.problem().message());
        Problem all =
                task(event.service()).problem().map(why -> why.and(problem)).orElse(problem);
        Applying next = with(event.service(), Task.failed(Stage.FAILED, all));
        Before was = before.getOrDefault(event.service(), Before.NOTHING);
        return next.goOn(doubtful(document, event.service(), was).in(next), List.of(), now);
    }

    /** Whatever was applied to a service that could not be taken back, the next revision applies its own. */
    static Document doubtful(Document document, ServiceId service, Before before) {
        Applied was = document.applied().get(service);
        if (was != null) return document.with(service, was.uncertain());
        // It is on the device because of this document, so it is removed with it.
        return before.isInstalled() ? document : document.with(service, Applied.LEFTOVER);
    }

    /** A newer revision takes this one's place at once; what this one touched and that one does not goes back. */
    @Override
    public DocumentStep on(Taken event, Document document, Instant now) {
        Set<ServiceId> gone = removed();
        // What is removed cannot come back as it was: from here on there was nothing.
        var touched = new TreeMap<ServiceId, Before>(before);
        Document left = document;
        for (ServiceId service : gone) {
            touched.put(service, Before.NOTHING);
            left = doubtful(left, service, before.getOrDefault(service, Before.NOTHING));
        }
        Plan plan = event.plan().again(gone, document.accepted().entries());
        boolean mayBegin = plan.conflicts().isEmpty()
                && plan.busy().isEmpty()
                && !plan.isExpired(now)
                && !now.isBefore(plan.begin());
        if (mayBegin && !(plan.todo().isEmpty() && touched.isEmpty())) return begin(left, plan, touched, gone, now);
        var why = new Problem("superseded", "revision " + document.accepted().revision() + " took its place");
        return TakingBack.superseded(left, why, touched, now);
    }

    @Override
    public DocumentStep on(Reviewed event, Document document, Instant now) {
        return document.stay();
    }

    @Override
    public DocumentStep on(DocumentEvent.AgentStarted event, Document document, Instant now) {
        return document.stay().then(isLooking ? look() : effects());
    }

    /** Whether this revision takes back everything. */
    private static boolean rollsBack(Document document) {
        return document.accepted().content().onFailure() == OnFailure.ROLLBACK;
    }

    /** What this revision has removed, or is removing: a remove that has begun is carried out. */
    private Set<ServiceId> removed() {
        Optional<ServiceId> going = going();
        return tasks.keySet().stream()
                .filter(service -> task(service).stage() == Stage.REMOVED
                        || going.filter(service::equals).isPresent())
                .collect(Collectors.toUnmodifiableSet());
    }

    private Task task(ServiceId service) {
        return tasks.getOrDefault(service, Task.of(Stage.RESTORED));
    }

    private boolean isChanging(ServiceId service) {
        Stage stage = task(service).stage();
        return !isLooking && (stage == Stage.CHANGE || stage == Stage.REMOVE);
    }

    private boolean isGoingBack(ServiceId service) {
        Stage stage = task(service).stage();
        return !isLooking && (stage == Stage.RESTORE || stage == Stage.TAKE_BACK);
    }

    private Applying with(ServiceId service, Task task) {
        var others = new TreeMap<ServiceId, Task>(tasks);
        others.put(service, task);
        return new Applying(isLooking, before, others, since);
    }

    /** After a task: removals come one by one when no other task is left; the revision ends when none is. */
    private DocumentStep goOn(Document document, List<DocumentEffect> effects, Instant now) {
        if (isOver()) return end(document, now);
        return document.stay().then(effects).then(removal());
    }

    private boolean isOver() {
        return tasks.values().stream().noneMatch(task -> task.stage().isLeft());
    }

    private DocumentStep end(Document document, Instant now) {
        Optional<DocumentState> failed = problem().map(why -> new Failed(why, now));
        return document.settle(tasks, before, failed.orElseGet(() -> new Done(now)));
    }

    private List<DocumentEffect> look() {
        var services = new TreeSet<ServiceId>(tasks.keySet());
        services.removeIf(service -> task(service).stage() == Stage.RESTORE);
        return List.of(new DocumentEffect.Look(services));
    }

    /** All that is to be under way now. */
    private List<DocumentEffect> effects() {
        var effects = new ArrayList<DocumentEffect>();
        for (Map.Entry<ServiceId, Task> task : tasks.entrySet()) {
            switch (task.getValue().stage()) {
                case CHANGE -> effects.add(new DocumentEffect.Apply(task.getKey()));
                case RESTORE, TAKE_BACK -> effects.add(restore(task.getKey()));
                case REMOVE, CHANGED, RESTORED, REMOVED, FAILED -> {}
            }
        }
        effects.addAll(removal());
        return effects;
    }

    private List<DocumentEffect> removal() {
        return going().<DocumentEffect>map(DocumentEffect.Apply::new).stream().toList();
    }

    /** The service to be removed now, if nothing else is left: what is removed cannot be taken back. */
    private Optional<ServiceId> going() {
        boolean isNext = !isLooking
                && tasks.values().stream().noneMatch(task -> task.stage().isLeft() && task.stage() != Stage.REMOVE);
        return tasks.keySet().stream()
                .filter(service -> isNext && task(service).stage() == Stage.REMOVE)
                .findFirst();
    }

    private DocumentEffect restore(ServiceId service) {
        return new DocumentEffect.Restore(service, before.getOrDefault(service, Before.NOTHING));
    }
}
