package io.efka.agent.install;

import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Fault;
import io.efka.protocol.ServiceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Decides which existing folders may become a service's work directory. */
final class WorkDirRoots {
    private final Path servicesRoot;
    private final List<Path> roots;

    WorkDirRoots(Path servicesRoot, List<Path> roots) {
        this.servicesRoot = servicesRoot;
        this.roots = List.copyOf(roots);
    }

    /**
     * The real path of {@code folder}, with no link left in it that could be turned elsewhere later; for a service's
     * own folder, the name it was installed under.
     *
     * @throws CommandException if it is no folder, or not below one of the roots
     */
    Path admit(ServiceId id, Path folder) throws CommandException {
        if (!folder.isAbsolute()) throw refused(folder, "must be absolute");
        if (!Files.isDirectory(folder)) throw refused(folder, "must be a folder that is there");
        try {
            Path real = folder.toRealPath();
            if (isBelow(real, servicesRoot)) return own(id, real);
            for (Path root : roots) {
                if (isBelow(real, root)) return real;
            }
        } catch (IOException e) {
            throw CommandException.broken("cannot resolve work_dir " + folder, e);
        }
        String elsewhere = roots.isEmpty() ? " (work_dir_roots allows no other)" : " or below one of " + roots;
        throw forbidden(folder, "must be " + servicesRoot.resolve(id.value()) + elsewhere);
    }

    /** Other services' folders, and what is staged beside them, are nobody's to register. */
    private Path own(ServiceId id, Path real) throws IOException, CommandException {
        Path own = servicesRoot.resolve(id.value());
        if (real.equals(servicesRoot.toRealPath().resolve(id.value()))) return own;
        throw forbidden(real, "must be " + own + " for this service");
    }

    private static boolean isBelow(Path real, Path root) throws IOException {
        if (!Files.isDirectory(root)) return false;
        Path realRoot = root.toRealPath();
        return real.startsWith(realRoot) && !real.equals(realRoot);
    }

    private static CommandException forbidden(Path folder, String expected) {
        return CommandException.of(ErrorCode.NOT_ALLOWED, fault(folder, expected));
    }

    private static CommandException refused(Path folder, String expected) {
        return CommandException.of(ErrorCode.BAD_ARGUMENT, fault(folder, expected));
    }

    private static Fault fault(Path folder, String expected) {
        return new Fault("work_dir", "\"" + folder + "\"", expected);
    }
}
