package io.efka.fleet.live;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the keys do, for people. */
final class HelpScreen {
    private HelpScreen() {}

    static List<String> lines(boolean isTime, boolean hasTabs, int maxRows) {
        var lines = new ArrayList<String>();
        lines.add("arrows PgUp PgDn  scroll (also j k)");
        lines.add("Home End          first, last (also g G)");
        lines.add(isTime ? "r                 turn the order round" : "s < >  r          sort by another; turn round");
        lines.add("/  Esc            filter (RE2); show all");
        if (hasTabs) lines.add("d Tab             services or devices");
        lines.add("p blank           pause");
        lines.add("h ?               this help");
        lines.add("q                 quit");
        if (isTime) {
            lines.add("After End, new lines stay in view.");
            lines.add(String.format(Locale.ROOT, "The last %,d are kept.", maxRows));
        }
        return lines;
    }
}
