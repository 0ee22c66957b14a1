package io.efka.agent.desired;

import com.google.gson.JsonParser;
import io.efka.agent.desired.DocumentEvent.Looked;
import io.efka.agent.desired.Entry.Content;
import io.efka.agent.desired.ServiceFacts.ReleaseFacts;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.ServiceId;
import io.efka.protocol.ServiceStatus;
import io.efka.threads.FatalErrors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The changes of services that are under way, one at a time for each: a newer one begins when the older one has given up. Confined
 * to the mailbox.
 */
final class ServiceChanges {
    private static final int SHORT_HASH = 8;

    private final ServiceActions actions;
    private final ServiceFacts facts;
    private final Executor mailbox;
    private final Executor disk;
    /** In the order in which they began: all but the last have been given up. */
    private final Map<ServiceId, List<Running>> running = new HashMap<>();

    /**
     * @param mailbox of the documents
     * @param disk threads that may wait for the disk
     */
    ServiceChanges(ServiceActions actions, ServiceFacts facts, Executor mailbox, Executor disk) {
        this.actions = actions;
        this.facts = facts;
        this.mailbox = mailbox;
        this.disk = disk;
    }

    /** @param over completes when it does nothing any more */
    private record Running(ServiceChange change, CompletableFuture<Optional<Problem>> over) {}

    /** Makes a service what its entry says, or removes it; then tells on the mailbox why that failed, or that it did not. */
    void apply(Document document, ServiceId service, Consumer<Optional<Problem>> told) {
        Optional<Entry> entry =
                Optional.ofNullable(document.accepted().entries().get(service));
        boolean keeps = document.accepted().content().onFailure() == DesiredDocument.OnFailure.KEEP;
        begin(
                document,
                service,
                "",
                change -> entry.map(wanted -> change.apply(wanted, keeps)).orElseGet(change::remove),
                told);
    }

    /** Makes a service what it was, whatever is under way with it; then tells on the mailbox. */
    void restore(Document document, ServiceId service, Before before, Consumer<Optional<Problem>> told) {
        begin(document, service, ".back", change -> change.restore(before), told);
    }

    private void begin(
            Document document,
            ServiceId service,
            String suffix,
            Function<ServiceChange, CompletableFuture<Optional<Problem>>> what,
            Consumer<Optional<Problem>> told) {
        String family = "desired/" + document.key() + "/";
        // With the content: a document that was forgotten may be published anew, and begins with the same numbers.
        String content = document.accepted().digest().hex().substring(0, SHORT_HASH);
        String id = family + document.accepted().revision() + "." + document.round() + "-" + content + suffix;
        var change = new ServiceChange(service, family, id, actions, facts, mailbox);
        List<Running> older = of(service);
        older.forEach(each -> each.change().giveUp());
        CompletableFuture<Optional<Problem>> over = CompletableFuture.allOf(
                        older.stream().map(Running::over).toArray(CompletableFuture[]::new))
                .handleAsync((done, problem) -> what.apply(change), mailbox)
                .thenCompose(Function.identity());
        var begun = new Running(change, over);
        running.computeIfAbsent(service, unknown -> new ArrayList<>()).add(begun);
        over.whenCompleteAsync(
                FatalErrors.top((problem, bug) -> {
                    ended(service, begun);
                    told.accept(bug == null ? problem : Optional.of(internal(service, bug)));
                }),
                mailbox);
    }

    /** A copy: what is told may end one of them. */
    private List<Running> of(ServiceId service) {
        return List.copyOf(running.getOrDefault(service, List.of()));
    }

    private void ended(ServiceId service, Running change) {
        running.computeIfPresent(service, (unused, all) -> {
            all.remove(change);
            return all.isEmpty() ? null : all;
        });
    }

    private static Problem internal(ServiceId service, Throwable bug) {
        FatalErrors.thrown("a change of service " + service, bug);
        return new Problem(ErrorCode.INTERNAL.word(), "the agent failed; its log says more");
    }

    /** Something about a service has changed. One that was given up hears it as well: its deploy may begin only now. */
    void changed(ServiceId service) {
        for (Running each : of(service)) each.change().changed();
    }

    /** Finds out what services are, and whether their entries can be carried out; then tells on the mailbox. */
    void look(Document document, SortedSet<ServiceId> services, Consumer<Looked> told) {
        var found = new TreeMap<ServiceId, CompletableFuture<Sight>>();
        for (ServiceId service : services) {
            Optional<Entry> entry =
                    Optional.ofNullable(document.accepted().entries().get(service));
            found.put(service, look(service, entry));
        }
        CompletableFuture.allOf(found.values().toArray(CompletableFuture[]::new))
                .whenCompleteAsync(
                        FatalErrors.top((done, bug) -> told.accept(looked(document.round(), found))), mailbox);
    }

    /** What one service is, or why its entry cannot be carried out. */
    private record Sight(Before before, Optional<Problem> problem) {}

    private static Looked looked(long round, Map<ServiceId, CompletableFuture<Sight>> found) {
        var before = new TreeMap<ServiceId, Before>();
        var problems = new TreeMap<ServiceId, Problem>();
        found.forEach((service, sight) -> {
            // All are complete, and none with an exception.
            before.put(service, sight.join().before());
            sight.join().problem().ifPresent(problem -> problems.put(service, problem));
        });
        return new Looked(round, before, problems);
    }

    private CompletableFuture<Sight> look(ServiceId service, Optional<Entry> entry) {
        Before now = now(service);
        if (entry.isEmpty() || entry.get().isAbsent()) {
            return CompletableFuture.completedFuture(new Sight(now, Optional.empty()));
        }
        return CompletableFuture.supplyAsync(() -> new Sight(now, check(service, entry.get(), now)), disk)
                .thenCompose(sight -> isEdited(entry.get(), now)
                        ? withManifest(service, sight)
                        : CompletableFuture.completedFuture(sight))
                .exceptionally(bug -> new Sight(now, Optional.of(internal(service, bug))));
    }

    private Before now(ServiceId service) {
        Optional<ServiceStatus> status = facts.status(service);
        if (status.isEmpty()) return Before.NOTHING;
        return new Before(
                true,
                status.get().desired(),
                facts.releases(service).flatMap(ReleaseFacts::current),
                facts.config(service),
                Optional.empty());
    }

    private Optional<Problem> check(ServiceId service, Entry entry, Before now) {
        if (entry.content() == Content.UNCHANGED && !now.isInstalled()) {
            return Optional.of(new Problem(
                    ErrorCode.UNKNOWN_SERVICE.word(),
                    "there is no such service, and the document brings no files for it"));
        }
        try {
            actions.check(service, entry.arguments());
            return Optional.empty();
        } catch (CommandException refusal) {
            return Optional.of(Problem.of(refusal));
        }
    }

    /** Whether its manifest is changed where it is: then it has to be known what it was. */
    private static boolean isEdited(Entry entry, Before now) {
        boolean hasReleases = now.release().isPresent(); // a rollback restores it
        return entry.content() == Content.FOLDER && entry.arguments().has("patch") && now.isInstalled() && !hasReleases;
    }

    private CompletableFuture<Sight> withManifest(ServiceId service, Sight sight) {
        return facts.manifest(service).thenApply(text -> {
            Before now = sight.before();
            String manifest = JsonParser.parseString(text).getAsJsonObject().toString();
            return new Sight(
                    new Before(true, now.desired(), now.release(), now.config(), Optional.of(manifest)),
                    sight.problem());
        });
    }
}
