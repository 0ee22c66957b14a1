package io.efka.it.readme;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares what a page shows with what was printed: equal but for times, ids and numbers, which differ every time, and for
 * the width of columns, which depends on them.
 */
final class Shape {
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z");
    private static final Pattern RUN = Pattern.compile("\\b[0-9A-HJKMNP-TV-Z]{26}\\b");
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final Pattern AGE = Pattern.compile("<n>[smh]\\b");
    private static final Pattern SPACES = Pattern.compile(" +");
    private static final Pattern PID = Pattern.compile("\"pid\":(\\d+)");

    /** Of the page's processes, by the id that the page has. */
    private final Map<String, String> pids = new HashMap<>();

    /** Whether the printed lines have the expected ones among them, in their order. */
    static boolean has(List<String> printed, List<String> expected) {
        return matches(printed, expected).size() == expected.size();
    }

    /**
     * Holds that one process of the page is one process here, and that two are two.
     *
     * @throws AssertionError if they are not
     */
    void holdPids(List<String> printed, List<String> expected) {
        List<String> found = matches(printed, expected);
        for (int i = 0; i < expected.size(); i++) {
            Matcher page = PID.matcher(expected.get(i));
            Matcher here = PID.matcher(found.get(i));
            if (!page.find() || !here.find()) continue;
            String before = pids.putIfAbsent(page.group(1), here.group(1));
            if (before != null && !before.equals(here.group(1))) {
                throw new AssertionError("process " + page.group(1) + " of the page was " + before + " and is "
                        + here.group(1) + " now");
            }
        }
    }

    /** The printed lines that stand for the first expected ones. */
    private static List<String> matches(List<String> printed, List<String> expected) {
        var found = new ArrayList<String>();
        for (String line : printed) {
            if (found.size() == expected.size()) break;
            if (of(line).equals(of(expected.get(found.size())))) found.add(line);
        }
        return found;
    }

    private static String of(String line) {
        String text = TIME.matcher(line).replaceAll("<time>");
        text = RUN.matcher(text).replaceAll("<run>");
        text = NUMBER.matcher(text).replaceAll("<n>").strip();
        return AGE.matcher(SPACES.matcher(text).replaceAll(" ")).replaceAll("<age>");
    }
}
