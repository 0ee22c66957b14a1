package io.efka.fleet.rollout;

import io.efka.fleet.rollout.GroupDocuments.DocumentName;
import io.efka.fleet.rollout.RolloutControl.Beginning;
import io.efka.fleet.rollout.RolloutStart.NotNowException;
import io.efka.fleet.rollout.RolloutState.Reason;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Topics.GroupId;
import io.efka.threads.ExitCode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** What an operator can do with rollouts. Blocks, and runs on the thread of its command. */
public final class Rollouts {
    private static final Duration LONG = Duration.ofDays(365);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final FleetSession observer;
    private final Sessions sessions;
    private final InstantSource wall;
    private final Operator operator;
    private final Output output;
    private final GroupDocuments documents;

    /** Makes further connections to the same broker. */
    public interface Sessions {
        /** Connects; Ctrl-C interrupts it as well. */
        FleetSession open(String clientId) throws FleetException, InterruptedException;
    }

    /** Where a command writes. */
    public interface Output {
        /** A line of data. */
        void print(String line);

        /** A line for the operator. */
        void say(String line);
    }

    /**
     * Who gives a command.
     *
     * @param by {@code ana@ops}
     * @param id of the command, different for each
     */
    public record Operator(String by, String id) {}

    /** What can be done with a rollout that is there. */
    public enum Verb {
        PAUSE,
        RESUME,
        ABORT,
        PROMOTE,
        UNDO
    }

    /**
     * What a rollout is started with.
     *
     * @param file the content of the operator's file
     * @param before the content of the file with what devices go back to; empty: the document has it
     * @param deploys arguments of the deploys, such as {@code healthy_deadline}, where the file does not say them
     * @param salt empty: another one for each rollout
     */
    public record StartRequest(
            GroupId group,
            String name,
            String file,
            Optional<String> before,
            Map<String, String> deploys,
            Policy policy,
            Optional<String> salt) {

        /** @throws IllegalArgumentException saying what is wrong with the files */
        public StartRequest {
            deploys = Map.copyOf(deploys);
            RolloutFile.parse(file);
            before.ifPresent(RolloutFile::parse);
        }

        RolloutStart start() {
            RolloutFile candidate = RolloutFile.parse(file).deployedWith(deploys);
            return new RolloutStart(group, name, candidate, before.map(RolloutFile::parse), policy, salt);
        }
    }

    /** A line of the list. */
    public record Row(
            String name, String group, String state, String step, String counts, String by, Optional<Instant> at) {}

    /** @param observer connected, with an id of its own, and lasting */
    public Rollouts(FleetSession observer, Sessions sessions, InstantSource wall, Operator operator, Output output) {
        this.observer = observer;
        this.sessions = sessions;
        this.wall = wall;
        this.operator = operator;
        this.output = output;
        this.documents = new GroupDocuments(observer);
    }

    /** Starts a rollout and steers it to its end. */
    public ExitCode start(StartRequest request) throws FleetException, InterruptedException {
        RolloutStart start = request.start();
        Set<ServiceId> services =
                start.file().services().keySet().stream().map(ServiceId::new).collect(Collectors.toSet());
        long newest;
        Set<String> installed;
        try (FleetSession look = sessions.open("efka-cli-look-" + operator.id())) {
            var view = new GroupView(look, start.group(), start.name(), services);
            if (!view.open())
                output.say(RolloutText.incomplete(start.group(), view.facts().size()));
            if (look.isInterrupted())
                throw new FleetException(ExitCode.INTERRUPTED, "interrupted; nothing was published");
            if (view.facts().isEmpty()) {
                output.say("no device is in the group " + start.group());
                return ExitCode.NOTHING_MATCHED;
            }
            newest = view.newestRevision();
            installed = view.facts().stream()
                    .flatMap(device -> device.services().keySet().stream())
                    .map(ServiceId::value)
                    .collect(Collectors.toSet());
        }
        Beginning beginning = present -> begin(start, present, newest, installed);
        var key = new DocumentName(start.group(), start.name());
        beginning.begin(present(key)); // refuses before it throws another controller out
        return ended(steering().run(key, beginning, Optional.empty(), Optional.empty()));
    }

