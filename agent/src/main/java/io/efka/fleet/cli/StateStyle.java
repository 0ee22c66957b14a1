package io.efka.fleet.cli;

import io.efka.fleet.terminal.Style;

/** The colour of a state. */
final class StateStyle {
    private StateStyle() {}

    static Style of(String state) {
        return switch (state) {
            case "running", "online", "completed", "done", "committed" -> Style.GOOD;
            case "starting", "stopping", "scheduled" -> Style.WARN;
            case "backoff", "failed", "rolled_back", "rollback_failed" -> Style.BAD;
            default -> Style.DIM;
        };
    }
}
