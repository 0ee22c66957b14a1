package io.efka.it.readme;

import java.util.ArrayList;
import java.util.List;

/** The fenced blocks of a Markdown page, in their order. */
final class ReadmePage {
    private ReadmePage() {}

    /**
     * A fenced block.
     *
     * @param section the heading it is below, without {@code ##}
     * @param language what is written behind the fence
     */
    record Block(String section, String language, List<String> lines) {
        Block {
            lines = List.copyOf(lines);
        }

        String text() {
            return String.join("\n", lines) + "\n";
        }

        /** What to type, and what it prints: with {@code $ } in a {@code console}, else every line and nothing. */
        List<Step> steps() {
            if (!language.equals("console")) {
                return lines.stream().map(line -> new Step(line, List.of())).toList();
            }
            var steps = new ArrayList<Step>();
            for (String line : lines) {
                if (line.startsWith("$ ")) {
                    steps.add(new Step(line.substring(2), List.of()));
                } else if (!line.isEmpty()) {
                    Step last = steps.remove(steps.size() - 1);
                    steps.add(last.printing(line));
                }
            }
            return steps;
        }
    }

    /**
     * A command of a block.
     *
     * @param expected the lines that it prints, as on the page; a line that was broken to fit is one again
     */
    record Step(String command, List<String> expected) {
        Step {
            expected = List.copyOf(expected);
        }

        private Step printing(String line) {
            var lines = new ArrayList<String>(expected);
            if (line.startsWith("  ")) lines.add(lines.remove(lines.size() - 1) + line.strip());
            else lines.add(line);
            return new Step(command, lines);
        }
    }

    static List<Block> blocks(String markdown) {
        var blocks = new ArrayList<Block>();
        var inside = new ArrayList<String>();
        String section = "";
        String language = "";
        boolean isInside = false;
        for (String line : markdown.split("\n", -1)) {
            if (line.startsWith("```")) {
                if (isInside) blocks.add(new Block(section, language, inside));
                isInside = !isInside;
                language = line.substring(3);
                inside.clear();
            } else if (isInside) {
                inside.add(line);
            } else if (line.startsWith("## ")) {
                section = line.substring(3);
            }
        }
        return blocks;
    }
}
