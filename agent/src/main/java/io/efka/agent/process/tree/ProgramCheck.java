package io.efka.agent.process.tree;

import io.efka.agent.process.proc.LaunchRefused;
import io.efka.protocol.CommandException;
import io.efka.protocol.ErrorCode;
import io.efka.protocol.manifest.Manifest;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Whether a service could be started on this device, as far as that can be seen without starting it. */
public final class ProgramCheck {
    /** The JVM's words for processors, in those of Docker and Go; others are the same. */
    private static final Map<String, String> PROCESSORS =
            Map.of("aarch64", "arm64", "x86_64", "amd64", "i386", "386", "i686", "386", "x86", "386");

    private ProgramCheck() {}

    /**
     * Refuses what cannot be started. Thread-safe; blocks for the disk.
     *
     * @param workDir where the service's files are
     * @throws CommandException {@code incompatible} or {@code launch_failed}, saying why
     */
    public static void require(Manifest manifest, Path workDir) throws CommandException {
        String here = platform();
        if (!manifest.platforms().isEmpty() && !manifest.platforms().contains(here)) {
            throw new CommandException(
                    ErrorCode.INCOMPATIBLE,
                    "the service is made for " + String.join(", ", manifest.platforms()) + ", this device is " + here);
        }
        try {
            Preflight.program(manifest.program().exec(), workDir);
        } catch (LaunchRefused refused) {
            throw new CommandException(ErrorCode.LAUNCH_FAILED, refused.reason());
        }
    }

    /** Of this device: {@code linux/arm64}. */
    static String platform() {
        String system = System.getProperty("os.name", "unknown").toLowerCase(Locale.ROOT);
        String processor = System.getProperty("os.arch", "unknown").toLowerCase(Locale.ROOT);
        return system + "/" + PROCESSORS.getOrDefault(processor, processor);
    }
}
