package io.efka.agent.os;

import io.efka.agent.service.Manifest;
import io.efka.agent.service.Names;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The control groups of this machine: what there is, and one group for every run where one can be had. Groups are made
 * below the agent's own, so that a bound on the agent bounds its services too. Thread-safe.
 */
public final class Cgroups implements AutoCloseable {
    private final String folder;
    private final String owner;
    private final Optional<Path> unified;
    private final boolean unifiedLimits;
    private final Map<String, Path> controllers;
    /** Groups of an earlier agent may still be in use, so the names differ. */
    private final String prefix;

    private final AtomicLong number = new AtomicLong();

    private Cgroups(
            String folder, String owner, Optional<Path> unified, boolean unifiedLimits, Map<String, Path> controllers) {
        this.folder = folder;
        this.owner = owner;
        this.prefix = owner + Long.toString(System.nanoTime(), 36) + "-";
        this.unified = unified;
        this.unifiedLimits = unifiedLimits;
        this.controllers = controllers;
    }

    /**
     * Looks at the machine, and removes empty groups that an earlier agent left.
     *
     * @param site its device and its run folder separate the groups of two agents on one machine
     */
    public static Cgroups detect(Site site) {
        return detect(site.device(), site.agent());
    }

    /** @param agent names the agent among those with the same device, also after a restart */
    static Cgroups detect(String device, String agent) {
        return detect(
                device,
                agent,
                CgroupMounts.parse(
                        ProcFiles.read(Path.of("/proc/self/mountinfo")).orElse(""),
                        ProcFiles.read(Path.of("/proc/self/cgroup")).orElse("")));
    }

    /** No groups at all, as in most containers. */
    static Cgroups none() {
        return new Cgroups("none", "", Optional.empty(), false, Map.of());
    }

    static Cgroups detect(String device, String agent, CgroupMounts mounts) {
        String folder = "efka-" + Names.requireLegal("device id", device);
        Optional<Path> unified = mounts.unified().filter(Files::isWritable);
        var controllers = new TreeMap<String, Path>();
        mounts.controllers().forEach((name, path) -> {
            if (Files.isWritable(path)) controllers.put(name, path);
        });
        boolean limits =
                unified.isPresent() && Delegation.of(unified.get(), folder).enableLimits();
        Cgroups cgroups = new Cgroups(folder, ownerOf(agent), unified, limits, controllers);
        cgroups.removeEmptyGroups();
        return cgroups;
    }

    /** Short, as it begins the name of every group; the same for the same agent in every JVM. */
    private static String ownerOf(String agent) {
        return Integer.toString(agent.hashCode() & Integer.MAX_VALUE, 36) + "-";
    }

    /** What was found and what it can do, in one line for {@code info}. */
    public String describe() {
        if (hierarchies().isEmpty()) {
            return "none: no control group can be written; trees are found by session and environment";
        }
        String version = unified.isEmpty() ? "v1" : controllers.isEmpty() ? "v2" : "hybrid";
        var limits = new ArrayList<String>();
        for (String name : List.of("memory", "cpu", "pids")) {
            if (limitFolder(name).isPresent()) limits.add(name);
        }
        return version + ": trees are " + (unified.isPresent() ? "killed at once" : "tracked") + ", limits: "
                + (limits.isEmpty() ? "none" : String.join(", ", limits));
    }

    /**
     * Makes an empty group for a run to come.
     *
     * @return empty where there are no groups; a run is then known by its session and environment
     */
    Optional<RunGroup> create() {
        Optional<Path> root = hierarchies().stream().findFirst();
        if (root.isEmpty()) return Optional.empty();
        Path made = root.get().resolve(prefix + number.incrementAndGet());
        try {
            Files.createDirectories(made);
            return Optional.of(new RunGroup(List.of(made)));
        } catch (IOException refused) {
            return Optional.empty();
        }
    }

    /**
     * Sets the limits of a run, in its group and, with version 1, in groups of the same name beside it.
     *
     * @param warnings gets a sentence for every limit that cannot be had
     * @return all groups, the given one first; the process is in that one already
     */
    Optional<RunGroup> limit(Optional<RunGroup> group, Manifest.Limits limits, List<String> warnings) {
        var folders = new ArrayList<>(group.map(RunGroup::folders).orElse(List.of()));
        limits.memory().ifPresent(bytes -> limit("memory", folders, warnings, memory(bytes)));
        limits.cpu().ifPresent(cores -> limit("cpu", folders, warnings, cpu(cores)));
        limits.pids().ifPresent(count -> limit("pids", folders, warnings, pids(count)));
        return folders.isEmpty() ? Optional.empty() : Optional.of(new RunGroup(folders));
    }

