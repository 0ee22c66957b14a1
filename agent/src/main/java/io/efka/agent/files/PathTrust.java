package io.efka.agent.files;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Who can change what is at a path: its owner and whoever may write it, and the same for every folder and link on the way
 * there, since who can change one of them can put something else in its place. Looked at from the top down, so that what
 * was found stays true.
 *
 * @param objection who else than root and the trusted user can, as one sentence with the command that ends it
 * @param isUsers whether the trusted user can
 */
public record PathTrust(Optional<Objection> objection, boolean isUsers) {
    private static final int STICKY = 01000;
    private static final int GROUP_WRITES = 0020;
    private static final int OTHERS_WRITE = 0002;

    /** As many as the kernel follows. */
    private static final int MAX_LINKS = 40;

    /**
     * @param path that others can change
     * @param who and by which right
     * @param cure a command
     */
    public record Objection(Path path, String who, String cure) {
        @Override
        public String toString() {
            return path + " can be changed by " + who + ": " + cure;
        }
    }

    /**
     * @param path absolute
     * @param user beside root; a name or a number
     */
    public static PathTrust of(Path path, Optional<String> user) {
        return new Walk(user.flatMap(PathTrust::principal), false).to(path.normalize());
    }

    /**
     * Who else can change the scripts that a command runs, where it is an interpreter's: the first argument of {@code sh},
     * {@code python} and their like that is no option, what {@code java} is told to load. One that is not there counts as the
     * folder in which it would be made. Other arguments are data.
     *
     * @param program of the command; absolute, or relative to {@code folder}
     * @param folder in which it runs
     * @param user beside root; a name or a number
     */
    public static Optional<Objection> ofScripts(Path program, List<String> args, Path folder, Optional<String> user) {
        return InterpretedFiles.of(folder.resolve(program), args, folder).stream()
                .flatMap(script -> of(InterpretedFiles.existing(script), user).objection().stream())
                .findFirst();
    }

    /**
     * What root will make in a folder; it may be sticky, as a new tmpfs is.
     *
     * @param folder absolute
     */
    public static PathTrust ofNewIn(Path folder) {
        return new Walk(Optional.empty(), true).to(folder.normalize());
    }

    private static Optional<UserPrincipal> principal(String user) {
        try {
            return Optional.of(
                    FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(user));
        } catch (IOException unknown) {
            return Optional.empty();
        }
    }

    /** One walk from the root of the file system. */
    private static final class Walk {
        private final Optional<UserPrincipal> user;
        private final boolean isPassage;
        private final Set<Path> seen = new HashSet<>();
        private boolean isUsers;
        private int links;

        /** @param isPassage whether the end of the way is only passed through, too */
        Walk(Optional<UserPrincipal> user, boolean isPassage) {
            this.user = user;
            this.isPassage = isPassage;
        }

        PathTrust to(Path path) {
            try {
                return new PathTrust(walk(path), isUsers);
            } catch (IOException unreadable) {
                // What is not there, or was taken away in this moment, is nobody's to run either.
                return new PathTrust(
                        Optional.of(
                                new Objection(path, "unknown users, it cannot be looked at", unreadable.toString())),
                        isUsers);
            }
        }

        private Optional<Objection> walk(Path path) throws IOException {
            Path at = path.getRoot();
            Deque<Path> rest = new ArrayDeque<>();
            path.forEach(rest::add);
            Optional<Objection> objection = look(at, rest.isEmpty());
            while (objection.isEmpty() && !rest.isEmpty()) {
                String name = rest.removeFirst().toString();
                if (name.equals(".") || name.isEmpty()) continue;
                if (name.equals("..")) {
                    at = at.getParent() == null ? at : at.getParent();
                    continue;
                }
                Path next = at.resolve(name);
                objection = look(next, rest.isEmpty());
                if (objection.isPresent() || !Files.isSymbolicLink(next)) {
                    at = next;
                    continue;
                }
                if (++links > MAX_LINKS) throw new IOException(path + " has too many levels of links");
                Path target = Files.readSymbolicLink(next);
                if (target.isAbsolute()) at = target.getRoot();
                for (int i = target.getNameCount() - 1; i >= 0; i--) rest.addFirst(target.getName(i));
            }
            return objection;
        }

        /** @param isLast a sticky folder is safe to pass through (who owns what is in it is looked at), not to run in */
        private Optional<Objection> look(Path path, boolean isLast) throws IOException {
            if (!seen.add(path)) return Optional.empty();
            Map<String, Object> is = Files.readAttributes(
                    path, "unix:mode,uid,gid,owner,group,isSymbolicLink", LinkOption.NOFOLLOW_LINKS);
            int mode = (Integer) present(is, "mode");
            boolean ofRoot = (Integer) present(is, "uid") == 0;
            boolean ofUser = user.filter(present(is, "owner")::equals).isPresent();
            if (!ofRoot && !ofUser) {
                return Optional.of(new Objection(path, "its owner " + is.get("owner"), "chown root " + path));
            }
            isUsers |= ofUser && !ofRoot;
            if ((Boolean) present(is, "isSymbolicLink")) return Optional.empty();
            boolean isSticky = (mode & STICKY) != 0 && (isPassage || !isLast);
            if (isSticky) return Optional.empty();
            String shown = " (mode " + String.format("%04o", mode & 07777) + ")";
            if ((mode & OTHERS_WRITE) != 0) {
                return Optional.of(new Objection(path, "everybody" + shown, "chmod o-w " + path));
            }
            if ((mode & GROUP_WRITES) != 0 && (Integer) present(is, "gid") != 0) {
                return Optional.of(new Objection(path, "group " + is.get("group") + shown, "chmod g-w " + path));
            }
            return Optional.empty();
        }

        private static Object present(Map<String, Object> attributes, String name) {
            return Objects.requireNonNull(attributes.get(name), name);
        }
    }
}