    private Rollout begin(RolloutStart start, GroupDocument present, long newest, Set<String> installed)
            throws FleetException {
        try {
            return start.begin(present, newest, installed, operator.by(), operator.id(), wall.instant());
        } catch (NotNowException e) {
            throw new FleetException(e.isBusy() ? ExitCode.BUSY : ExitCode.USAGE, String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw new FleetException(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private GroupDocument present(DocumentName key) throws FleetException, InterruptedException {
        byte[] payload = documents
                .read(Optional.of(key.group()), Optional.of(key.name()))
                .getOrDefault(key, new byte[0]);
        try {
            return GroupDocument.parse(payload);
        } catch (IllegalArgumentException e) {
            throw new FleetException(
                    ExitCode.USAGE,
                    "the document " + key.name() + " of group " + key.group() + " cannot be used: " + e.getMessage());
        }
    }

    /**
     * Does something with a rollout, whoever steers it, and stays until it is done.
     *
     * @param group empty: whichever has a rollout of that name
     * @param why in the operator's words; may be empty
     * @param limit for devices to go back; then the command ends, and they go on
     */
    public ExitCode act(Verb verb, Optional<GroupId> group, String name, String why, Duration limit)
            throws FleetException, InterruptedException {
        Optional<Rollout> found = find(group, name);
        if (found.isEmpty()) return ExitCode.NOTHING_MATCHED;
        Rollout rollout = found.get();
        RolloutEvent event = event(verb, new Reason(operator.by(), why));
        // What is refused, or is so already, throws no other controller out.
        RolloutStep step = rollout.on(event, wall.instant());
        for (RolloutEffect effect : step.effects()) {
            if (effect instanceof RolloutEffect.Refuse refusal) throw new FleetException(ExitCode.USAGE, refusal.why());
        }
        boolean isDone = step.effects().stream().noneMatch(RolloutEffect.Publish.class::isInstance);
        if (isDone) return settled(verb, rollout);
        var key = new DocumentName(rollout.group(), name);
        Beginning beginning = present -> of(key, present).controlledBy(operator.by(), operator.id());
        boolean goesBack = verb == Verb.ABORT || verb == Verb.UNDO;
        Rollout end =
                steering().run(key, beginning, Optional.of(event), goesBack ? Optional.of(limit) : Optional.empty());
        return settled(verb, end);
    }

    private static Rollout of(DocumentName key, GroupDocument present) throws FleetException {
        return rollout(key, present)
                .orElseThrow(() -> new FleetException(
                        ExitCode.NOTHING_MATCHED, "the document " + key.name() + " has no rollout any more"));
    }

    private static RolloutEvent event(Verb verb, Reason reason) {
        return switch (verb) {
            case PAUSE -> new RolloutEvent.PauseAsked(reason);
            case RESUME -> new RolloutEvent.ResumeAsked();
            case ABORT -> new RolloutEvent.AbortAsked(reason);
            case PROMOTE -> new RolloutEvent.PromoteAsked();
            case UNDO -> new RolloutEvent.UndoAsked(reason);
        };
    }

    /** What an operator asked for is a success, also if it takes something back. */
    private ExitCode settled(Verb verb, Rollout end) {
        if (verb == Verb.RESUME) return ended(end);
        output.say(end.plan().name() + " " + end.plan().state().sentence());
        if (end.plan().state() instanceof Returned returned && !returned.stuck().isEmpty()) {
            output.say("not back: "
                    + RolloutText.named(List.copyOf(returned.stuck().keySet())));
            return ExitCode.WENT_BACK;
        }
        return ExitCode.OK;
    }

    private ExitCode ended(Rollout end) {
        RolloutState state = end.plan().state();
        output.say(end.plan().name() + " " + state.sentence());
        if (state instanceof Paused) {
            output.say("resume goes on, abort takes it back: efka rollout abort "
                    + end.plan().name());
        }
        return state instanceof Succeeded ? ExitCode.OK : ExitCode.WENT_BACK;
    }

    private Steering steering() {
        return new Steering(observer, documents, sessions, wall, operator, output);
    }

    /** The one rollout of that name; says why there is none. */
    private Optional<Rollout> find(Optional<GroupId> group, String name) throws FleetException, InterruptedException {
        var found = new ArrayList<Rollout>();
        for (Map.Entry<DocumentName, byte[]> document :
                documents.read(group, Optional.of(name)).entrySet()) {
            rollout(document.getKey(), parsed(document)).ifPresent(found::add);
        }
        if (found.isEmpty())
            output.say("there is no rollout " + name
                    + group.map(g -> " of group " + g).orElse(""));
        if (found.size() > 1) {
            throw new FleetException(
                    ExitCode.USAGE,
                    "rollouts of " + name + " are in the groups "
                            + found.stream().map(one -> one.group().value()).collect(Collectors.joining(", "))
                            + ": say which with --group");
        }
        return found.stream().findFirst();
    }

    private static GroupDocument parsed(Map.Entry<DocumentName, byte[]> document) throws FleetException {
        try {
            return GroupDocument.parse(document.getValue());
        } catch (IllegalArgumentException e) {
            throw unusable(document.getKey(), e);
        }
    }

    private static Optional<Rollout> rollout(DocumentName key, GroupDocument document) throws FleetException {
        try {
            return Rollout.of(key.group(), document);
        } catch (IllegalArgumentException e) {
            throw unusable(key, e);
        }
    }

    private static FleetException unusable(DocumentName key, IllegalArgumentException why) {
        return new FleetException(
                ExitCode.USAGE,
                "the document " + key.name() + " of group " + key.group() + " cannot be used: " + why.getMessage());
    }

    /**
     * Prints how a rollout stands.
     *
     * @param isFollowing whether it goes on, with a line for each change, until the rollout is over or paused
     * @param isJson the plan as it is in the document, one line each time
     */
    public ExitCode status(Optional<GroupId> group, String name, boolean isFollowing, boolean isJson)
            throws FleetException, InterruptedException {
        Optional<Rollout> found = find(group, name);
        if (found.isEmpty()) return ExitCode.NOTHING_MATCHED;
        Rollout rollout = found.get();
        var view = new GroupView(observer, rollout.group(), name, rollout.services());
        if (!view.open())
            output.say(RolloutText.incomplete(rollout.group(), view.facts().size()));
        var key = new DocumentName(rollout.group(), name);
        if (isFollowing) documents.follow(key);
        var watch = new RolloutWatch(false);
        String before = "";
        while (true) {
            view.readNew();
            if (view.takeLoss()) watch = new RolloutWatch(true);
            Counts now = rollout.plan().state() instanceof Running
                            || rollout.plan().state() instanceof Paused
                    ? watch.assess(rollout, view.facts(), observer.now()).counts()
                    : rollout.plan().progress().counts();
            List<String> lines = isJson
                    ? List.of(PlanWriter.write(rollout.plan(), RolloutPlan.MAX_FAILED)
                            .toString())
                    : RolloutText.status(rollout, now);
            String text = String.join("\n", lines);
            if (!text.equals(before)) lines.forEach(output::print);
            before = text;
            RolloutState state = rollout.plan().state();
            if (!isFollowing || state.isOver() || state instanceof Paused) return code(state);
            observer.await(() -> false, LOOK);
            if (!observer.await(observer::isConnected, LONG) || observer.isInterrupted()) return code(state);
            rollout = of(key, parsed(Map.entry(key, documents.present(key))));
        }
    }

    private static ExitCode code(RolloutState state) {
        boolean isFailed = state instanceof Paused paused && paused.reason().isLimits();
        boolean isBack = state instanceof Returned || state instanceof Returning;
        return isFailed || isBack ? ExitCode.WENT_BACK : ExitCode.OK;
    }

    /** All rollouts that documents of groups tell of, also those that are over. */
    public List<Row> list(Optional<GroupId> group) throws FleetException, InterruptedException {
        var rows = new ArrayList<Row>();
        SortedMap<DocumentName, byte[]> all = documents.read(group, Optional.empty());
        for (Map.Entry<DocumentName, byte[]> document : all.entrySet()) {
            DocumentName key = document.getKey();
            try {
                Rollout.of(key.group(), GroupDocument.parse(document.getValue()))
                        .ifPresent(rollout -> rows.add(row(rollout)));
            } catch (IllegalArgumentException e) {
                output.say(String.valueOf(unusable(key, e).getMessage()));
            }
        }
        return rows;
    }

    private static Row row(Rollout rollout) {
        RolloutPlan plan = rollout.plan();
        Counts counts = plan.progress().counts();
        return new Row(
                plan.name(),
                rollout.group().value(),
                plan.state().word(),
                rollout.stepInWords(),
                counts.done() + " done, " + counts.failed() + " failed",
                plan.controller().by(),
                Optional.of(plan.updatedAt()));
    }
}
