package io.efka.agent.main;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import io.efka.protocol.Fault;
import io.efka.protocol.json.JsonWriter;
import io.efka.threads.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code efka check FILE...}: finds what is wrong with manifests, payloads and configurations before a device does. */
final class CheckCommand implements Callable<Integer> {
    private static final String STDIN = "-";

    private final InputStream stdin;

    @Option(names = "--json", description = "One JSON document for all files, for machines")
    private boolean isJson;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "A manifest, the payload of an install or apply command, or a configuration; -: stdin")
    private List<String> files = List.of();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    CheckCommand(InputStream stdin) {
        this.stdin = stdin;
    }

    /** Worst first: a file that cannot be read, then one that has faults. */
    @Override
    public Integer call() {
        var results = new ArrayList<Result>();
        for (String file : files) {
            Result result = check(file);
            results.add(result);
            if (!isJson) print(result);
        }
        ExitCode worst = worst(results);
        if (isJson) spec.commandLine().getOut().println(document(results, worst));
        return worst.number();
    }

    /** What became of one file. */
    private sealed interface Result {
        String file();

        ExitCode code();

        record Checked(String file, CheckedText text) implements Result {
            @Override
            public ExitCode code() {
                return text.faults().isEmpty() ? ExitCode.OK : ExitCode.BAD_DATA;
            }
        }

        /** @param reason with the file's name */
        record Unread(String file, String reason) implements Result {
            @Override
            public ExitCode code() {
                return ExitCode.NO_INPUT;
            }
        }
    }

    private Result check(String file) {
        try {
            return new Result.Checked(name(file), CheckedText.of(read(file)));
        } catch (CharacterCodingException e) {
            var fault = new Fault("file", "other bytes", "must be UTF-8 text");
            return new Result.Checked(name(file), new CheckedText(Optional.empty(), List.of(fault), List.of()));
        } catch (IOException e) {
            return new Result.Unread(name(file), String.valueOf(e.getMessage()));
        }
    }

    private String read(String file) throws IOException {
        return file.equals(STDIN) ? TextFile.read(stdin, name(file)) : TextFile.read(Path.of(file));
    }

    private static String name(String file) {
        return file.equals(STDIN) ? "stdin" : file;
    }

    private static ExitCode worst(List<Result> results) {
        ExitCode worst = ExitCode.OK;
        for (Result result : results) {
            if (result.code().number() > worst.number()) worst = result.code();
        }
        return worst;
    }

    private void print(Result result) {
        PrintWriter out = spec.commandLine().getOut();
        if (result instanceof Result.Unread unread) {
            spec.commandLine().getErr().println("efka: " + unread.reason());
        } else if (result instanceof Result.Checked checked) {
            CheckedText text = checked.text();
            out.println(checked.file() + ": " + title(text) + ", "
                    + count(text.faults().size()));
            text.faults().forEach(fault -> out.println("  " + fault));
            text.warnings().forEach(warning -> out.println("  warning: " + warning));
        }
    }

    private static String title(CheckedText text) {
        return text.kind().map(CheckedText.Kind::title).orElse("not recognised");
    }

    private static String count(int faults) {
        return switch (faults) {
            case 0 -> "no faults";
            case 1 -> "1 fault";
            default -> faults + " faults";
        };
    }

    private static String document(List<Result> results, ExitCode worst) {
        var document = new LinkedHashMap<String, Object>();
        document.put("v", 1);
        document.put("ok", worst == ExitCode.OK);
        document.put("files", results.stream().map(CheckCommand::fields).toList());
        JsonObject json = JsonWriter.object(document);
        return new GsonBuilder()
                .setPrettyPrinting()
                .disableHtmlEscaping()
                .create()
                .toJson(json);
    }

    private static Map<String, Object> fields(Result result) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("file", result.file());
        fields.put("ok", result.code() == ExitCode.OK);
        if (result instanceof Result.Unread unread) {
            fields.put("error", unread.reason());
        } else if (result instanceof Result.Checked checked) {
            CheckedText text = checked.text();
            fields.put("kind", text.kind().map(CheckCommand::lowerCase).orElse("unknown"));
            fields.put(
                    "faults", text.faults().stream().map(CheckCommand::fields).toList());
            fields.put("warnings", text.warnings());
        }
        return fields;
    }

    private static String lowerCase(CheckedText.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> fields(Fault fault) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("key", fault.key());
        fields.put("value", fault.value());
        fields.put("expected", fault.expected());
        return fields;
    }
}
