package io.efka.agent.install;

import io.efka.agent.files.PathTrust;
import io.efka.agent.files.Privileges;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.Fault;
import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.ManifestReading;
import io.efka.protocol.manifest.ManifestSchema;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * An agent that runs as root reads no manifest that others can change: they could run anything as root. A user may change
 * a manifest whose service runs as this user. The same holds for scripts that an interpreter runs.
 *
 * @param applies whether the agent runs as root
 */
record RootRule(boolean applies) {
    static RootRule here() {
        return new RootRule(Privileges.isRoot());
    }

    /** The reading, or what is wrong about who can change the file. */
    ManifestReading checked(ManifestReading reading, Path file) {
        if (!applies || !(reading instanceof ManifestReading.Usable usable)) return reading;
        Manifest.Program program = usable.manifest().program();
        PathTrust trust = PathTrust.of(file.toAbsolutePath(), program.user());
        if (trust.objection().isPresent()) {
            return new ManifestReading.Unusable(
                    List.of(fault(Manifest.FILE_NAME, trust.objection().get(), program.user())));
        }
        if (trust.isUsers() && program.group().isPresent()) {
            return new ManifestReading.Unusable(List.of(new Fault(
                    ManifestSchema.GROUP.path(),
                    '"' + program.group().get() + '"',
                    "must be left out: user " + program.user().orElse("") + " can change " + file
                            + " and would choose any group")));
        }
        Optional<Fault> script = script(usable.manifest(), file.toAbsolutePath());
        return script.isPresent() ? new ManifestReading.Unusable(List.of(script.get())) : reading;
    }

    /** Programs themselves are checked when they are started. */
    private static Optional<Fault> script(Manifest manifest, Path file) {
        Manifest.Program program = manifest.program();
        Path folder = Objects.requireNonNull(file.getParent());
        return script(ManifestSchema.ARGS.path(), folder, program.exec(), program.args(), program.user())
                .or(() -> manifest.stop()
                        .exec()
                        .flatMap(exec -> script(
                                ManifestSchema.STOP_ARGS.path(),
                                folder,
                                exec,
                                manifest.stop().args(),
                                program.user())));
    }

    private static Optional<Fault> script(
            String key, Path folder, String exec, List<String> args, Optional<String> user) {
        try {
            return PathTrust.ofScripts(Path.of(exec), args, folder, user).map(objection -> fault(key, objection, user));
        } catch (InvalidPathException notAFile) {
            return Optional.empty(); // said when it is started
        }
    }

    /** Whether a service may be written below {@code folder}, which is there already. */
    void require(Path folder) throws CommandException {
        if (!applies) return;
        Optional<PathTrust.Objection> objection =
                PathTrust.ofNewIn(existing(folder.toAbsolutePath())).objection();
        if (objection.isPresent())
            throw CommandException.of(
                    ErrorCode.NOT_ALLOWED, fault(Manifest.FILE_NAME, objection.get(), Optional.empty()));
    }

    private static Path existing(Path folder) {
        Path at = folder;
        while (at.getParent() != null && Files.notExists(at)) at = at.getParent();
        return at;
    }

    private static Fault fault(String key, PathTrust.Objection objection, Optional<String> user) {
        String whom = user.map(name -> "root and user " + name).orElse("root, as whom it would run,");
        return new Fault(
                key,
                objection.path() + " that " + objection.who() + " can change",
                "must be changed by nobody but " + whom + " on its whole path (" + objection.remedy()
                        + (user.isEmpty() ? ", or name its owner as \"user\"" : "") + ")");
    }
}