    private void limit(String controller, List<Path> folders, List<String> warnings, Map<String, String> values) {
        Optional<Path> root = limitFolder(controller);
        if (root.isEmpty() || folders.isEmpty()) {
            warnings.add("limits." + controller + ": no " + controller + " control group on this machine");
            return;
        }
        Path made = root.get().resolve(folders.get(0).getFileName());
        try {
            Files.createDirectories(made);
            if (!folders.contains(made)) folders.add(made);
            for (var value : values.entrySet()) {
                Path file = made.resolve(value.getKey());
                if (Files.exists(file)) Files.writeString(file, value.getValue());
            }
        } catch (IOException refused) {
            warnings.add("limits." + controller + ": refused by the machine: " + refused.getMessage());
        }
    }

    /** The group in which an earlier agent put a process, if it did. */
    Optional<RunGroup> of(long pid) {
        String membership = ProcFiles.read(ProcessTable.file(pid, "cgroup")).orElse("");
        String parent = "/" + folder + "/";
        return membership
                .lines()
                .filter(line -> line.contains(parent))
                .map(line -> line.substring(line.lastIndexOf(parent) + parent.length()))
                .findFirst()
                .flatMap(this::named);
    }

    private Optional<RunGroup> named(String name) {
        List<Path> folders = hierarchies().stream()
                .map(root -> root.resolve(name))
                .filter(Files::isDirectory)
                .toList();
        return folders.isEmpty() ? Optional.empty() : Optional.of(new RunGroup(folders));
    }

    // Each limit under its names in version 2 and in version 1; only the files of one of them exist.

    private static Map<String, String> memory(long bytes) {
        return Map.of("memory.max", Long.toString(bytes), "memory.limit_in_bytes", Long.toString(bytes));
    }

    private static Map<String, String> cpu(double cores) {
        long quota = Math.max(1_000, Math.round(cores * 100_000)); // of a period of 100 ms; the kernel's least is 1 ms
        return Map.of("cpu.max", quota + " 100000", "cpu.cfs_quota_us", Long.toString(quota));
    }

    private static Map<String, String> pids(long count) {
        return Map.of("pids.max", Long.toString(count));
    }

    private Optional<Path> limitFolder(String controller) {
        if (unifiedLimits && Delegation.has(unified.orElseThrow().resolve(folder), controller)) {
            return unified.map(root -> root.resolve(folder));
        }
        return Optional.ofNullable(controllers.get(controller)).map(root -> root.resolve(folder));
    }

    private List<Path> hierarchies() {
        var roots = new ArrayList<Path>();
        unified.ifPresent(root -> roots.add(root.resolve(folder)));
        // freezer and pids before the others: their groups cost the kernel least
        for (String name : List.of("freezer", "pids", "memory", "cpu")) {
            Optional.ofNullable(controllers.get(name))
                    .map(root -> root.resolve(folder))
                    .ifPresent(roots::add);
        }
        return roots;
    }

    /** Removes what holds no process. Groups of services that run on stay, for the next agent. */
    @Override
    public void close() {
        removeEmptyGroups();
        for (Path root : hierarchies()) new RunGroup(List.of(root)).remove();
    }

    private void removeEmptyGroups() {
        for (Path group : groups()) new RunGroup(List.of(group)).remove();
    }

    /**
     * Every group of this agent that exists, wherever this agent or an earlier one on the same data folder made it: one
     * element a run, those without processes and that of the shell in reserve among them. Never a group of another agent,
     * not even of one for the same device.
     */
    List<RunGroup> existing() {
        var byName = new LinkedHashMap<Path, List<Path>>();
        for (Path group : groups()) {
            if (!group.getFileName().toString().startsWith(owner)) continue;
            byName.computeIfAbsent(group.getFileName(), name -> new ArrayList<>())
                    .add(group);
        }
        return byName.values().stream().map(RunGroup::new).toList();
    }

    /** The folders of all groups of this device, an earlier agent's among them. */
    List<Path> groups() {
        var groups = new ArrayList<Path>();
        for (Path root : hierarchies()) {
            if (!Files.isDirectory(root)) continue;
            try (DirectoryStream<Path> inside = Files.newDirectoryStream(root, Files::isDirectory)) {
                inside.forEach(groups::add);
            } catch (IOException | DirectoryIteratorException unreadable) {
                // what cannot be seen cannot be removed
            }
        }
        return groups;
    }
}
