package io.efka.agent.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files that a command's arguments tell an interpreter to run. Whoever can change {@code run.sh} in
 * {@code sh run.sh} decides what runs, as with a program. Such a file is the first argument that is not an option, or
 * the one after {@code java -jar}. Other arguments are data, which the service may write itself. Code in an argument
 * ({@code sh -c}) and modules that an interpreter finds by name ({@code python -m}) are not examined.
 */
final class InterpretedFiles {
    /** Options of {@code java} whose next word lists what it loads. */
    private static final List<String> CLASS_PATHS = List.of("-cp", "-classpath", "--class-path", "-p", "--module-path");

    /** Options of {@code java} whose next word is a value. */
    private static final List<String> JAVA_VALUES = List.of(
            "--add-modules",
            "--add-exports",
            "--add-opens",
            "--add-reads",
            "--limit-modules",
            "--patch-module",
            "--source");

    private static final Options SHELL = new Options("cs", "oO", "", List.of("--rcfile", "--init-file"));

    private static final Map<String, Options> INTERPRETERS = Map.ofEntries(
            Map.entry("sh", SHELL),
            Map.entry("ash", SHELL),
            Map.entry("bash", SHELL),
            Map.entry("dash", SHELL),
            Map.entry("ksh", SHELL),
            Map.entry("mksh", SHELL),
            Map.entry("zsh", SHELL),
            Map.entry("python", new Options("cm", "WX", "", List.of("--check-hash-based-pycs"))),
            Map.entry("perl", new Options("eE", "I", "MmCDFixl0dV", List.of())),
            Map.entry("ruby", new Options("e", "IrCEX", "KTWx0F", List.of("--encoding", "--external-encoding"))),
            Map.entry(
                    "node",
                    new Options(
                            "ep",
                            "rC",
                            "",
                            List.of("--require", "--import", "--loader", "--conditions", "--env-file"))));

    /**
     * The options of an interpreter.
     *
     * @param code letters with which it runs no file: the code comes from the next word, from a module or from stdin
     * @param values letters that take a value: the rest of the word, or else the next word
     * @param attached letters that take the rest of the word, if there is any
     * @param longValues long options that take the next word
     */
    private record Options(String code, String values, String attached, List<String> longValues) {

        /** The first word that is not an option. */
        Optional<String> script(List<String> args) {
            for (int i = 0; i < args.size(); i++) {
                String word = args.get(i);
                if (word.equals("--")) return i + 1 < args.size() ? Optional.of(args.get(i + 1)) : Optional.empty();
                boolean isOption = word.startsWith("-") || (word.startsWith("+") && this == SHELL);
                if (!isOption) return Optional.of(word);
                if (word.equals("-") || isLongCode(word)) return Optional.empty();
                if (longValues.contains(word)) i++;
                if (word.startsWith("--")) continue;
                Take take = take(word);
                if (take == Take.CODE) return Optional.empty();
                if (take == Take.NEXT) i++;
            }
            return Optional.empty();
        }

        private static boolean isLongCode(String word) {
            return word.startsWith("--eval") || word.startsWith("--print");
        }

        private enum Take {
            NOTHING,
            NEXT,
            CODE
        }

        private Take take(String word) {
            for (int i = 1; i < word.length(); i++) {
                char letter = word.charAt(i);
                if (code.indexOf(letter) >= 0) return Take.CODE;
                if (attached.indexOf(letter) >= 0) return Take.NOTHING;
                // A shell's -o takes the next word even if other letters follow it.
                if (values.indexOf(letter) >= 0)
                    return i + 1 == word.length() || this == SHELL ? Take.NEXT : Take.NOTHING;
            }
            return Take.NOTHING;
        }
    }

    private InterpretedFiles() {}

