package io.efka.agent.artifact.archive;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The symbolic links of an archive, which are created after everything else. Not thread-safe. */
final class SymbolicLinks {
    /** The kernel follows as many. */
    private static final int MAX_HOPS = 40;

    private final Map<EntryPath, String> targets = new LinkedHashMap<>();
    private final UnpackBudget budget;
    private final Runnable step;

    /** @param step run for each link that is followed */
    SymbolicLinks(UnpackBudget budget, Runnable step) {
        this.budget = budget;
        this.step = step;
    }

    void add(EntryPath path, byte[] rawTarget) throws BadArchiveException {
        byte[] name = path.value().getBytes(StandardCharsets.UTF_8);
        String target = EntryPath.text(rawTarget, name, "a link target");
        if (target.isEmpty()) throw BadArchiveException.of(path, "is a link to nothing");
        if (target.startsWith("/")) throw BadArchiveException.of(path, "is a link to the absolute path " + target);
        budget.remember(path.value());
        budget.remember(target);
        if (targets.putIfAbsent(path, target) != null) throw BadArchiveException.of(path, "is there twice");
    }

    /** Path and target of each, in the order of the archive. */
    Map<EntryPath, String> all() {
        return targets;
    }

    /**
     * Follows each link as the kernel would once all of them exist. A target need not exist.
     *
     * @throws BadArchiveException if one leads out of the folder, if only for a part of its way, or if all together take too many
     *     steps
     */
    void requireInside() throws BadArchiveException {
        for (Map.Entry<EntryPath, String> link : targets.entrySet()) follow(link.getKey(), link.getValue());
    }

    private void follow(EntryPath link, String target) throws BadArchiveException {
        step.run();
        EntryPath at = link.parent();
        Deque<String> rest = new ArrayDeque<>(names(target));
        int hops = 0;
        while (!rest.isEmpty()) {
            budget.followed();
            String name = rest.removeFirst();
            if (name.isEmpty() || name.equals(".")) continue;
            if (name.equals("..")) {
                if (at.isRoot()) throw BadArchiveException.of(link, "is a link to " + target + ", which leads out");
                at = at.parent();
                continue;
            }
            EntryPath next = at.child(name);
            String further = targets.get(next);
            if (further == null) {
                at = next;
                continue;
            }
            if (++hops > MAX_HOPS) throw BadArchiveException.of(link, "is a link through more than 40 links");
            List<String> names = names(further);
            for (int i = names.size() - 1; i >= 0; i--) rest.addFirst(names.get(i));
        }
    }

    private static List<String> names(String path) {
        return List.of(path.split("/", -1));
    }
}
