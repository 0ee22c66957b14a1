package io.efka.it.house;

import static io.efka.it.Device.ok;

import io.efka.fixtures.Folders;
import io.efka.it.AgentProcess;
import io.efka.it.Brokers;
import io.efka.it.Bundle;
import io.efka.it.Device;
import io.efka.it.TestBroker;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Prints the table of {@code integration-tests/house}. */
final class House {
    /** An odd number, so that there is one in the middle. */
    private static final int ROUNDS = 9;

    private House() {}

    private record Source(String name, int lines) {}

    public static void main(String[] arguments) throws IOException {
        boolean list = List.of(arguments).contains("list");
        System.out.println("| measured | value |\n|---|---|");
        sources(Path.of(System.getProperty("efka.sources")));
        row("efka-agent.jar", kilobytes(AgentProcess.JAR));
        row("efka.jar", kilobytes(AgentProcess.WHOLE_JAR));
        ways(list);
    }

    private static void row(String what, Object value) {
        System.out.println("| " + what + " | " + value + " |");
    }

    private static String kilobytes(Path file) throws IOException {
        return String.format("%,d kB", Files.size(file) / 1000);
    }

    private static void sources(Path root) throws IOException {
        var sources = new ArrayList<Source>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList())
                sources.add(new Source(
                        root.relativize(file).toString(),
                        Files.readAllLines(file).size()));
        }
        sources.removeIf(source -> source.name().endsWith("package-info.java"));
        sources.sort(Comparator.comparingInt(Source::lines));
        row("main source files", sources.size());
        row("main lines", sources.stream().mapToInt(Source::lines).sum());
        row("lines of a file, median", sources.get(sources.size() / 2).lines());
        row(
                "files of 40 lines or less",
                sources.stream().filter(source -> source.lines() <= 40).count());
        Source largest = sources.get(sources.size() - 1);
        row("largest file", largest.lines() + " lines, " + largest.name());
        row(
                "files of more than 350 lines",
                sources.stream().filter(source -> source.lines() > 350).count());
    }

    /** Which source files are entered between a command's publication and its reply, at an agent that did the same before. */
    private static void ways(boolean list) throws IOException {
        Path folder = Folders.create("house");
        try (TestBroker broker = Brokers.start();
                var device = new Device(broker, "traced")) {
            Path jar = folder.resolve("traced.jar");
            List<String> names = TracedJar.write(AgentProcess.JAR, jar);
            Path visited = folder.resolve("visited");
            Files.write(visited, new byte[names.size()]);
            device.launchIn(AgentProcess.World.USUAL.of(jar).with("-D" + Trace.FILE + "=" + visited));
            device.awaitOnline();
            device.install(Bundle.sleeper("sleeper"));
            MappedByteBuffer marks = map(visited);
            way(names, marks, list, "ping", () -> ok(device.ask("ping", "{}")), () -> {});
            way(
                    names,
                    marks,
                    list,
                    "start",
                    () -> ok(device.ask("sleeper", "start", "{\"wait\":true}")),
                    () -> ok(device.ask("sleeper", "stop", "{}")));
        } finally {
            Folders.delete(folder);
        }
    }

    private static MappedByteBuffer map(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
        }
    }

    private static void way(
            List<String> names, MappedByteBuffer marks, boolean list, String command, Runnable send, Runnable undo) {
        var ways = new ArrayList<TreeSet<String>>();
        for (int round = 0; round <= ROUNDS; round++) {
            for (int i = 0; i < names.size(); i++) marks.put(i, (byte) 0);
            send.run();
            var way = new TreeSet<String>();
            for (int i = 0; i < names.size(); i++) if (marks.get(i) != 0) way.add(names.get(i));
            if (round > 0) ways.add(way); // the first one loads classes
            undo.run();
        }
        ways.sort(Comparator.comparingInt(TreeSet::size));
        TreeSet<String> middle = ways.get(ROUNDS / 2);
        row("source files that a `" + command + "` enters, median of " + ROUNDS, middle.size());
        Consumer<String> print = name -> System.out.println("    " + name);
        if (list) middle.forEach(print);
    }
}
