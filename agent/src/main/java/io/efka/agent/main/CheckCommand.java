package io.efka.agent.main;

import io.efka.agent.main.SettingsReader.SettingsReading;
import io.efka.protocol.Fault;
import io.efka.protocol.Spelling;
import io.efka.protocol.manifest.ManifestReading;
import io.efka.threads.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code efka check FILE...}: finds everything that is wrong with manifests and config files before a device does. */
final class CheckCommand implements Callable<Integer> {
    /** What every manifest has, or should have; no config has any of them. */
    private static final List<String> MANIFEST_KEYS = List.of("service_id", "serivce_id", "exec", "health_check");

    /** Uses nothing of this machine: the file may be meant for another. */
    private static final MachineDefaults ANY_MACHINE =
            new MachineDefaults("any", true, Path.of("/root"), false, Map.of());

    private final Function<String, ManifestReading> manifests;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "A manifest.json or a config file")
    private List<Path> files = List.of();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    CheckCommand(Function<String, ManifestReading> manifests) {
        this.manifests = manifests;
    }

    /** Worst first: a file that cannot be read, then one that has faults. */
    @Override
    public Integer call() {
        ExitCode worst = ExitCode.OK;
        for (Path file : files) {
            ExitCode one = check(file);
            if (one.number() > worst.number()) worst = one;
        }
        return worst.number();
    }

    private ExitCode check(Path file) {
        PrintWriter out = spec.commandLine().getOut();
        try {
            String text = TextFile.read(file);
            ConfigFile config = ConfigFile.parse(text);
            return isConfig(config) ? checkConfig(file, config, out) : checkManifest(file, text, out);
        } catch (CharacterCodingException e) {
            out.println(file + ": is not UTF-8 text");
            return ExitCode.BAD_DATA;
        } catch (IOException e) {
            spec.commandLine().getErr().println("efka: " + e.getMessage());
            return ExitCode.NO_INPUT;
        }
    }

    /** A config has a key that is a setting, or almost one; anything else was meant as a manifest. */
    private static boolean isConfig(ConfigFile file) {
        return file.keys().stream().noneMatch(MANIFEST_KEYS::contains)
                && file.keys().stream()
                        .anyMatch(key ->
                                Spelling.closest(key, ConfigFile.knownKeys()).isPresent());
    }

    private ExitCode checkManifest(Path file, String text, PrintWriter out) {
        ManifestReading reading = manifests.apply(text);
        if (reading instanceof ManifestReading.Usable usable) {
            return good(file, "manifest of service " + usable.manifest().id(), usable.warnings(), out);
        }
        return bad(file, "manifest", reading.faults(), out);
    }

    private static ExitCode checkConfig(Path file, ConfigFile config, PrintWriter out) {
        SettingsReading reading = SettingsReader.read(Map.of(), Optional.empty(), config, ANY_MACHINE);
        if (reading instanceof SettingsReading.Usable usable) return good(file, "config", usable.warnings(), out);
        return bad(file, "config", ((SettingsReading.Unusable) reading).faults(), out);
    }

    private static ExitCode good(Path file, String kind, List<String> warnings, PrintWriter out) {
        out.println(file + ": " + kind + ", no faults");
        warnings.forEach(warning -> out.println("  warning: " + warning));
        return ExitCode.OK;
    }

    private static ExitCode bad(Path file, String kind, List<Fault> faults, PrintWriter out) {
        out.println(file + ": " + kind + ", " + faults.size() + (faults.size() == 1 ? " fault" : " faults"));
        faults.forEach(fault -> out.println("  " + fault));
        return ExitCode.BAD_DATA;
    }
}