    /**
     * Finds them.
     *
     * @param program of the command; recognised by its name, or by the name of the file that it links to
     * @param folder in which it runs; relative names are resolved against it
     * @return absolute paths; the files need not exist
     */
    static List<Path> of(Path program, List<String> args, Path folder) {
        Stream<String> words = words(name(program), args)
                .or(() -> realName(program).flatMap(name -> words(name, args)))
                .orElse(List.of())
                .stream();
        return words.flatMap(word -> path(folder, word).stream()).toList();
    }

    /** The words that name files; empty if the program is not an interpreter. */
    private static Optional<List<String>> words(String name, List<String> args) {
        if (name.equals("busybox")) return args.isEmpty() ? Optional.empty() : words(args.get(0), rest(args, 1));
        if (name.equals("env")) return Optional.of(ofEnv(args));
        if (name.equals("java")) return Optional.of(ofJava(args));
        Optional<Options> options = Optional.ofNullable(INTERPRETERS.get(withoutVersion(name)));
        return options.map(its -> its.script(args).stream().toList());
    }

    /**
     * {@code env -i NAME=VALUE python3 run.py}: the program is the first word that is neither an option nor a variable.
     */
    private static List<String> ofEnv(List<String> args) {
        for (int i = 0; i < args.size(); i++) {
            String word = args.get(i);
            if (List.of("-u", "--unset", "-C", "--chdir").contains(word)) {
                i++;
            } else if (!word.startsWith("-") && !word.contains("=")) {
                return words(name(word), rest(args, i + 1)).orElse(List.of());
            }
        }
        return List.of();
    }

    private static List<String> ofJava(List<String> args) {
        var files = new ArrayList<String>();
        for (int i = 0; i < args.size(); i++) {
            String word = args.get(i);
            Optional<String> next = i + 1 < args.size() ? Optional.of(args.get(i + 1)) : Optional.empty();
            if (word.equals("-jar")) {
                next.ifPresent(files::add);
                return files;
            } else if (CLASS_PATHS.contains(word)) {
                next.ifPresent(all -> files.addAll(elements(all)));
                i++;
            } else if (word.startsWith("--class-path=") || word.startsWith("--module-path=")) {
                files.addAll(elements(word.substring(word.indexOf('=') + 1)));
            } else if (word.startsWith("-javaagent:")) {
                files.add(word.substring("-javaagent:".length()).split("=", 2)[0]);
            } else if (JAVA_VALUES.contains(word)) {
                i++;
            } else if (!word.startsWith("-")) {
                // A class name, or a source file; the rest are the program's arguments.
                if (word.endsWith(".java")) files.add(word);
                return files;
            }
        }
        return files;
    }

    /** {@code lib/*} means the files in the folder. */
    private static List<String> elements(String classPath) {
        return Stream.of(classPath.split(":"))
                .map(element -> element.endsWith("*") ? element.substring(0, element.length() - 1) : element)
                .filter(element -> !element.isEmpty())
                .toList();
    }

    private static List<String> rest(List<String> args, int from) {
        return args.subList(from, args.size());
    }

    /** {@code python3.11}, {@code perl5.36.0}, {@code nodejs}. */
    private static String withoutVersion(String name) {
        String plain = name.replaceFirst("[-0-9.]+$", "");
        return plain.equals("nodejs") ? "node" : plain;
    }

    private static String name(Path program) {
        return name(program.toString());
    }

    private static String name(String program) {
        return program.substring(program.lastIndexOf('/') + 1);
    }

    private static Optional<String> realName(Path program) {
        try {
            return Optional.of(name(program.toRealPath()));
        } catch (IOException notThere) {
            return Optional.empty();
        }
    }

    private static Optional<Path> path(Path folder, String word) {
        try {
            return Optional.of(folder.resolve(word).toAbsolutePath());
        } catch (InvalidPathException impossible) {
            return Optional.empty();
        }
    }

    /** The file, or, if it does not exist, the folder in which it would be created. */
    static Path existing(Path file) {
        Path at = file;
        while (at.getParent() != null && Files.notExists(at)) at = at.getParent();
        return at;
    }
}
