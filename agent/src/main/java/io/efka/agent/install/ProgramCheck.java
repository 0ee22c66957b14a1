package io.efka.agent.install;

import io.efka.protocol.manifest.Manifest;
import io.efka.protocol.manifest.Manifest.HealthCheck;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks whether a manifest's programs could be started. Only warns: a program may come later, and only the
 * launch shows whether it starts.
 */
final class ProgramCheck {
    private ProgramCheck() {}

    static List<String> warnings(Path workDir, Manifest manifest) {
        var warnings = new ArrayList<String>();
        check("exec", workDir, manifest.program().exec(), warnings);
        manifest.stop().exec().ifPresent(exec -> check("stop.exec", workDir, exec, warnings));
        if (manifest.health().check() instanceof HealthCheck.Exec exec) {
            check("health_check", workDir, exec.path(), warnings);
        }
        return warnings;
    }

    private static void check(String key, Path workDir, String program, List<String> warnings) {
        Path file;
        try {
            file = workDir.resolve(program);
        } catch (InvalidPathException e) {
            warnings.add(sentence(key, program, "cannot be a file's name in the agent's locale"));
            return;
        }
        if (!Files.exists(file)) warnings.add(sentence(key, program, "is not there"));
        else if (Files.isDirectory(file)) warnings.add(sentence(key, program, "is a folder"));
        else if (!Files.isExecutable(file))
            warnings.add(sentence(key, program, "is not executable (mode 0755 would be)"));
    }

    private static String sentence(String key, String program, String problem) {
        return key + " \"" + program + "\" " + problem;
    }
}
