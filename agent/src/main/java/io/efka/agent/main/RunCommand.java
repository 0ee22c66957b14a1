package io.efka.agent.main;

import io.efka.agent.app.Lifecycle;
import io.efka.agent.app.Settings;
import io.efka.agent.main.SettingsReader.SettingsReading;
import io.efka.protocol.EfkaVariables;
import io.efka.protocol.Fault;
import io.efka.threads.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code efka run}: runs the agent until it is told to stop. */
final class RunCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);
    private static final String CONFIG = "--config";

    private final Function<Settings, Lifecycle> agents;
    private final MachineDefaults machine;
    private final Termination termination;
    private final CommandSpec spec;

    RunCommand(Function<Settings, Lifecycle> agents, MachineDefaults machine, Termination termination) {
        this.agents = agents;
        this.machine = machine;
        this.termination = termination;
        this.spec = spec(this);
    }

    /** The command line of this command: its flags are those of {@link Setting}, in that order. */
    CommandLine commandLine() {
        return new CommandLine(spec);
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        ParseResult given = spec.commandLine().getParseResult();
        Optional<Path> file;
        try {
            file = configFile(given);
        } catch (InvalidPathException e) {
            err.println("efka: " + CONFIG + " must be the name of a file in this locale: " + e.getMessage());
            return ExitCode.USAGE.number();
        }
        try {
            SettingsReading reading = read(given, file);
            if (reading instanceof SettingsReading.Usable usable)
                return run(usable, file, () -> read(given, file), err).number();
            return refuse((SettingsReading.Unusable) reading, err).number();
        } catch (CharacterCodingException e) {
            err.println("efka: " + file.orElseThrow() + ": is not UTF-8 text");
            return ExitCode.BAD_CONFIG.number();
        } catch (IOException e) {
            err.println("efka: " + CONFIG + " " + e.getMessage());
            return ExitCode.NO_INPUT.number();
        }
    }

    private SettingsReading read(ParseResult given, Optional<Path> file) throws IOException {
        ConfigFile config = file.isPresent() ? ConfigFile.parse(TextFile.read(file.get())) : ConfigFile.NONE;
        return SettingsReader.read(flags(given), file, config, machine);
    }

    private ExitCode run(
            SettingsReading.Usable usable, Optional<Path> file, SettingsReload.Source source, PrintWriter err) {
        ProcessLog log = Logging.processLog();
        log.configure(usable.logLevel());
        var warnings = new ArrayList<String>(usable.warnings());
        warnings.addAll(SettingsAdvice.strayVariables(machine));
        SettingsAdvice.onPid(ProcessHandle.current().pid()).ifPresent(warnings::add);
        warnings.forEach(LOG::warn);
        Lifecycle agent = agents.apply(usable.settings());
        var reload = new SettingsReload(file, source, usable, agent, log);
        return new DaemonRunner(termination, err).run(agent, usable.settings().stopTimeout(), reload);
    }

    private static ExitCode refuse(SettingsReading.Unusable unusable, PrintWriter err) {
        List<Fault> faults = unusable.faults();
        faults.forEach(fault -> err.println("efka: " + fault));
        err.println("Nothing was started. efka run --help explains every setting.");
        return unusable.exitCode();
    }

    private Optional<Path> configFile(ParseResult given) {
        if (given.hasMatchedOption(CONFIG)) return Optional.of(Path.of(given.matchedOptionValue(CONFIG, "")));
        return Optional.ofNullable(machine.environment().get(EfkaVariables.CONFIG))
                .filter(name -> !name.isEmpty())
                .map(Path::of);
    }

    private static Map<Setting, String> flags(ParseResult given) {
        var flags = new EnumMap<Setting, String>(Setting.class);
        for (Setting setting : Setting.values()) {
            if (given.hasMatchedOption(setting.flag())) {
                flags.put(setting, given.matchedOptionValue(setting.flag(), ""));
            }
        }
        return flags;
    }

    private static CommandSpec spec(RunCommand command) {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(command).name("run");
        spec.addOption(
                option(CONFIG, "FILE", "Settings as a JSON object: {\"broker\": \"tcp://…\", \"data_dir\": \"…\"}"));
        for (Setting setting : Setting.values()) {
            spec.addOption(option(setting));
        }
        HelpTexts.run(spec);
        return spec;
    }

    private static OptionSpec option(Setting setting) {
        OptionSpec option = option(setting.flag(), setting.placeholder(), setting.help());
        if (setting.shape() != Setting.Shape.FLAG) return option;
        return OptionSpec.builder(option).arity("0..1").fallbackValue("true").build();
    }

    private static OptionSpec option(String flag, String placeholder, String help) {
        return OptionSpec.builder(flag)
                .type(String.class)
                .paramLabel(placeholder)
                .description(help)
                .build();
    }
}
