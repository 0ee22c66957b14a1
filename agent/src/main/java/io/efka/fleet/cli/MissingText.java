package io.efka.fleet.cli;

import io.efka.fleet.terminal.NameList;
import io.efka.fleet.view.Completeness;
import io.efka.threads.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Says what of a fleet did not come, and what cures it. */
final class MissingText {
    private static final int MAX_NAMED = 10;

    private MissingText() {}

    /** What a command ends with: not with success if something did not come. */
    static ExitCode code(Completeness came, ExitCode code) {
        boolean isGood = code == ExitCode.OK || code == ExitCode.NOTHING_MATCHED;
        return isGood && !came.isComplete() ? ExitCode.BUSY : code;
    }

    /** No line if all came. */
    static List<String> of(Completeness came) {
        var lines = new ArrayList<String>();
        if (!came.missing().isEmpty()) {
            lines.add(String.format(Locale.ROOT, "%,d of %,d services came", came.services(), came.expected())
                    + "; missing of " + NameList.of(came.missing(), MAX_NAMED)
                    + ". The broker drops what it has retained: raise max_queued_messages (Mosquitto),"
                    + " or its limit for retained messages");
        }
        if (came.mayMissSome()) {
            lines.add(
                    "some may be missing: more came each time, or nothing for a while. Name fewer, or raise the broker's"
                            + " max_queued_messages");
        }
        return lines;
    }
}
