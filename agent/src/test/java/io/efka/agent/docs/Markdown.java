package io.efka.agent.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A document of the repository, as far as tests hold it against the code: its tables and its JSON examples. Paths are
 * relative to the module, where tests run.
 */
public record Markdown(String text) {
    private static final Pattern JSON = Pattern.compile("^```json\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

    /** What Efka says and hears. */
    public static Markdown protocol() {
        return read(Path.of("docs/protocol.md"));
    }

    /** The first thing that a stranger reads. */
    public static Markdown readme() {
        return read(Path.of("../README.md"));
    }

    private static Markdown read(Path file) {
        try {
            return new Markdown(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every block that says it is JSON. */
    List<String> jsonBlocks() {
        return JSON.matcher(text).results().map(block -> block.group(1)).toList();
    }

    /**
     * The rows of the first table whose head is {@code head}, a list of cells each: without the marks of code, which
     * keep Markdown from taking things for markup and are no part of what is said.
     *
     * @param head as it stands: {@code | code | meaning |}
     */
    public List<List<String>> table(String head) {
        Matcher start = Pattern.compile("^" + Pattern.quote(head) + "\n", Pattern.MULTILINE)
                .matcher(text);
        if (!start.find()) throw new IllegalArgumentException("no table with the head " + head);
        return text.substring(start.end())
                .lines()
                .takeWhile(line -> line.startsWith("|"))
                .filter(line -> !line.startsWith("|---"))
                .map(Markdown::cells)
                .toList();
    }

    /** Between two headings: the text below the first. */
    public Markdown section(String heading) {
        int from = text.indexOf("\n" + heading + "\n");
        if (from < 0) throw new IllegalArgumentException("no section " + heading);
        String level = heading.substring(0, heading.indexOf(' ') + 1);
        int to = text.indexOf("\n" + level, from + heading.length());
        return new Markdown(text.substring(from, to < 0 ? text.length() : to));
    }

    /** The first cell of every row. */
    public static List<String> first(List<List<String>> rows) {
        return rows.stream().map(row -> row.get(0)).toList();
    }

    private static List<String> cells(String line) {
        var cells = new ArrayList<String>();
        Stream<String> parts =
                Arrays.stream(line.substring(1, line.lastIndexOf('|')).split("\\|", -1));
        parts.map(cell -> cell.replace("`", "").strip()).forEach(cells::add);
        return cells;
    }
}
