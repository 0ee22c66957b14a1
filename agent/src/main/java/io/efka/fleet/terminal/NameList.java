package io.efka.fleet.terminal;

import java.util.List;
import java.util.stream.Collectors;

/** Many names in one line. */
public final class NameList {
    private NameList() {}

    /** The first {@code most} names, and how many more there are: {@code gate1, gate2 and 7 more}. */
    public static String of(List<String> names, int most) {
        String some = names.stream().limit(most).collect(Collectors.joining(", "));
        return names.size() > most ? some + " and " + (names.size() - most) + " more" : some;
    }
}
