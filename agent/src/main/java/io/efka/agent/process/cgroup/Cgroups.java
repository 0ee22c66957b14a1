package io.efka.agent.process.cgroup;

import io.efka.agent.process.proc.ProcFiles;
import io.efka.agent.process.proc.ProcessTable;
import io.efka.protocol.Names;
import io.efka.protocol.manifest.Manifest;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control groups of this machine; each run gets a group of its own if possible. With version 1 the groups are below
 * the agent's own, so that a limit on the agent limits its services too. With version 2 that depends on what starts the
 * agent, see {@link ServicesGroup}. Thread-safe.
 */
public final class Cgroups implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Cgroups.class);

    /** Owner, time of the agent's start, number; the first releases had no owner. */
    private static final Pattern NAME = Pattern.compile("([0-9a-z]+-)?[0-9a-z]+-[0-9]+");

    private static final Pattern NAME_WITHOUT_OWNER = Pattern.compile("[0-9a-z]+-[0-9]+");
    private static final Duration LAST_REMOVALS = Duration.ofMillis(500);
    private static final Duration BUSY_PAUSE = Duration.ofMillis(10);

    /** Rounds to move the processes of a run: each round finds those that started during the one before. */
    private static final int MOVE_ROUNDS = 100;

    private final String folder;
    private final String owner;
    private final CgroupMounts mounts;
    private final CgroupAccess access;
    private final Optional<ServicesGroup> unified;
    private final Map<String, Path> controllers;
    /** Differs at each start, because groups of an earlier agent may still be in use. */
    private final String prefix;

    private final AtomicLong number = new AtomicLong();

    private Cgroups(
            String folder,
            String owner,
            CgroupMounts mounts,
            Optional<ServicesGroup> unified,
            Map<String, Path> controllers) {
        this.folder = folder;
        this.owner = owner;
        this.mounts = mounts;
        this.access = new CgroupAccess(mounts, System.getProperty("user.name", "?"), Files::isWritable);
        this.unified = unified;
        this.controllers = Map.copyOf(controllers);
        this.prefix = owner + Long.toString(System.nanoTime(), 36) + "-";
    }

    /**
     * Detects what the machine supports, and removes empty groups of an earlier agent. Blocks for seconds if systemd
     * answers slowly.
     *
     * @param agent distinguishes agents with the same device id; the same after a restart
     */
    public static Cgroups detect(String device, String agent) {
        return detect(device, agent, CgroupMounts.ofThisMachine(), Systemd.detect(), System::nanoTime);
    }

    /** No groups, as in most containers. */
    public static Cgroups none() {
        return new Cgroups("none", "", CgroupMounts.NONE, Optional.empty(), Map.of());
    }

    /** @param systemd empty if it did not start this agent */
    public static Cgroups detect(
            String device, String agent, CgroupMounts mounts, Optional<Systemd> systemd, LongSupplier nanoTime) {
        String folder = "efka-" + Names.requireLegal("device id", device);
        Optional<ServicesGroup> unified =
                mounts.unified().filter(Files::isWritable).map(own -> ServicesGroup.of(own, folder, systemd, nanoTime));
        var controllers = new TreeMap<String, Path>();
        mounts.controllers().forEach((name, path) -> {
            if (Files.isWritable(path)) controllers.put(name, path);
        });
        Cgroups cgroups = new Cgroups(folder, ownerOf(agent), mounts, unified, controllers);
        cgroups.removeEmptyGroups();
        return cgroups;
    }

    /** Short, because the name of every group begins with it; the same for an agent in every JVM. */
    private static String ownerOf(String agent) {
        return Integer.toString(agent.hashCode() & Integer.MAX_VALUE, 36) + "-";
    }

    /** Whether runs can have groups. */
    public boolean isUsable() {
        return !folders().isEmpty();
    }

    /** Says at the agent's start what cannot be had without control groups. */
    public void warnIfUnusable() {
        if (isUsable()) return;
        LOG.warn(
                "control groups: {}. A process of a service that leaves its session, is orphaned and clears its environment"
                        + " outlives a stop",
                describe());
    }

    /** What was detected and what it can do, in one line for {@code info}. */
    public String describe() {
        if (!isUsable()) {
            return "none: " + access.ofGroups() + "; trees are found by session and environment";
        }
        String version = unified.isEmpty() ? "v1" : controllers.isEmpty() ? "v2" : "hybrid";
        var limits = new ArrayList<String>();
        for (String name : List.of("memory", "cpu", "pids")) {
            if (isLimiting(name)) limits.add(name);
        }
        String remark = unified.map(group -> group.state().remark()).orElse("");
        return version + ": trees are " + (unified.isPresent() ? "killed at once" : "tracked") + ", limits: "
                + (limits.isEmpty() ? "none" : String.join(", ", limits))
                + (remark.isEmpty() ? "" : limits.isEmpty() ? ": " + remark : "; services are " + remark);
    }

    private boolean isLimiting(String controller) {
        Optional<ServicesGroup.State> state = unified.map(ServicesGroup::state).filter(ServicesGroup.State::limits);
        return state.filter(any -> Delegation.has(any.folder(), controller)).isPresent()
                || controllers.containsKey(controller);
    }

    /**
     * Creates an empty group for a run. Blocks for seconds if systemd must create a scope.
     *
     * @return empty if there are no groups; a run is then identified by its session and environment
     */
    public Optional<RunGroup> create() {
        String name = prefix + number.incrementAndGet();
        try {
            if (unified.isPresent())
                return Optional.of(new RunGroup(List.of(unified.get().create(name))));
            Optional<Path> root = versionOne().stream().findFirst();
            if (root.isEmpty()) return Optional.empty();
            return Optional.of(
                    new RunGroup(List.of(Files.createDirectories(root.get().resolve(name)))));
        } catch (IOException refused) {
            return Optional.empty();
        }
    }

    /**
     * Sets the limits of a run, in its group and, with version 1, in groups of the same name in other hierarchies. If
     * only another group supports limits, moves all processes there; memory that they use already does not count in it.
     *
     * @param warnings receives a sentence for every limit that cannot be set
     * @return all groups; the process is in the first one already
     */
    public Optional<RunGroup> limit(Optional<RunGroup> group, Manifest.Limits limits, List<String> warnings) {
        List<CgroupLimit> wanted = CgroupLimit.of(limits);
        Optional<RunGroup> best = wanted.isEmpty() ? group : group.map(this::withLimits);
        var folders = new ArrayList<>(best.map(RunGroup::folders).orElse(List.of()));
        for (CgroupLimit limit : wanted) set(limit, folders, warnings);
        return folders.isEmpty() ? Optional.empty() : Optional.of(new RunGroup(folders));
    }

    /** The same group, or a new one if limits had no effect when the group was created and do now. */
    private RunGroup withLimits(RunGroup group) {
        Path parent = group.folders().get(0).getParent();
        boolean moving = controllers.isEmpty()
                && unified.map(ServicesGroup::ready)
                        .filter(state -> state.limits() && !state.folder().equals(parent))
                        .isPresent();
        Optional<RunGroup> better = moving ? create() : Optional.empty();
        if (better.isEmpty()) return group;
        if (!move(group, better.get())) LOG.warn("processes of {} are left in {}", better.get(), group);
        return better.get();
    }

    private static boolean move(RunGroup from, RunGroup to) {
        for (int i = 0; i < MOVE_ROUNDS; i++) {
            List<Long> pids = from.pids().orElse(List.of());
            if (pids.isEmpty()) return from.remove();
            pids.forEach(to::add);
        }
        return false;
    }

    private void set(CgroupLimit limit, List<Path> folders, List<String> warnings) {
        try {
            if (folders.isEmpty() || !(limit.setIn(folders.get(0)) || setBeside(limit, folders))) {
                warnings.add(warning(limit));
            }
        } catch (IOException refused) {
            warnings.add("limits." + limit.controller() + ": refused by the machine: " + refused.getMessage());
        }
    }

    private boolean setBeside(CgroupLimit limit, List<Path> folders) throws IOException {
        Optional<Path> own = Optional.ofNullable(controllers.get(limit.controller()));
        if (own.isEmpty()) return false;
        Path made = own.get().resolve(folder).resolve(folders.get(0).getFileName());
        Files.createDirectories(made);
        if (!folders.contains(made)) folders.add(made);
        return limit.setIn(made);
    }

    private String warning(CgroupLimit limit) {
        String controller = limit.controller();
        String remark = unified.map(ServicesGroup::state)
                .filter(state -> !state.limits())
                .map(ServicesGroup.State::remark)
                .orElse("");
        if (!remark.isEmpty()) return "limits." + controller + ": not in force: " + remark;
        return "limits." + controller + ": not in force: " + access.ofController(controller);
    }

    /** The group that an earlier agent created for a process, if it is in one. */
    public Optional<RunGroup> of(long pid) {
        return of(ProcFiles.read(ProcessTable.file(pid, "cgroup")).orElse(""));
    }

    /** @param membership the process's {@code /proc/…/cgroup} */
    public Optional<RunGroup> of(String membership) {
        CgroupMounts its = mounts.ofProcess(membership);
        var folders = new ArrayList<Path>();
        its.unified().filter(any -> unified.isPresent()).ifPresent(folders::add);
        for (String name : CgroupMounts.CHEAPEST_FIRST) {
            if (controllers.containsKey(name))
                Optional.ofNullable(its.controllers().get(name)).ifPresent(folders::add);
        }
        folders.removeIf(path -> !isOfRun(path) || !Files.isDirectory(path));
        var distinct = List.copyOf(new LinkedHashSet<>(folders)); // two controllers may share a hierarchy
        return distinct.isEmpty() ? Optional.empty() : Optional.of(new RunGroup(distinct));
    }

    private boolean isOfRun(Path path) {
        Path parent = path.getParent();
        if (parent == null || parent.getFileName() == null) return false;
        String name = parent.getFileName().toString();
        return (name.equals(folder) || name.equals(folder + ".scope"))
                && NAME.matcher(path.getFileName().toString()).matches();
    }

    /**
     * Makes sure that the group of an adopted run has limits: keeps those that it has, or else sets those of the
     * manifest. The earlier agent may not have been able to set them, or the group may have lost its controllers since.
     *
     * @param found by {@link #of}
     * @param warnings receives a sentence for every limit that cannot be set
     */
    public Optional<RunGroup> adopt(Optional<RunGroup> found, Manifest.Limits limits, List<String> warnings) {
        List<Path> folders = found.map(RunGroup::folders).orElse(List.of());
        boolean limited = CgroupLimit.of(limits).stream()
                .allMatch(limit -> folders.stream().anyMatch(limit::isSetIn));
        return limited ? found : limit(found, limits, warnings);
    }

    /** This agent's group with that name, if it exists. */
    public Optional<RunGroup> named(String name) {
        return existing().stream().filter(group -> group.name().equals(name)).findFirst();
    }

    /** Whether a group belongs to another agent with the same device id. */
    public boolean isAnothers(RunGroup group) {
        return !group.name().startsWith(owner)
                && !NAME_WITHOUT_OWNER.matcher(group.name()).matches();
    }

    /**
     * Removes empty groups. Groups of services that continue to run stay for the next agent. Blocks for {@link
     * #LAST_REMOVALS} at most: a group is busy until its last process, which may just have been killed, is gone.
     */
    @Override
    public void close() {
        long start = System.nanoTime();
        while (!removeEmptyGroups() && System.nanoTime() - start < LAST_REMOVALS.toNanos()) {
            LockSupport.parkNanos(BUSY_PAUSE.toNanos());
        }
        unified.ifPresent(ServicesGroup::close);
        // A scope ends by itself; its folder belongs to systemd.
        for (Path root : folders()) {
            if (root.endsWith(folder)) new RunGroup(List.of(root)).remove();
        }
    }

    /** Returns whether none is left. */
    private boolean removeEmptyGroups() {
        boolean isDone = true;
        for (Path group : groups()) {
            String name = group.getFileName().toString();
            if (name.startsWith(owner) || NAME_WITHOUT_OWNER.matcher(name).matches()) {
                isDone &= new RunGroup(List.of(group)).remove();
            }
        }
        return isDone;
    }

    /**
     * All existing groups that this agent, or an earlier one on the same data folder, created: one element per run.
     * Includes empty groups and that of the reserve shell, but no group of another agent, even with the same device id.
     */
    public List<RunGroup> existing() {
        var byName = new LinkedHashMap<Path, List<Path>>();
        for (Path group : groups()) {
            if (!group.getFileName().toString().startsWith(owner)) continue;
            byName.computeIfAbsent(group.getFileName(), name -> new ArrayList<>())
                    .add(group);
        }
        return byName.values().stream().map(RunGroup::new).toList();
    }

    /** The folders of all groups of this device id, including those of earlier and of other agents. */
    public List<Path> groups() {
        var groups = new ArrayList<Path>();
        for (Path root : folders()) {
            if (!Files.isDirectory(root)) continue;
            try (DirectoryStream<Path> inside = Files.newDirectoryStream(root, Files::isDirectory)) {
                for (Path group : inside) {
                    if (NAME.matcher(group.getFileName().toString()).matches()) groups.add(group);
                }
            } catch (IOException | DirectoryIteratorException unreadable) {
                // a folder that cannot be listed is skipped
            }
        }
        return groups;
    }

    /** All folders that may contain groups of runs. */
    private List<Path> folders() {
        var folders = new ArrayList<>(unified.map(ServicesGroup::folders).orElse(List.of()));
        folders.addAll(versionOne());
        return folders;
    }

    private List<Path> versionOne() {
        return CgroupMounts.CHEAPEST_FIRST.stream()
                .flatMap(name -> Optional.ofNullable(controllers.get(name)).stream())
                .distinct()
                .map(own -> own.resolve(folder))
                .toList();
    }
}
