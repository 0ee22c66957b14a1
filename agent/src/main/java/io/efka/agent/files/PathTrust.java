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
import java.util.Optional;
import java.util.Set;

/**
 * Who can change what is at a path: its owner, everybody who may write it, and the same for every folder and link on
 * the way, because whoever can change one of them can replace what is below it. The path is walked from the top down:
 * what has been checked cannot be replaced afterwards.
 *
 * @param objection a user other than root and the trusted one who can; empty: there is none
 * @param isUsers whether the trusted user can
 */
public record PathTrust(Optional<Objection> objection, boolean isUsers) {
    private static final int STICKY = 01000;
    private static final int GROUP_WRITES = 0020;
    private static final int OTHERS_WRITE = 0002;

    /** The kernel follows as many. */
    private static final int MAX_LINKS = 40;

    /**
     * Somebody else can change a path.
     *
     * @param path that they can change
     * @param who they are, and by which permission
     * @param remedy a command that takes the permission away
     */
    public record Objection(Path path, String who, String remedy) {
        @Override
        public String toString() {
            return path + " can be changed by " + who + ": " + remedy;
        }
    }

    /**
     * Checks a path.
     *
     * @param path absolute
     * @param user trusted in addition to root; a name or a number
     */
    public static PathTrust of(Path path, Optional<String> user) {
        return new Walk(user.flatMap(PathTrust::principal), false).to(path.normalize());
    }

    /**
     * Checks the scripts that a command runs if its program is an interpreter: the first argument of {@code sh},
     * {@code python} and the like that is not an option, and what {@code java} is told to load. If a script does not
     * exist, the folder in which it would be created is checked. Other arguments are data.
     *
     * @param program of the command; absolute, or relative to {@code folder}
     * @param folder in which it runs
     * @param user trusted in addition to root; a name or a number
     */
    public static Optional<Objection> ofScripts(Path program, List<String> args, Path folder, Optional<String> user) {
        return InterpretedFiles.of(folder.resolve(program), args, folder).stream()
                .flatMap(script -> of(InterpretedFiles.existing(script), user).objection().stream())
                .findFirst();
    }

    /**
     * Checks a folder in which root will create something. It may be sticky, as a new tmpfs is.
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

        /** @param isPassage whether the last element, too, is only passed through */
        Walk(Optional<UserPrincipal> user, boolean isPassage) {
            this.user = user;
            this.isPassage = isPassage;
        }

        PathTrust to(Path path) {
            try {
                return new PathTrust(walk(path), isUsers);
            } catch (IOException unreadable) {
                // A path that does not exist, or no longer does, must not be run either.
                return new PathTrust(
                        Optional.of(
                                new Objection(path, "unknown users, because it cannot be read", unreadable.toString())),
                        isUsers);
            }
        }

        private Optional<Objection> walk(Path path) throws IOException {
            Path at = path.getRoot();
            Deque<Path> rest = new ArrayDeque<>();
            path.forEach(rest::add);
            Optional<Objection> objection = check(at, FileStatus.of(at), rest.isEmpty());
            while (objection.isEmpty() && !rest.isEmpty()) {
                String name = rest.removeFirst().toString();
                if (name.equals(".") || name.isEmpty()) continue;
                if (name.equals("..")) {
                    at = at.getParent() == null ? at : at.getParent();
                    continue;
                }
                Path next = at.resolve(name);
                FileStatus status = FileStatus.of(next);
                objection = check(next, status, rest.isEmpty());
                if (objection.isPresent() || !status.isLink()) {
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

        /**
         * @param isLast a sticky folder is safe to pass through, because the owner of the next element is checked, but
         *     not to run in
         */
        private Optional<Objection> check(Path path, FileStatus status, boolean isLast) throws IOException {
            if (!seen.add(path)) return Optional.empty();
            int mode = status.mode();
            if (!status.isRoots()) {
                // Names are looked up only here: each reads /etc/passwd or asks a directory server, and most paths are
                // root's.
                Object owner = Files.getAttribute(path, "unix:owner", LinkOption.NOFOLLOW_LINKS);
                if (user.filter(owner::equals).isEmpty()) {
                    return Optional.of(new Objection(path, "its owner " + owner, "chown root " + path));
                }
                isUsers = true;
            }
            if (status.isLink()) return Optional.empty();
            boolean isSticky = (mode & STICKY) != 0 && (isPassage || !isLast);
            if (isSticky) return Optional.empty();
            String shown = " (mode " + String.format("%04o", mode & 07777) + ")";
            if ((mode & OTHERS_WRITE) != 0) {
                return Optional.of(new Objection(path, "everybody" + shown, "chmod o-w " + path));
            }
            if ((mode & GROUP_WRITES) != 0 && status.gid() != 0) {
                Object group = Files.getAttribute(path, "unix:group", LinkOption.NOFOLLOW_LINKS);
                return Optional.of(new Objection(path, "group " + group + shown, "chmod g-w " + path));
            }
            return Optional.empty();
        }
    }
}
