package io.efka.threads;

/**
 * Exit codes of the process, for the shell and the service manager; the numbers from 64 to 78 are those
 * of {@code sysexits.h}.
 */
public enum ExitCode {
    OK(0, "done, or ended as asked"),
    FAILED(1, "a device answered an error"),
    WENT_BACK(2, "a rollout was stopped by its limits, or went back"),
    NOTHING_MATCHED(3, "no device or service matches, or wants it"),
    USAGE(64, "a flag or an argument is wrong"),
    BAD_DATA(65, "check: a file has faults, or is nothing that efka reads"),
    NO_INPUT(66, "a file that was named cannot be read"),
    UNAVAILABLE(69, "a required resource, such as a port, is unavailable"),
    INTERNAL(70, "a fault of efka itself, or an end that took too long"),
    CANNOT_CREATE(73, "the data or log folder cannot be made or written"),
    BUSY(75, "another agent uses the data folder, or its lock file was deleted; not all devices answered"),
    NOT_ALLOWED(77, "the broker refuses what was asked of it"),
    BAD_CONFIG(78, "the environment or the config file is wrong"),
    FORGOTTEN(80, "decommissioned by shutdown with forget; not to be started again by itself"),
    INTERRUPTED(130, "a command for the fleet was ended by Ctrl-C");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    public int number() {
        return number;
    }

    public String meaning() {
        return meaning;
    }
}
